//! The way of a message: a sealed row in the caller's transaction, tried at once after the commit, and again later.
//!
//! At least once with a stable message id. A second copy leaves only when the process died between the relay's yes
//! and our mark (RL-19).

mod backoff;
mod breaker;
mod dispatcher;
mod payload;
mod queue;
mod tally;

pub use dispatcher::Round;
pub use payload::place;
pub use queue::Waiting;
pub use tally::Tally;

use crate::{Occasion, Recipient, Sender, Templates, Written};
use breaker::Breaker;
use crypto::Keyring;
use kernel::{Clock, Entropy, EntropyExt, Sub, Time};
use model::{Contact, Pool};
use outbound::{Courier, Mail, Sms};
use payload::{Parcel, Payload};
use queue::{Claim, LEASE, Queue};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use store::{Store, StoreError, Tx};
use tally::Tallies;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;

/// How long an operation usually waits for the relay before it answers that the message is on its way.
pub const DEADLINE: Duration = Duration::from_secs(4);

/// One message to one person, not yet worded.
#[derive(Debug, Clone, Copy)]
pub struct Note<'a> {
    /// Whose texts and sender are used.
    pub pool: &'a Pool,
    /// Whom it is for; the only name of the person that logs see.
    pub sub: &'a Sub,
    /// Where it goes.
    pub to: &'a Recipient,
    /// What it says.
    pub occasion: Occasion<'a>,
    /// When it stops being worth sending: the end of its code.
    pub good_until: Time,
}

/// How long an attempt nobody waits for holds back: far longer than an answer takes to leave, and nothing to somebody who
/// waits for a mail.
const HEAD_START: Duration = Duration::from_millis(20);

/// A worded message: [`Outgoing::post`] it inside the transaction that makes it true, and give it to
/// [`Messages::dispatch_now`] or [`Messages::dispatch_later`] once that is committed.
#[derive(Clone)]
pub struct Outgoing {
    claim: Claim,
    payload: Payload,
    now: Time,
}

impl Outgoing {
    /// Whether nobody is to get it.
    #[must_use]
    pub fn is_decoy(&self) -> bool {
        self.claim.is_decoy()
    }

    /// Puts the message into the outbox, already claimed for the attempt right after the commit. When that attempt
    /// never comes, the claim runs out and the dispatcher takes over.
    ///
    /// # Errors
    /// [`StoreError`] of the transaction.
    pub async fn post(&self, tx: &mut Tx) -> Result<(), StoreError> {
        let Claim { row, token } = &self.claim;
        let mut outbox = tx.outbox();
        outbox.push(row).await?;
        outbox.claim_one(&row.id, self.now, token, LEASE).await?;
        Ok(())
    }
}

// Holds a code and an address.
impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing").field("id", &self.claim.row.id).finish_non_exhaustive()
    }
}

/// What is known of a message when the caller must answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// The next hop took it.
    Delivered,
    /// The next hop will never take it: CodeDeliveryFailureException (UP-32).
    Refused,
    /// Nobody answered in time: it waits in the outbox, and the call succeeds (SM-27).
    Queued,
}

/// Words messages, queues them, sends them. Cheap to clone.
#[derive(Clone)]
pub struct Messages {
    inner: Arc<Inner>,
}

struct Inner {
    queue: Queue,
    courier: Arc<dyn Courier>,
    keyring: Arc<Keyring>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    default_from: String,
    mail_road: Breaker,
    sms_road: Breaker,
    wake: Notify,
    under_way: TaskTracker,
    tallies: Tallies,
}

/// What [`Messages`] is made of.
pub struct Parts {
    /// Where the outbox lies.
    pub store: Store,
    /// The way out.
    pub courier: Arc<dyn Courier>,
    /// Seals what waits.
    pub keyring: Arc<Keyring>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// The deployment's own sender, [`crate::DEFAULT_FROM`] unless configured.
    pub default_from: String,
}

impl Messages {
    /// A service over this outbox and this way out.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let Parts { store, courier, keyring, clock, entropy, default_from } = parts;
        let inner = Inner {
            queue: Queue::new(store),
            courier,
            keyring,
            clock,
            entropy,
            default_from,
            mail_road: Breaker::default(),
            sms_road: Breaker::default(),
            wake: Notify::new(),
            under_way: TaskTracker::new(),
            tallies: Tallies::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Words and seals a message; nothing is sent and nothing is written yet.
    #[must_use]
    pub fn compose(&self, note: &Note<'_>) -> Outgoing {
        self.worded(note, kind(note.to.contact), |letter| letter)
    }

    /// The same for nobody: worded, sealed, posted and dispatched like a message, and never sent. Where an answer must not
    /// tell whether somebody was written to, it costs what a message costs (ST-11).
    #[must_use]
    pub fn compose_decoy(&self, note: &Note<'_>) -> Outgoing {
        self.worded(note, store::Letter::DECOY, |letter| Parcel::Decoy { instead_of: Box::new(letter) })
    }

    fn worded(&self, note: &Note<'_>, kind: &str, wrap: fn(Parcel) -> Parcel) -> Outgoing {
        let inner = &self.inner;
        let written = Templates::of(note.pool, &note.occasion).write(note.to.contact, &note.occasion);
        let id = inner.entropy.uuid();
        let parcel = wrap(self.address(note, written, &id.to_string()));
        let payload = Payload { pool: note.pool.id.clone(), sub: note.sub.clone(), parcel };
        let now = inner.clock.now();
        let row = store::Letter {
            id,
            kind: kind.to_owned(),
            payload: payload.seal(&id.to_string(), &inner.keyring, &*inner.entropy),
            created: now,
            due: now,
            expires: note.good_until,
            tries: 0,
        };
        Outgoing { claim: Claim { row, token: self.token() }, payload, now }
    }

    fn address(&self, note: &Note<'_>, written: Written, id: &str) -> Parcel {
        let to = note.to.address.clone();
        match written {
            Written::Sms { text } => Parcel::Sms(Sms { to, text, message_id: id.to_owned() }),
            Written::Mail { subject, html, text } => {
                let sender = Sender::of(note.pool, &self.inner.default_from);
                let message_id = format!("{id}@{}", sender.domain());
                let Sender { from, reply_to, configuration_set } = sender;
                Parcel::Mail(Mail { from, reply_to, to, subject, html, text, message_id, configuration_set })
            }
        }
    }

    /// Sends a message whose transaction was just committed and waits for the outcome, at most until the deadline.
    /// The attempt itself goes on after it.
    pub async fn dispatch_now(&self, outgoing: Outgoing, deadline: Duration) -> Delivery {
        let attempt = self.begin(outgoing, Duration::ZERO);
        match tokio::time::timeout(deadline, attempt).await {
            Ok(Ok(delivery)) => delivery,
            // Late, or a panic in the courier: when the claim runs out the dispatcher takes over.
            Ok(Err(_)) | Err(_) => Delivery::Queued,
        }
    }

    /// Sends a message whose transaction was just committed, for a caller who answers without waiting. It is begun when
    /// that answer has left: a relay that is being talked to meanwhile would slow it down, and tell that there is a
    /// message (ST-11).
    pub fn dispatch_later(&self, outgoing: Outgoing) {
        drop(self.begin(outgoing, HEAD_START)); // goes on without its handle
    }

    fn begin(&self, outgoing: Outgoing, after: Duration) -> JoinHandle<Delivery> {
        let this = self.clone();
        let Outgoing { mut claim, payload, .. } = outgoing;
        claim.row.tries = 1; // the claim taken in `post`
        self.inner.under_way.spawn(async move {
            if !after.is_zero() {
                tokio::time::sleep(after).await;
            }
            this.attempt(&claim, &payload).await
        })
    }

    /// What this process has done with messages.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.inner.tallies.read()
    }

    /// What waits, whichever process put it there.
    ///
    /// # Errors
    /// [`StoreError`] when the outbox cannot be read.
    pub async fn waiting(&self) -> Result<Waiting, StoreError> {
        self.inner.queue.waiting(self.inner.clock.now()).await
    }

    fn token(&self) -> String {
        self.inner.entropy.uuid().to_string()
    }
}

impl fmt::Debug for Messages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Messages").finish_non_exhaustive()
    }
}

const fn kind(contact: Contact) -> &'static str {
    match contact {
        Contact::Email => "mail",
        Contact::Phone => "sms",
    }
}
