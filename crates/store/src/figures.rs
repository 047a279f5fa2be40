//! What the store counts, for metrics. Plain numbers: who shows them and how is decided higher up.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What the store is doing and has done since it was opened. What the engine does not have stays 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Blocks that wait for the writer (SQLite).
    pub queued: usize,
    /// Durable commits that were tried.
    pub commits: u64,
    /// Blocks whose outcome was in them: more than the commits where several shared one.
    pub blocks: u64,
    /// Time the commits took, flush included.
    pub committing: Duration,
    /// Transactions that were run again because another was in the way or the connection broke (Postgres).
    pub retries: u64,
    /// Connections that are open (Postgres).
    pub connections: usize,
    /// Open connections that nobody uses (Postgres).
    pub idle: usize,
    /// Transactions that wait for a connection (Postgres).
    pub waiting: usize,
}

/// The counters behind the figures.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    commits: AtomicU64,
    blocks: AtomicU64,
    nanos: AtomicU64,
    retries: AtomicU64,
}

impl Tally {
    pub(crate) fn committed(&self, blocks: usize, took: Duration) {
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.blocks.fetch_add(u64::try_from(blocks).unwrap_or(u64::MAX), Ordering::Relaxed);
        self.nanos.fetch_add(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub(crate) fn retried(&self) {
        self.retries.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn figures(&self) -> Figures {
        Figures {
            commits: self.commits.load(Ordering::Relaxed),
            blocks: self.blocks.load(Ordering::Relaxed),
            committing: Duration::from_nanos(self.nanos.load(Ordering::Relaxed)),
            retries: self.retries.load(Ordering::Relaxed),
            ..Figures::default()
        }
    }
}
