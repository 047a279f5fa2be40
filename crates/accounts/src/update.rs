//! Attributes on their way into a person's row: by the person through a client, or by an administrator (user-pools.md 12).

use crate::Accounts;
use crate::attributes::Writer;
use crate::change::{Address, Change, decide};
use crate::codes::{CodeLetter, Sent};
use crate::names::{holder, kind_of, move_names, taken_at_change};
use crate::verify::REQUESTS;
use messages::Recipient;
use model::{CodePurpose, Contact, Pool, Refusal, User};
use std::sync::Arc;
use store::{Tx, work};
use tokens::Bearer;

/// Who changes whom.
#[derive(Debug)]
enum Changing {
    /// A person themselves, by a token.
    Themselves(Box<Bearer>),
    /// An administrator this person, as read for this request.
    Administered(Box<User>),
}

impl Changing {
    fn user(&self) -> &User {
        match self {
            Self::Themselves(bearer) => &bearer.user,
            Self::Administered(user) => user,
        }
    }

    fn writer(&self) -> Writer<'_> {
        match self {
            Self::Themselves(bearer) => Writer::Client(&bearer.client),
            Self::Administered(_) => Writer::Administrator,
        }
    }

    /// The person as they stand now, locked; who comes by a token must still be honoured.
    async fn present(&self, tx: &mut Tx) -> Result<User, Refusal> {
        match self {
            Self::Themselves(bearer) => bearer.still(tx).await,
            Self::Administered(user) => tx.users().require(&user.pool, &user.sub).await,
        }
    }
}

impl Accounts {
    /// UpdateUserAttributes: answers where codes went.
    ///
    /// # Errors
    /// Why not; nothing has changed then, but for [`Refusal::DeliveryRefused`].
    pub async fn update_attributes(&self, bearer: Bearer, given: Vec<(String, String)>) -> Result<Vec<Sent>, Refusal> {
        let pool = bearer.pool.clone();
        let letters = self.change_attributes(&pool, Changing::Themselves(Box::new(bearer)), given).await?;
        let mut sent = Vec::with_capacity(letters.len());
        // Every code goes out before the first refusal is told: the others are no worse for it.
        for letter in letters {
            sent.push(self.send_code(letter).await);
        }
        sent.into_iter().collect()
    }

    /// DeleteUserAttributes.
    ///
    /// # Errors
    /// Why not; nothing has changed then.
    pub async fn delete_attributes(&self, bearer: Bearer, names: Vec<String>) -> Result<(), Refusal> {
        self.update_attributes(bearer, cleared(names)).await.map(|_| ())
    }

    /// AdminUpdateUserAttributes. Codes go out as for the person themselves; what the relay says of them is in the
    /// outbox only, for the operation knows no such failure.
    ///
    /// # Errors
    /// [`Refusal::NoSuchUser`], or why not; nothing has changed then.
    pub async fn admin_update_attributes(
        &self,
        pool: &Arc<Pool>,
        username: &str,
        given: Vec<(String, String)>,
    ) -> Result<(), Refusal> {
        let changing = Changing::Administered(Box::new(self.admin_get(pool, username).await?));
        for letter in self.change_attributes(pool, changing, given).await? {
            match self.send_code(letter).await {
                Ok(_) | Err(Refusal::DeliveryRefused) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }

    /// AdminDeleteUserAttributes.
    ///
    /// # Errors
    /// [`Refusal::NoSuchUser`], or why not; nothing has changed then.
    pub async fn admin_delete_attributes(
        &self,
        pool: &Arc<Pool>,
        username: &str,
        names: Vec<String>,
    ) -> Result<(), Refusal> {
        self.admin_update_attributes(pool, username, cleared(names)).await
    }

    /// The change in one transaction, with its codes in the outbox; answers the letters that are to be sent now.
    async fn change_attributes(
        &self,
        pool: &Arc<Pool>,
        changing: Changing,
        given: Vec<(String, String)>,
    ) -> Result<Vec<CodeLetter>, Refusal> {
        let letters = self.possible_letters(pool, changing.user(), &given);
        let (pool, drawn, now) = (pool.clone(), letters.clone(), self.clock.now());
        let posted: Vec<Contact> = self
            .store
            .write(work!(|tx, pool, changing, given, drawn, now| -> Refusal {
                let before = changing.present(tx).await?;
                let mut change = decide(pool, changing.writer(), &before, given)?;
                change.after.modified = *now;
                keep(tx, pool, &before, &change).await?;
                let posted = post(tx, &change, drawn).await?;
                // The same limit as for asking outright: whoever changes their address to and fro sends codes to
                // people who never asked. The operation declares no LimitExceeded.
                if matches!(changing, Changing::Themselves(_))
                    && !posted.is_empty()
                    && !REQUESTS.raise(tx, &pool.id, before.sub.as_str(), *now).await?
                {
                    return Err(Refusal::Busy);
                }
                Ok(posted)
            }))
            .await?;
        Ok(letters.into_iter().filter(|letter| posted.contains(&letter.contact())).collect())
    }

    /// A code for every contact that may get one: drawn before the transaction, which sees no randomness, and thrown away
    /// where the change turns out to ask for none.
    fn possible_letters(&self, pool: &Pool, user: &User, given: &[(String, String)]) -> Vec<CodeLetter> {
        let last = |contact: Contact| given.iter().rev().find(|(name, _)| name == contact.attribute());
        let asked = Contact::ALL.into_iter().filter(|contact| pool.auto_verifies(*contact));
        asked
            .filter_map(|contact| Some(Recipient { contact, address: last(contact)?.1.clone() }))
            .filter(|to| !to.address.is_empty())
            .map(|to| self.code_letter_to(pool, user, &to, CodePurpose::VerifyAttribute))
            .collect()
    }
}

/// To take an attribute away is to write nothing into it: the same rules hold.
fn cleared(names: Vec<String>) -> Vec<(String, String)> {
    names.into_iter().map(|name| (name, String::new())).collect()
}

/// Writes a decided change: names, the person, what waits.
async fn keep(tx: &mut Tx, pool: &Pool, before: &User, change: &Change) -> Result<(), Refusal> {
    let after = &change.after;
    move_names(tx, pool, before, after).await?.map_err(|kind| taken_at_change(pool, kind))?;
    tx.users().save(after).await?;
    for (contact, address) in &change.contacts {
        let attribute = contact.attribute();
        tx.codes().withdraw(&pool.id, &after.sub, CodePurpose::VerifyAttribute, attribute).await?;
        let Address::Waiting(value) = address else {
            tx.pending().delete(&pool.id, &after.sub, attribute).await?;
            continue;
        };
        // An early word to somebody who could never verify it. The index decides when the code comes back.
        let others = holder(tx, pool, &pool.fold(value)).await?.is_some_and(|sub| sub != after.sub);
        if others && pool.named_by(*contact) {
            return Err(taken_at_change(pool, kind_of(*contact)));
        }
        tx.pending().save(&pool.id, &after.sub, attribute, value, after.modified).await?;
    }
    Ok(())
}

/// Puts the codes that the change asks for into the outbox; answers for which contacts.
async fn post(tx: &mut Tx, change: &Change, drawn: &[CodeLetter]) -> Result<Vec<Contact>, Refusal> {
    let mut posted = Vec::new();
    for (contact, address) in &change.contacts {
        if *address == Address::Settled {
            continue;
        }
        if let Some(letter) = drawn.iter().find(|letter| letter.contact() == *contact) {
            letter.post(tx).await?;
            posted.push(*contact);
        }
    }
    Ok(posted)
}
