//! Attributes given with a new password, and the names that come with them.

use crate::attributes::{Writer, read_new, require_all};
use crate::names::{claim_preferred, kind_of};
use crate::{Accounts, Through};
use model::{Contact, Naming, Pool, Refusal, User};
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
            if current.is_some() && fixed {
                return Err(Refusal::AttributeFixed(name.to_owned()));
            }
            changed.push((name.to_owned(), value.to_owned()));
        }
        let written = read_new(pool, Writer::Client(&through.client), &changed)?;
        let mut user = user.clone();
        for (name, value) in written {
            // A changed contact is no longer a verified one.
            if Contact::parse(&name).is_some() && user.attribute(&format!("{name}_verified")).is_some() {
                user.attributes.insert(format!("{name}_verified"), "false".to_owned());
            }
            user.attributes.insert(name, value);
        }
        require_all(pool, &user.attributes)?;
        Ok(user)
    }
}

/// Where contacts are usernames, a new one must be free and signs its owner in from now on.
///
/// # Errors
/// [`Refusal::AliasTaken`].
pub async fn claim_new_contacts(tx: &mut Tx, pool: &Pool, before: &User, after: &User) -> Result<(), Refusal> {
    claim_preferred(tx, pool, Some(before), after).await?;
    let Naming::ByContact { email, phone } = pool.naming() else {
        return release_changed(tx, pool, before, after).await;
    };
    for (contact, counts) in [(Contact::Email, email), (Contact::Phone, phone)] {
        let (old, new) = (before.attribute(contact.attribute()), after.attribute(contact.attribute()));
        let Some(new) = new.filter(|new| counts && Some(*new) != old) else { continue };
        if let Some(old) = old {
            tx.names().release(&pool.id, kind_of(contact), &pool.fold(old), &after.sub).await?;
        }
        if !tx.names().claim(&pool.id, kind_of(contact), &pool.fold(new), &after.sub).await? {
            return Err(Refusal::AliasTaken(contact.attribute()));
        }
    }
    Ok(())
}

/// An alias whose value has changed no longer signs its owner in, and is free for others.
async fn release_changed(tx: &mut Tx, pool: &Pool, before: &User, after: &User) -> Result<(), Refusal> {
    for contact in Contact::ALL {
        let (old, new) = (before.attribute(contact.attribute()), after.attribute(contact.attribute()));
        if let Some(old) = old.filter(|old| Some(*old) != new && pool.has_alias(contact.attribute())) {
            tx.names().release(&pool.id, kind_of(contact), &pool.fold(old), &after.sub).await?;
        }
    }
    Ok(())
}
