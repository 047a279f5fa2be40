//! Self sign-up (user-pools.md 10).

use crate::attributes::{Writer, read_new, require_all};
use crate::code_attempts::Hourly;
use crate::codes::Sent;
use crate::names::{Claim, claim_all, claims_of_new, holder, name_new};
use crate::{Accounts, Through};
use indexmap::IndexMap;
use kernel::{Secret, Sub};
use model::{CodePurpose, Contact, Credential, Pool, Refusal, User, UserStatus};
use std::sync::Arc;
use store::{NameKind, work};

/// Codes of sign-ups to one address per hour, whatever names the people give themselves: as ResendConfirmationCode has for
/// one person (security-messaging.md 10). Whoever signs others up with somebody's address fills no mailbox.
const LETTERS: Hourly = Hourly { kind: "sign_up_letter", most: 5 };

/// A sign-up as asked for.
#[derive(Debug)]
pub struct SignUp {
    /// Username, e-mail address or phone number.
    pub username: String,
    /// The chosen password.
    pub password: Option<Secret<String>>,
    /// Attributes as given.
    pub attributes: Vec<(String, String)>,
}

/// A sign-up as done.
#[derive(Debug)]
pub struct SignedUp {
    /// The new person.
    pub user: User,
    /// Where a code went, if one did.
    pub delivery: Option<Sent>,
}

impl Accounts {
    /// Signs a person up: permit, format, uniqueness, policy, create, code; in this order, for callers see which comes first.
    ///
    /// # Errors
    /// The refusal of the first rule that is broken.
    pub async fn sign_up(&self, through: &Through, asked: SignUp) -> Result<SignedUp, Refusal> {
        let pool = &through.pool;
        if pool.sign_up_closed() {
            return Err(Refusal::SignUpClosed);
        }
        let sub = Sub::draw(&*self.entropy);
        let named = name_new(pool, &sub, &asked.username)?;
        let mut attributes = read_new(pool, Writer::Client(&through.client), &asked.attributes)?;
        if attributes.contains_key("preferred_username") && pool.has_alias("preferred_username") {
            return Err(Refusal::PreferredTooEarly);
        }
        if let Some((contact, value)) = &named.contact {
            same_contact(attributes.insert(contact.attribute().to_owned(), value.clone()), value)?;
        }
        require_all(pool, &attributes)?;
        let user = self.new_user(pool, sub, named.username.clone(), attributes, UserStatus::Unconfirmed);
        let claims = claims_of_new(pool, &user);
        self.must_be_free(pool, &claims, taken).await?;

        let password = asked.password.ok_or(Refusal::Invalid("Password is required.".to_owned()))?;
        if let Some(rule) = pool.password_policy().broken_rule(password.reveal()) {
            return Err(Refusal::PasswordPolicy(rule));
        }
        let credential = self.new_credential(pool, &user.sub, &user.username, &password, 1, None).await?;
        let delivery = self.create(pool, &user, credential, claims).await?;
        Ok(SignedUp { user, delivery })
    }

    /// A new person, not yet stored.
    pub(crate) fn new_user(
        &self,
        pool: &Pool,
        sub: Sub,
        username: String,
        attributes: IndexMap<String, String>,
        status: UserStatus,
    ) -> User {
        let now = self.clock.now();
        User {
            pool: pool.id.clone(),
            sub,
            username,
            attributes,
            status,
            disabled_since: None,
            created: now,
            modified: now,
            generation: 1,
        }
    }

    /// A look before the slow hash, so that a taken name costs little; the unique index decides in the end.
    pub(crate) async fn must_be_free(
        &self,
        pool: &Arc<Pool>,
        claims: &[Claim],
        refusal: fn(NameKind) -> Refusal,
    ) -> Result<(), Refusal> {
        let (pool, claims) = (pool.clone(), claims.to_vec());
        let held = self
            .store
            .read(work!(|tx, pool, claims| -> Refusal {
                for (kind, folded) in claims {
                    if holder(tx, pool, folded).await?.is_some() {
                        return Ok(Some(*kind));
                    }
                }
                Ok(None)
            }))
            .await?;
        held.map_or(Ok(()), |kind| Err(refusal(kind)))
    }

    async fn create(
        &self,
        pool: &Arc<Pool>,
        user: &User,
        credential: Credential,
        claims: Vec<Claim>,
    ) -> Result<Option<Sent>, Refusal> {
        let contact = contact_to_verify(pool, user);
        let letter = contact.and_then(|contact| self.code_letter(pool, user, contact, CodePurpose::SignUp));
        let (stored, pooled, now) = (user.clone(), pool.clone(), self.clock.now());
        let posted = letter.clone().zip(contact.and_then(|contact| user.attribute(contact.attribute())));
        // The table of counters knows no addresses, as it knows no names.
        let posted = posted.map(|(letter, address)| (letter, self.unknown_key(pool, &address.to_lowercase())));
        self.store
            .write(work!(|tx, pooled, stored, credential, claims, posted, now| -> Refusal {
                // Settings may be a second old: nobody is born into a pool that is gone.
                tx.pools().require(&pooled.id).await?;
                claim_all(tx, pooled, stored, claims).await?.map_err(taken)?;
                tx.users().insert(stored).await?;
                tx.credentials().save(credential).await?;
                if let Some((letter, address)) = posted {
                    if !LETTERS.raise(tx, &pooled.id, address, *now).await? {
                        return Err(Refusal::LimitExceeded);
                    }
                    letter.post(tx).await?;
                }
                Ok(())
            }))
            .await?;
        match letter {
            Some(letter) => self.send_code(letter).await.map(Some),
            None => Ok(None),
        }
    }
}

/// A contact given beside the username it comes from must be the same.
pub(crate) fn same_contact(given: Option<String>, named: &str) -> Result<(), Refusal> {
    match given {
        Some(given) if given != named => Err(Refusal::Invalid(
            "The attribute that is the username must have the same value as the username.".to_owned(),
        )),
        _ => Ok(()),
    }
}

/// The refusal for a name that somebody else holds.
pub(crate) fn taken(kind: NameKind) -> Refusal {
    match kind {
        NameKind::Email => Refusal::AttributeTaken("email"),
        NameKind::PhoneNumber => Refusal::AttributeTaken("phone_number"),
        NameKind::Username | NameKind::PreferredUsername => Refusal::UsernameTaken,
    }
}

/// Which contact a new person's code goes to: the phone number before the e-mail address (user-pools.md 10.2).
pub(crate) fn contact_to_verify(pool: &Pool, user: &User) -> Option<Contact> {
    [Contact::Phone, Contact::Email]
        .into_iter()
        .find(|contact| pool.auto_verifies(*contact) && user.attribute(contact.attribute()).is_some())
}
