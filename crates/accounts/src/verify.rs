//! A contact is proved by a code: asked for again, and presented (user-pools.md 12.4).

use crate::Accounts;
use crate::code_attempts::{self, Hourly};
use crate::codes::{CodeLetter, Sent};
use crate::names::move_names;
use kernel::Secret;
use messages::Recipient;
use model::{CodePurpose, Contact, Pool, Refusal, User};
use store::{NameKind, Tx, work};
use tokens::Bearer;

/// GetUserAttributeVerificationCode per person and hour (user-pools.md 10.1).
pub(crate) const REQUESTS: Hourly = Hourly { kind: "attribute_code", most: 5 };
/// VerifyUserAttribute per person and hour.
const VERIFICATIONS: Hourly = Hourly { kind: "verify_attribute", most: 15 };
const PURPOSE: CodePurpose = CodePurpose::VerifyAttribute;

impl Accounts {
    /// GetUserAttributeVerificationCode: a new code for the value that waits, or else for the one in force; the older
    /// code is no longer good.
    ///
    /// # Errors
    /// [`Refusal::AttributeNotVerifiable`], [`Refusal::LimitExceeded`], [`Refusal::DeliveryRefused`].
    pub async fn send_attribute_code(&self, bearer: Bearer, attribute: &str) -> Result<Sent, Refusal> {
        let contact = verifiable(&bearer.pool, attribute)?;
        let (pool, of) = (bearer.pool.clone(), bearer.user.clone());
        let address = self
            .store
            .read(work!(|tx, pool, of, contact| -> Refusal { address_of(tx, pool, of, *contact).await }))
            .await?;
        let to = Recipient { contact, address };
        let letter = self.code_letter_to(&bearer.pool, &bearer.user, &to, PURPOSE);
        self.count_and_post_to(bearer, to, letter.clone()).await?;
        self.send_code(letter).await
    }

    /// Counts the request and stores the code, if the address is still the one it was drawn for.
    async fn count_and_post_to(&self, bearer: Bearer, to: Recipient, letter: CodeLetter) -> Result<(), Refusal> {
        let now = self.clock.now();
        self.store
            .write(work!(|tx, bearer, to, letter, now| -> Refusal {
                let present = bearer.still(tx).await?;
                if !REQUESTS.raise(tx, &bearer.pool.id, present.sub.as_str(), *now).await? {
                    return Ok(Err(Refusal::LimitExceeded));
                }
                // Changed in the moment between: whoever asked twice at once is asked to ask again.
                if address_of(tx, &bearer.pool, &present, to.contact).await? != to.address {
                    return Ok(Err(Refusal::Busy));
                }
                letter.post(tx).await?;
                Ok(Ok(()))
            }))
            .await?
    }

    /// VerifyUserAttribute: the value that waits comes into force, or the one in force is verified. The code is used up
    /// in the same transaction, so that it is good once however many ask.
    ///
    /// # Errors
    /// Why not.
    pub async fn verify_attribute(
        &self,
        bearer: Bearer,
        attribute: &str,
        digits: Secret<String>,
    ) -> Result<(), Refusal> {
        let contact = verifiable(&bearer.pool, attribute)?;
        let (accounts, now) = (self.clone(), self.clock.now());
        // A refusal that must leave a trace (a counted try) is an answer of the block, not its failure.
        self.store
            .write(work!(|tx, accounts, bearer, contact, digits, now| -> Refusal {
                let before = bearer.still(tx).await?;
                let pool = &bearer.pool;
                if let Err(refusal) =
                    code_attempts::take(tx, &pool.id, before.sub.as_str(), VERIFICATIONS, *now).await?
                {
                    return Ok(Err(refusal));
                }
                let attribute = contact.attribute();
                let address = address_of(tx, pool, &before, *contact).await?;
                let outstanding = tx.codes().get(&pool.id, &before.sub, PURPOSE, attribute).await?;
                let Some(code) = outstanding.filter(|code| *now < code.expires) else {
                    return Ok(Err(Refusal::CodeExpired));
                };
                if !accounts.opens(&code, &address, digits) {
                    return Ok(Err(Refusal::CodeWrong));
                }
                code_attempts::give_back(tx, &pool.id, before.sub.as_str()).await?;
                let mut after = before.clone().contact_proved(*contact, &address);
                after.modified = *now;
                if let Err(kind) = move_names(tx, pool, &before, &after).await? {
                    return Ok(Err(taken(kind)));
                }
                if tx.codes().take(&pool.id, &before.sub, PURPOSE, attribute, &code.hash).await?.is_none() {
                    return Err(Refusal::CodeExpired);
                }
                tx.pending().delete(&pool.id, &before.sub, attribute).await?;
                tx.users().save(&after).await?;
                Ok(Ok(()))
            }))
            .await?
    }
}

/// Only e-mail addresses and phone numbers can be proved.
fn verifiable(pool: &Pool, attribute: &str) -> Result<Contact, Refusal> {
    if pool.schema(attribute).is_none() {
        return Err(Refusal::AttributeUnknown(attribute.to_owned()));
    }
    Contact::parse(attribute).ok_or_else(|| Refusal::AttributeNotVerifiable(attribute.to_owned()))
}

/// What a code for this contact proves: the value that waits, or else the one in force.
async fn address_of(tx: &mut Tx, pool: &Pool, user: &User, contact: Contact) -> Result<String, Refusal> {
    let attribute = contact.attribute();
    let waiting = tx.pending().get(&pool.id, &user.sub, attribute).await?;
    let address = waiting.or_else(|| user.attribute(attribute).map(str::to_owned));
    address.ok_or_else(|| Refusal::AttributeNotVerifiable(attribute.to_owned()))
}

/// The address signs somebody else in already.
fn taken(kind: NameKind) -> Refusal {
    match kind {
        NameKind::PhoneNumber => Refusal::AliasTaken("phone_number"),
        NameKind::Email | NameKind::Username | NameKind::PreferredUsername => Refusal::AliasTaken("email"),
    }
}
