//! What became of messages, counted for metrics.

use super::queue::Outcome;
use std::sync::atomic::{AtomicU64, Ordering};

/// What this process has done with messages since it started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Taken by the next hop.
    pub delivered: u64,
    /// Given up: the next hop will never take it.
    pub refused: u64,
    /// Given up: its code had ended.
    pub expired: u64,
    /// Dropped: its pool was deleted.
    pub orphaned: u64,
    /// Tries that failed and were put off.
    pub retried: u64,
}

/// The counters behind it.
#[derive(Debug, Default)]
pub(super) struct Tallies {
    delivered: AtomicU64,
    refused: AtomicU64,
    expired: AtomicU64,
    orphaned: AtomicU64,
    retried: AtomicU64,
}

impl Tallies {
    pub(super) fn count(&self, outcome: Outcome) {
        let counter = match outcome {
            Outcome::Delivered => &self.delivered,
            Outcome::Refused => &self.refused,
            Outcome::Expired => &self.expired,
            Outcome::Orphaned => &self.orphaned,
            Outcome::Later { .. } => &self.retried,
            Outcome::Cleared => return, // no message
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn read(&self) -> Tally {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Tally {
            delivered: of(&self.delivered),
            refused: of(&self.refused),
            expired: of(&self.expired),
            orphaned: of(&self.orphaned),
            retried: of(&self.retried),
        }
    }
}
