//! How long a chore took. `kernel` has the same, but using it here would put a C library before the first chore.

use std::time::{Duration, Instant};

/// Runs from its making.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    #[allow(clippy::disallowed_methods, reason = "chores are no part of the server, whose time is injected")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Time since the start.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}
