//! What one request may cost us in memory: a few bytes of text can ask for a whole structure's worth of places.

use std::cell::Cell;

/// Most places (values, and the members a structure reserves) one request may fill. `[{},{},…]` is three bytes per
/// item but reserves every member of the item's shape; without this bound 1 MiB of it would take hundreds (RL-13).
/// The largest honest request, 1,024 record patches of Cognito Sync, needs 6,000.
pub const PLACES_MAX: usize = 32_768;

/// Counts places down.
#[derive(Debug)]
pub struct Budget(Cell<usize>);

impl Default for Budget {
    fn default() -> Self {
        Self(Cell::new(PLACES_MAX))
    }
}

impl Budget {
    /// Takes `places` more; false when the request asks for too much.
    #[must_use]
    pub fn take(&self, places: usize) -> bool {
        match self.0.get().checked_sub(places) {
            Some(left) => {
                self.0.set(left);
                true
            }
            None => false,
        }
    }
}
