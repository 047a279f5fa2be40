//! Attributes given with a new password, and the names that come with them.

use crate::attributes::{Writer, read_new, require_all};
use crate::change::preferred_may_be;
use crate::names::{move_names, taken_at_change};
use crate::{Accounts, Through};
use model::{Contact, Pool, Refusal, User};
use store::Tx;

impl Accounts {
    /// The person with the attributes of a NEW_PASSWORD_REQUIRED answer: what was missing is added, a required attribute
    /// that has a value stays as it is, everything obeys schema and write list.
    ///
    /// # Errors
    /// [`Refusal::AttributeFixed`], [`Refusal::AttributeNotWritable`], [`Refusal::Invalid`].
    pub fn complete_attributes<'a>(
        &self,
        through: &Through,
        user: &User,
        given: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Result<User, Refusal> {
        let pool = &through.pool;
        let mut changed = Vec::new();
        for (name, value) in given {
            let current = user.attribute(name);
            if current == Some(value) {
                continue; // clients send back what the challenge showed them
            }
            let entry = pool.schema(name);
            let fixed = entry.is_some_and(|e| e.required == Some(true) || e.mutable == Some(false));
            // An address that stays until the new one is proved cannot be replaced here, where nothing is proved.
            let waits = Contact::parse(name).is_some_and(|contact| pool.verifies_before_update(contact));
            if current.is_some() && (fixed || waits) {
                return Err(Refusal::AttributeFixed(name.to_owned()));
            }
            changed.push((name.to_owned(), value.to_owned()));
        }
        let written = read_new(pool, Writer::Client(&through.client), &changed)?;
        let before = user;
        let mut user = user.clone();
        for (name, value) in written {
            // A changed contact is no longer a verified one.
            if Contact::parse(&name).is_some() && user.attribute(&format!("{name}_verified")).is_some() {
                user.attributes.insert(format!("{name}_verified"), "false".to_owned());
            }
            user.attributes.insert(name, value);
        }
        preferred_may_be(pool, before, &user)?;
        require_all(pool, &user.attributes)?;
        Ok(user)
    }
}

/// The names that come with the attributes: a new contact or preferred username must be free and signs its owner in from
/// now on, one that was replaced no longer does.
///
/// # Errors
/// [`Refusal::ContactTaken`], [`Refusal::AliasTaken`].
pub async fn claim_new_contacts(tx: &mut Tx, pool: &Pool, before: &User, after: &User) -> Result<(), Refusal> {
    move_names(tx, pool, before, after).await?.map_err(|kind| taken_at_change(pool, kind))
}
