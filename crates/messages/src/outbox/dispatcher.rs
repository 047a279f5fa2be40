//! Sends what waits: attempts, their outcome, and the loop that makes them.

use super::breaker::Breaker;
use super::payload::{Parcel, Payload};
use super::queue::{Claim, LEASE, Outcome};
use super::{Delivery, Messages, backoff};
use kernel::Time;
use outbound::DeliveryError;
use std::time::Duration;
use store::StoreError;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

/// An attempt ends well before its lease does, so that nobody else tries meanwhile.
const ATTEMPT_MAX: Duration = Duration::from_secs(60);
const _: () = assert!(ATTEMPT_MAX.as_secs() * 2 <= LEASE.as_secs());
/// Rows of one round. They are tried side by side; the courier bounds its own connections.
const BATCH: u32 = 16;
/// The longest sleep: rows of other nodes whose process died announce themselves to nobody.
const NAP_MAX: Duration = Duration::from_secs(5);
/// The shortest sleep after a round that left something waiting.
const NAP_MIN: Duration = Duration::from_millis(500);

/// What a round of [`Messages::dispatch_due`] did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// Taken by the next hop.
    pub delivered: u32,
    /// Given up: refused, or no longer worth sending.
    pub given_up: u32,
    /// Waiting for another try.
    pub queued: u32,
    /// Decoys whose process died before it could remove them.
    pub cleared: u32,
}

impl Messages {
    /// Tries everything that is due, up to a bound, once.
    ///
    /// # Errors
    /// [`StoreError`] when the outbox cannot be read.
    pub async fn dispatch_due(&self) -> Result<Round, StoreError> {
        let claims = self.inner.queue.claim_due(self.inner.clock.now(), self.token(), BATCH).await?;
        let (decoys, letters): (Vec<_>, Vec<_>) = claims.into_iter().partition(Claim::is_decoy);
        let attempts: Vec<_> = letters
            .into_iter()
            .map(|claim| {
                let this = self.clone();
                self.inner.under_way.spawn(async move { this.attempt_sealed(&claim).await })
            })
            .collect();
        let mut round = Round::default();
        for decoy in decoys {
            self.settle(&decoy, Outcome::Cleared).await;
            round.cleared += 1;
        }
        for attempt in attempts {
            match attempt.await {
                Ok(Delivery::Delivered) => round.delivered += 1,
                Ok(Delivery::Refused) => round.given_up += 1,
                Ok(Delivery::Queued) | Err(_) => round.queued += 1,
            }
        }
        Ok(round)
    }

    /// Dispatches until told to stop, then finishes what is under way.
    pub async fn run(&self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let nap = match self.dispatch_due().await {
                Ok(round) if round.queued == 0 && round.delivered + round.given_up + round.cleared == BATCH => continue,
                Ok(_) => self.nap().await,
                Err(error) => {
                    warn!(error = %error, "the outbox cannot be read");
                    NAP_MAX
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.inner.wake.notified() => {}
                () = sleep(nap) => {}
            }
        }
        self.inner.under_way.close();
        // What is not finished by then keeps its claim until it runs out; another process sends it.
        let _ = timeout(ATTEMPT_MAX, self.inner.under_way.wait()).await;
    }

    async fn nap(&self) -> Duration {
        match self.inner.queue.next_due().await {
            Ok(Some(due)) => due.since(self.inner.clock.now()).clamp(NAP_MIN, NAP_MAX),
            Ok(None) | Err(_) => NAP_MAX,
        }
    }

    async fn attempt_sealed(&self, claim: &Claim) -> Delivery {
        let id = claim.row.id;
        let (now, payload) =
            (self.inner.clock.now(), Payload::open(&id.to_string(), &claim.row.payload, &self.inner.keyring));
        let expired = claim.row.expires <= now;
        let Some(payload) = payload else {
            warn!(outbox.id = %id, expired, "a message in the outbox does not open with this keyring");
            let outcome = if expired { Outcome::Expired } else { Outcome::Later { due: now + LEASE } };
            return self.settle(claim, outcome).await;
        };
        // It waited while nobody was there to try: no server ran, or each try took its lease with it.
        if expired {
            report(claim, &payload, Outcome::Expired, None);
            return self.settle(claim, Outcome::Expired).await;
        }
        match self.inner.queue.knows(&payload.pool).await {
            Ok(true) => self.attempt(claim, &payload).await,
            // Who deletes a pool wants nothing said in its name any more.
            Ok(false) => {
                report(claim, &payload, Outcome::Orphaned, None);
                self.settle(claim, Outcome::Orphaned).await
            }
            // The claim runs out and another round asks again.
            Err(error) => {
                warn!(outbox.id = %id, error = %error, "the pool of a message cannot be read");
                Delivery::Queued
            }
        }
    }

    /// One attempt at one claimed row, and the mark that it leaves.
    pub(super) async fn attempt(&self, claim: &Claim, payload: &Payload) -> Delivery {
        let Some(road) = self.road(&payload.parcel) else { return self.settle(claim, Outcome::Cleared).await };
        let sent = self.send(&payload.parcel, road).await;
        let pause = backoff::pause(claim.row.tries, &*self.inner.entropy);
        let outcome = judge(&sent, self.inner.clock.now() + pause, claim.row.expires);
        report(claim, payload, outcome, sent.err());
        self.settle(claim, outcome).await
    }

    /// Which way a parcel goes; a decoy goes none.
    fn road(&self, parcel: &Parcel) -> Option<&Breaker> {
        match parcel {
            Parcel::Mail(_) => Some(&self.inner.mail_road),
            Parcel::Sms(_) => Some(&self.inner.sms_road),
            Parcel::Decoy { .. } => None,
        }
    }

    async fn send(&self, parcel: &Parcel, road: &Breaker) -> Result<(), DeliveryError> {
        let unreachable = |why: &str| Err(DeliveryError::Unreachable(why.to_owned()));
        if road.rests(self.inner.clock.now()) {
            return unreachable("nobody answered lately, not asked again yet");
        }
        let sent = timeout(ATTEMPT_MAX, parcel.send(&*self.inner.courier)).await;
        let sent = sent.unwrap_or_else(|_| unreachable("no answer in time"));
        match sent {
            Err(DeliveryError::Unreachable(_)) => road.silent(self.inner.clock.now()),
            _ => road.answered(),
        }
        sent
    }

    async fn settle(&self, claim: &Claim, outcome: Outcome) -> Delivery {
        match self.inner.queue.settle(claim, outcome).await {
            Ok(true) => self.inner.tallies.count(outcome),
            Ok(false) => warn!(outbox.id = %claim.row.id, "the claim on a message had passed to somebody else"),
            // The claim runs out and the message goes out once more, under the same id.
            Err(error) => warn!(outbox.id = %claim.row.id, error = %error, "the outcome of a message was not kept"),
        }
        if let Outcome::Later { .. } = outcome {
            self.inner.wake.notify_one(); // the loop may be sleeping past the new moment
        }
        outcome.delivery()
    }
}

/// What an attempt means for the row: a try that could only come after the end of the code is not made.
fn judge(sent: &Result<(), DeliveryError>, retry: Time, expires: Time) -> Outcome {
    match sent {
        Ok(()) => Outcome::Delivered,
        Err(DeliveryError::Unreachable(_)) if retry < expires => Outcome::Later { due: retry },
        Err(DeliveryError::Unreachable(_)) => Outcome::Expired,
        Err(DeliveryError::Refused(_) | DeliveryError::Unconfigured(_)) => Outcome::Refused,
    }
}

/// One line per attempt. For a message that nobody will get it is the notification record of SM-27.
fn report(claim: &Claim, payload: &Payload, outcome: Outcome, error: Option<DeliveryError>) {
    let (id, tries, Payload { pool, sub, .. }) = (claim.row.id, claim.row.tries, payload);
    let error = error.map(|error| error.to_string()).unwrap_or_default();
    match outcome {
        Outcome::Delivered => debug!(outbox.id = %id, pool.id = %pool, %sub, tries, "message delivered"),
        Outcome::Cleared => {} // no message
        Outcome::Orphaned => debug!(outbox.id = %id, pool.id = %pool, %sub, tries, "message of a deleted pool dropped"),
        Outcome::Later { .. } => warn!(outbox.id = %id, pool.id = %pool, %sub, tries, error, "message waits"),
        Outcome::Refused => warn!(outbox.id = %id, pool.id = %pool, %sub, tries, error, "message refused"),
        Outcome::Expired => warn!(outbox.id = %id, pool.id = %pool, %sub, tries, error, "message expired undelivered"),
    }
}
