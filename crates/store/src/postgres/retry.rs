//! When a transaction is tried again, and how long it waits before.

use crate::StoreError;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// Another attempt at most so often (DESIGN section 3).
const RETRIES_MAX: u32 = 5;
/// The wait doubles from here; with the jitter, 64 writers of one row thin out.
const FIRST_WAIT_MS: u64 = 4;

#[derive(Debug, Default)]
pub(super) struct Attempts {
    retries: u32,
    unique_seen: bool,
}

impl Attempts {
    /// Waits and says true when another attempt makes sense.
    pub(super) async fn again(&mut self, trouble: &StoreError) -> bool {
        let worthwhile = match trouble {
            // `Unreachable` means before COMMIT was sent: nothing holds, and the next connection may reach the new
            // primary. `Unsure` is not here: the change may hold already.
            StoreError::Conflict | StoreError::Unreachable(_) => true,
            // Under serializable a race for a key may show as 23505 although a second look would see the other's row.
            StoreError::Taken(_) => !std::mem::replace(&mut self.unique_seen, true),
            _ => false,
        };
        if !worthwhile || self.retries >= RETRIES_MAX {
            return false;
        }
        let most = FIRST_WAIT_MS << self.retries;
        self.retries += 1;
        tokio::time::sleep(Duration::from_micros(jitter() % (most * 1000))).await;
        true
    }
}

/// Any number: spreads waits and guards nothing, so it need not come from the injected generator.
fn jitter() -> u64 {
    RandomState::new().hash_one(0u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn retries(trouble: StoreError) -> u32 {
        let mut attempts = Attempts::default();
        let mut count = 0;
        while attempts.again(&trouble).await {
            count += 1;
        }
        count
    }

    #[tokio::test]
    async fn collisions_are_tried_again_five_times_and_a_taken_key_once() {
        assert_eq!(retries(StoreError::Conflict).await, 5);
        assert_eq!(retries(StoreError::Taken("k".into())).await, 1);
        assert_eq!(retries(StoreError::Full).await, 0);
    }
}
