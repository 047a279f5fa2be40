//! Where a message goes, and which of a person's addresses a sign-up verifies.

use crate::mask::{mask_email, mask_phone};
use model::{Contact, Pool};
use std::fmt;

/// One destination of one person.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Which of the person's addresses it is.
    pub contact: Contact,
    /// The address or number.
    pub address: String,
}

impl Recipient {
    /// Somebody's mail address.
    #[must_use]
    pub fn email(address: &str) -> Self {
        Self { contact: Contact::Email, address: address.to_owned() }
    }

    /// Somebody's telephone.
    #[must_use]
    pub fn phone(number: &str) -> Self {
        Self { contact: Contact::Phone, address: number.to_owned() }
    }

    /// The one destination that proves a new person's address: the telephone before the mail, and nothing when the
    /// pool verifies nothing that the person has (user-pools.md 10, UP-29).
    #[must_use]
    pub fn to_verify(pool: &Pool, email: Option<&str>, phone_number: Option<&str>) -> Option<Self> {
        let phone = phone_number.filter(|_| pool.auto_verifies(Contact::Phone)).map(Self::phone);
        phone.or_else(|| email.filter(|_| pool.auto_verifies(Contact::Email)).map(Self::email))
    }

    /// The destination as a stranger may see it.
    #[must_use]
    pub fn masked(&self) -> String {
        match self.contact {
            Contact::Email => mask_email(&self.address),
            Contact::Phone => mask_phone(&self.address),
        }
    }
}

// An address is a person; logs know people by `sub` only.
impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recipient({}, {})", self.contact.medium(), self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wording::tests::pool;
    use contract::cognito_idp::types::{UserPoolType, VerifiedAttributeType};

    #[test]
    fn up_29_the_telephone_goes_before_the_mail_and_nothing_unasked_is_verified() {
        let (mail, phone) = (Some("ana@example.com"), Some("+15550100199"));
        let verifying = |list: &[VerifiedAttributeType]| {
            pool(UserPoolType { auto_verified_attributes: Some(list.to_vec()), ..UserPoolType::default() })
        };
        let both = verifying(&[VerifiedAttributeType::Email, VerifiedAttributeType::PhoneNumber]);
        let only_mail = verifying(&[VerifiedAttributeType::Email]);
        let none = pool(UserPoolType::default());
        let contact = |pool, mail, phone| Recipient::to_verify(pool, mail, phone).map(|to| to.contact);
        assert_eq!(contact(&both, mail, phone), Some(Contact::Phone));
        assert_eq!(contact(&both, mail, None), Some(Contact::Email));
        assert_eq!(contact(&only_mail, mail, phone), Some(Contact::Email));
        assert_eq!(contact(&only_mail, None, phone), None);
        assert_eq!(contact(&none, mail, phone), None);
    }

    #[test]
    fn st_34_a_recipient_prints_masked() {
        assert_eq!(format!("{:?}", Recipient::email("ana@example.com")), "Recipient(EMAIL, a***@e***)");
    }
}
