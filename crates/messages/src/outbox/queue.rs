//! The outbox rows: who claims one, and what becomes of it.
//!
//! Every claim has a token of its own, drawn afresh: an attempt that overslept its lease finds another's token in the
//! row, and its outcome changes nothing. `last_error` keeps one word, since rows lie in clear.

use super::Delivery;
use kernel::{Time, UserPoolId};
use std::time::Duration;
use store::{Letter, Store, StoreError, work};

/// How long a claim keeps others away. Nodes' clocks may differ by half a minute.
pub(super) const LEASE: Duration = Duration::from_secs(150);

/// Waiting rows are counted no further: somebody looks at the figure, and nobody waits for it.
const COUNTED_MAX: u32 = 10_000;

/// What waits in the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// How many messages, counted up to a bound.
    pub queued: usize,
    /// When the one that is due longest was due.
    pub oldest_due: Option<Time>,
}

/// A row under a claim.
#[derive(Debug, Clone)]
pub(super) struct Claim {
    pub row: Letter,
    pub token: String,
}

impl Claim {
    /// Whether the row says that nobody is to get it.
    pub(super) fn is_decoy(&self) -> bool {
        self.row.kind == Letter::DECOY
    }
}

/// What becomes of a claimed row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Taken by the next hop; wiped.
    Delivered,
    /// Never to be taken; wiped.
    Refused,
    /// Its code has ended before anybody took it; wiped.
    Expired,
    /// Its pool was deleted meanwhile; wiped.
    Orphaned,
    /// Never meant to be taken; removed.
    Cleared,
    /// Tried again at `due`.
    Later { due: Time },
}

impl Outcome {
    pub(super) const fn delivery(self) -> Delivery {
        match self {
            // Of a decoy nothing is left to be done either.
            Self::Delivered | Self::Cleared => Delivery::Delivered,
            Self::Refused | Self::Expired | Self::Orphaned => Delivery::Refused,
            Self::Later { .. } => Delivery::Queued,
        }
    }
}

#[derive(Debug)]
pub(super) struct Queue {
    store: Store,
}

impl Queue {
    pub(super) const fn new(store: Store) -> Self {
        Self { store }
    }

    /// Claims what is due under `token`.
    pub(super) async fn claim_due(&self, now: Time, token: String, most: u32) -> Result<Vec<Claim>, StoreError> {
        let by = token.clone();
        let claim = work!(|tx, now, by, most| tx.outbox().claim(*now, by, *most, LEASE).await);
        let rows: Vec<Letter> = self.store.write(claim).await?;
        Ok(rows.into_iter().map(|row| Claim { row, token: token.clone() }).collect())
    }

    /// When the row that is first in line is due. Others behind it may be due sooner, so this is for naps only.
    pub(super) async fn next_due(&self) -> Result<Option<Time>, StoreError> {
        self.store.read(work!(|tx| tx.outbox().next_due().await)).await
    }

    /// How many rows wait, counted up to a bound, and since when the first of them is due.
    pub(super) async fn waiting(&self, now: Time) -> Result<Waiting, StoreError> {
        let ask = work!(|tx, now| -> StoreError {
            let queued = tx.outbox().count_queued(COUNTED_MAX).await?;
            Ok((queued, tx.outbox().oldest_due(*now).await?))
        });
        let (queued, oldest_due) = self.store.read(ask).await?;
        Ok(Waiting { queued: usize::try_from(queued).unwrap_or(usize::MAX), oldest_due })
    }

    /// Whether the pool is still there, as of at most a second ago.
    pub(super) async fn knows(&self, pool: &UserPoolId) -> Result<bool, StoreError> {
        Ok(self.store.pool(pool).await?.is_some())
    }

    /// Keeps the outcome of a claimed row; false when the claim had passed to somebody else.
    pub(super) async fn settle(&self, claim: &Claim, outcome: Outcome) -> Result<bool, StoreError> {
        let (id, token) = (claim.row.id, claim.token.clone());
        let settle = work!(|tx, id, token, outcome| {
            let mut outbox = tx.outbox();
            match *outcome {
                Outcome::Delivered => outbox.delivered(id, token).await,
                Outcome::Refused => outbox.refused(id, token, "refused").await,
                Outcome::Expired => outbox.refused(id, token, "expired").await,
                Outcome::Orphaned => outbox.refused(id, token, "pool deleted").await,
                Outcome::Cleared => outbox.clear(id, token).await,
                Outcome::Later { due } => outbox.failed(id, token, due, "unreachable").await,
            }
        });
        self.store.write(settle).await
    }
}
