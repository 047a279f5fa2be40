//! Codes and invitations on their way: worded by `messages`, stored with the change that makes them true.

use crate::Accounts;
use kernel::{Secret, Time};
use messages::codes::Lock;
use messages::{DEADLINE, Delivery, Note, Occasion, Outgoing, Recipient};
use model::{Code, CodePurpose, Contact, Naming, Pool, Refusal, User};
use store::{StoreError, Tx};

/// Where something was sent, as the person may read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Which contact received it.
    pub contact: Contact,
    /// The masked destination.
    pub destination: String,
}

/// A code that is ready to be stored and sent.
#[derive(Debug, Clone)]
pub(crate) struct CodeLetter {
    code: Code,
    outgoing: Outgoing,
    sent: Sent,
}

impl CodeLetter {
    /// Which contact receives it.
    pub const fn contact(&self) -> Contact {
        self.sent.contact
    }

    /// Stores the code in the place of every older one of its purpose, and the message beside it. Two attributes are
    /// verified side by side: there only the older code of the same attribute goes.
    ///
    /// Of a letter for nobody the code does not stay: the same two changes, the other way round.
    pub async fn post(&self, tx: &mut Tx) -> Result<(), StoreError> {
        if self.outgoing.is_decoy() {
            tx.codes().save(&self.code).await?;
            tx.codes().delete(&self.code.pool, &self.code.sub, self.code.purpose).await?;
            return self.outgoing.post(tx).await;
        }
        if self.code.purpose != CodePurpose::VerifyAttribute {
            tx.codes().delete(&self.code.pool, &self.code.sub, self.code.purpose).await?;
        }
        tx.codes().save(&self.code).await?;
        self.outgoing.post(tx).await
    }
}

impl Accounts {
    /// Draws a code for a contact of the person and words its message.
    pub(crate) fn code_letter(
        &self,
        pool: &Pool,
        user: &User,
        contact: Contact,
        purpose: CodePurpose,
    ) -> Option<CodeLetter> {
        let to = Recipient { contact, address: user.attribute(contact.attribute())?.to_owned() };
        Some(self.code_letter_to(pool, user, &to, purpose))
    }

    /// The same for an address that is not the person's yet.
    pub(crate) fn code_letter_to(&self, pool: &Pool, user: &User, to: &Recipient, purpose: CodePurpose) -> CodeLetter {
        let contact = to.contact;
        let attribute = contact.attribute();
        let lock = Lock { pool: &pool.id, sub: &user.sub, purpose, attribute, address: &to.address };
        let (code, digits) = lock.draw(&self.keyring, &*self.entropy, self.clock.now());
        let occasion = Occasion::Verification { code: &digits };
        let note = Note { pool, sub: &user.sub, to, occasion, good_until: code.expires };
        let outgoing = self.messages.compose(&note);
        CodeLetter { code, outgoing, sent: Sent { contact, destination: to.masked() } }
    }

    /// A letter to nobody, with what its stand-in is told: where existence is masked, whoever cannot be written to costs
    /// what everybody else costs (ST-11). It touches no row of anybody's, whoever the name stands for.
    ///
    /// # Errors
    /// [`Refusal::Internal`].
    pub(crate) fn decoy_letter(
        &self,
        pool: &Pool,
        name: &str,
        sent: Sent,
        purpose: CodePurpose,
    ) -> Result<CodeLetter, Refusal> {
        let (sub, contact) = (self.nobody(pool, name)?, sent.contact);
        let address = match contact {
            Contact::Email => "nobody@cognate.invalid",
            Contact::Phone => "+00000000000",
        };
        let to = Recipient { contact, address: address.to_owned() };
        let lock = Lock { pool: &pool.id, sub: &sub, purpose, attribute: contact.attribute(), address };
        let (code, digits) = lock.draw(&self.keyring, &*self.entropy, self.clock.now());
        let occasion = Occasion::Verification { code: &digits };
        let note = Note { pool, sub: &sub, to: &to, occasion, good_until: code.expires };
        Ok(CodeLetter { outgoing: self.messages.compose_decoy(&note), code, sent })
    }

    /// Words an invitation. People read the name they will type: the contact where contacts are the usernames.
    pub(crate) fn invitation(
        &self,
        pool: &Pool,
        user: &User,
        to: &Recipient,
        password: &Secret<String>,
        ends: Time,
    ) -> Outgoing {
        let typed = match pool.naming() {
            Naming::ByContact { email: true, .. } => user.attribute("email").or_else(|| user.attribute("phone_number")),
            Naming::ByContact { .. } => user.attribute("phone_number"),
            Naming::Chosen => None,
        };
        let username = typed.unwrap_or(&user.username);
        let occasion = Occasion::Invitation { username, password: Some(password) };
        self.messages.compose(&Note { pool, sub: &user.sub, to, occasion, good_until: ends })
    }

    /// Sends what has just been committed and waits for the outcome, up to the deadline.
    ///
    /// # Errors
    /// [`Refusal::DeliveryRefused`] when the next hop will never take it.
    pub(crate) async fn send(&self, outgoing: Outgoing) -> Result<(), Refusal> {
        match self.messages.dispatch_now(outgoing, DEADLINE).await {
            Delivery::Delivered | Delivery::Queued => Ok(()),
            Delivery::Refused => Err(Refusal::DeliveryRefused),
        }
    }

    /// The same for a code; tells where it went.
    ///
    /// # Errors
    /// [`Refusal::DeliveryRefused`].
    pub(crate) async fn send_code(&self, letter: CodeLetter) -> Result<Sent, Refusal> {
        let CodeLetter { outgoing, sent, .. } = letter;
        self.send(outgoing).await.map(|()| sent)
    }

    /// The same behind the answer's back: how long a relay takes, and what it says, tells that there is one.
    pub(crate) fn send_unwatched(&self, letter: CodeLetter) -> Sent {
        let CodeLetter { outgoing, sent, .. } = letter;
        self.messages.dispatch_later(outgoing);
        sent
    }

    /// Whether the digits are those of a code, for the address the person has now.
    pub(crate) fn opens(&self, code: &Code, address: &str, digits: &Secret<String>) -> bool {
        let Code { pool, sub, purpose, attribute, .. } = code;
        let lock = Lock { pool, sub, purpose: *purpose, attribute, address };
        lock.opens(&self.keyring, digits.reveal(), &code.hash)
    }

    /// What somebody without an account would have been told about a code.
    pub(crate) fn simulated(&self, pool: &Pool, name: &str) -> Sent {
        let sms = pool.auto_verifies(Contact::Phone) && !(pool.auto_verifies(Contact::Email) && name.contains('@'));
        self.simulated_at(pool, name, if sms { Contact::Phone } else { Contact::Email })
    }

    /// The same for a contact that is known.
    pub(crate) fn simulated_at(&self, pool: &Pool, name: &str, contact: Contact) -> Sent {
        let destination = messages::mask::simulated(&self.keyring, &pool.id, &pool.fold(name), contact);
        Sent { contact, destination }
    }
}
