//! A person in a pool: name, attributes, status, and the moves between statuses (user-pools.md 9).

use crate::pool::Contact;
use indexmap::IndexMap;
use kernel::{Sub, Time, UserPoolId};

/// Where a person stands in the life cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UserStatus {
    /// Signed up, not yet confirmed.
    Unconfirmed,
    /// May sign in.
    Confirmed,
    /// Made by an administrator; must set a password at the first sign-in.
    ForceChangePassword,
    /// Must reset the password by code.
    ResetRequired,
    /// Came through an identity provider.
    ExternalProvider,
    /// Never made here; kept when found.
    Archived,
    /// Never made here; kept when found.
    Compromised,
    /// Never made here; kept when found.
    Unknown,
}

impl UserStatus {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Unconfirmed,
        Self::Confirmed,
        Self::ForceChangePassword,
        Self::ResetRequired,
        Self::ExternalProvider,
        Self::Archived,
        Self::Compromised,
        Self::Unknown,
    ];

    /// The name on the wire and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unconfirmed => "UNCONFIRMED",
            Self::Confirmed => "CONFIRMED",
            Self::ForceChangePassword => "FORCE_CHANGE_PASSWORD",
            Self::ResetRequired => "RESET_REQUIRED",
            Self::ExternalProvider => "EXTERNAL_PROVIDER",
            Self::Archived => "ARCHIVED",
            Self::Compromised => "COMPROMISED",
            Self::Unknown => "UNKNOWN",
        }
    }

    /// Reads the stored name.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|s| s.as_str() == text).unwrap_or(Self::Unknown)
    }
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The pool.
    pub pool: UserPoolId,
    /// The lasting id.
    pub sub: Sub,
    /// The canonical username; equals `sub` in username-attribute pools.
    pub username: String,
    /// Attributes as written, `sub` not among them. Flags are the texts `true` and `false`.
    pub attributes: IndexMap<String, String>,
    /// Life cycle.
    pub status: UserStatus,
    /// Switched off by an administrator since then.
    pub disabled_since: Option<Time>,
    /// When the person was made.
    pub created: Time,
    /// When anything about the person last changed.
    pub modified: Time,
    /// Moves when all tokens of the person end: sign-out everywhere, switching off.
    pub generation: i64,
}

impl User {
    /// Whether the person may use the service at all.
    #[must_use]
    pub fn enabled(&self) -> bool {
        self.disabled_since.is_none()
    }

    /// An attribute's value.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    /// Whether `email` or `phone_number` is verified.
    #[must_use]
    pub fn verified(&self, attribute: &str) -> bool {
        self.attribute(&format!("{attribute}_verified")) == Some("true")
    }

    /// Disabling twice keeps the first moment: audits ask when it began. Tokens handed out earlier end.
    #[must_use]
    pub fn disable(mut self, now: Time) -> Self {
        if self.disabled_since.is_none() {
            self.disabled_since = Some(now);
            self.generation += 1;
            self.modified = now;
        }
        self
    }

    /// Switched on again. Tokens that ended stay ended: the generation does not go back.
    #[must_use]
    pub fn enable(mut self, now: Time) -> Self {
        if self.disabled_since.take().is_some() {
            self.modified = now;
        }
        self
    }

    /// Ends every token of the person.
    #[must_use]
    pub fn sign_out_everywhere(mut self) -> Self {
        self.generation += 1;
        self
    }

    /// The sign-up is confirmed; the attribute that received the code, if one did, is verified with it.
    #[must_use]
    pub fn confirm(mut self, verified: Option<&str>, now: Time) -> Self {
        self.status = UserStatus::Confirmed;
        if let Some(attribute) = verified {
            self.attributes.insert(format!("{attribute}_verified"), "true".to_owned());
        }
        self.modified = now;
        self
    }

    /// A contact is exchanged at once: whoever reads it now knows that nobody has proved it (user-pools.md 12).
    #[must_use]
    pub fn contact_changed(mut self, contact: Contact, value: &str) -> Self {
        self.attributes.insert(contact.attribute().to_owned(), value.to_owned());
        self.attributes.insert(contact.flag().to_owned(), "false".to_owned());
        self
    }

    /// A contact is proved to be the person's: the value in force from now on.
    #[must_use]
    pub fn contact_proved(mut self, contact: Contact, value: &str) -> Self {
        self.attributes.insert(contact.attribute().to_owned(), value.to_owned());
        self.attributes.insert(contact.flag().to_owned(), "true".to_owned());
        self
    }

    /// An attribute is taken away, and the flag that spoke of it. The others keep their order.
    #[must_use]
    pub fn without(mut self, attribute: &str) -> Self {
        self.attributes.shift_remove(attribute);
        if let Some(contact) = Contact::parse(attribute) {
            self.attributes.shift_remove(contact.flag());
        }
        self
    }

    /// A password was set by the person or, for good, by an administrator.
    #[must_use]
    pub fn password_set(mut self, now: Time) -> Self {
        self.status = UserStatus::Confirmed;
        self.modified = now;
        self
    }

    /// A temporary password was set by an administrator.
    #[must_use]
    pub fn temporary_password_set(mut self, now: Time) -> Self {
        self.status = UserStatus::ForceChangePassword;
        self.modified = now;
        self
    }

    /// An administrator asks for a new password by code: the present one opens nothing any more.
    #[must_use]
    pub fn reset_required(mut self, now: Time) -> Self {
        self.status = UserStatus::ResetRequired;
        self.modified = now;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ana() -> User {
        User {
            pool: UserPoolId::parse("r_p").unwrap(),
            sub: Sub::parse("s").unwrap(),
            username: "ana".into(),
            attributes: IndexMap::from([("email".to_owned(), "ana@example.com".to_owned())]),
            status: UserStatus::Unconfirmed,
            disabled_since: None,
            created: Time::from_secs(1),
            modified: Time::from_secs(1),
            generation: 0,
        }
    }

    #[test]
    fn confirming_verifies_the_attribute_that_received_the_code() {
        let user = ana().confirm(Some("email"), Time::from_secs(2));
        assert_eq!(user.status, UserStatus::Confirmed);
        assert!(user.verified("email"));
        assert_eq!(user.modified, Time::from_secs(2));
        assert!(!ana().confirm(None, Time::from_secs(2)).verified("email"));
    }

    #[test]
    fn disabling_twice_keeps_the_first_moment_and_moves_the_generation_once() {
        let user = ana().disable(Time::from_secs(5)).disable(Time::from_secs(9));
        assert_eq!(user.disabled_since, Some(Time::from_secs(5)));
        assert_eq!(user.generation, 1);
    }

    #[test]
    fn up_40_enabling_gives_no_generation_back() {
        let user = ana().disable(Time::from_secs(5)).enable(Time::from_secs(9));
        assert!(user.enabled());
        assert_eq!((user.generation, user.modified), (1, Time::from_secs(9)));
        let untouched = ana().enable(Time::from_secs(9));
        assert_eq!(untouched, ana(), "nothing to switch on");
    }

    #[test]
    fn up_38_a_contact_is_unverified_by_its_change_and_its_flag_goes_with_it() {
        let changed = ana().contact_proved(Contact::Email, "ana@example.com").contact_changed(Contact::Email, "a@b");
        assert_eq!((changed.attribute("email"), changed.attribute("email_verified")), (Some("a@b"), Some("false")));
        let gone = changed.without("email");
        assert_eq!((gone.attribute("email"), gone.attribute("email_verified")), (None, None));
    }

    #[test]
    fn statuses_survive_storage() {
        for status in UserStatus::ALL {
            assert_eq!(UserStatus::parse(status.as_str()), status);
        }
    }
}
