//! Memory for request bodies: one budget for the whole server. A body is held before anybody has proved anything, so what
//! connections and streams together could hold must not be their product.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bodies of every ordinary request are smaller. Larger ones leave a quarter of the budget alone, so that a flood of them
/// keeps nobody from signing in.
const ORDINARY_BYTES: usize = 64 * 1024;

/// Bytes of bodies that may be held at once.
#[derive(Debug)]
pub struct Budget {
    total: usize,
    held: AtomicUsize,
}

impl Budget {
    /// Room for so many bytes.
    #[must_use]
    pub fn new(total: usize) -> Arc<Self> {
        Arc::new(Self { total, held: AtomicUsize::new(0) })
    }

    /// Bytes that are held now.
    #[must_use]
    pub fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    /// One request's share, empty as yet.
    pub(crate) fn share(self: &Arc<Self>) -> Arc<Share> {
        Arc::new(Share { budget: Some(self.clone()), bytes: AtomicUsize::new(0) })
    }
}

/// What one request holds of the budget; given back when the request ends.
#[derive(Debug)]
pub(crate) struct Share {
    /// None for a request that has no body: it needs none, and the budget's own count travels between the cores.
    budget: Option<Arc<Budget>>,
    bytes: AtomicUsize,
}

impl Share {
    /// Of a request without a body.
    pub fn nothing() -> Arc<Self> {
        Arc::new(Self { budget: None, bytes: AtomicUsize::new(0) })
    }

    /// Takes room for so many bytes more. False when there is none: nothing is waited for.
    pub fn take(&self, more: usize) -> bool {
        let Some(Budget { total, held }) = self.budget.as_deref() else { return more == 0 };
        let mine = self.bytes.load(Ordering::Relaxed).saturating_add(more);
        let most = if mine > ORDINARY_BYTES { total - total / 4 } else { *total };
        let grown = |held: usize| held.checked_add(more).filter(|sum| *sum <= most);
        let taken = held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, grown).is_ok();
        if taken {
            self.bytes.fetch_add(more, Ordering::Relaxed);
        }
        taken
    }

    /// Gives everything back: what was gathered has been thrown away.
    pub fn give_back(&self) {
        let mine = self.bytes.swap(0, Ordering::Relaxed);
        if let Some(budget) = self.budget.as_deref().filter(|_| mine > 0) {
            budget.held.fetch_sub(mine, Ordering::Relaxed);
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.give_back();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_comes_back_with_its_request() {
        let budget = Budget::new(100);
        let (one, other) = (budget.share(), budget.share());
        assert!(one.take(60) && other.take(40) && !one.take(1));
        drop(one);
        assert_eq!(budget.held(), 40);
        assert!(other.take(60), "room again");
        other.give_back();
        other.give_back();
        assert_eq!(budget.held(), 0, "once and no more");
    }

    #[test]
    fn large_bodies_leave_a_quarter_to_ordinary_ones() {
        let budget = Budget::new(4 * 1024 * 1024);
        let large: Vec<_> = (0..4).map(|_| budget.share()).collect();
        let taken = large.iter().filter(|share| share.take(1024 * 1024)).count();
        assert_eq!(taken, 3);
        let ordinary: Vec<_> = (0..64).map(|_| budget.share()).collect();
        assert_eq!(ordinary.iter().filter(|share| share.take(32 * 1024)).count(), 32, "to the last byte");
        // A body that grows is a large one from there on.
        let growing = Budget::new(ORDINARY_BYTES + 400);
        let share = growing.share();
        assert!(share.take(3 * (growing.total / 4)) && !share.take(growing.total / 4));
    }

    #[test]
    fn threads_together_hold_no_more_than_the_budget() {
        let budget = Budget::new(10_000);
        let held: Vec<Arc<Share>> = std::thread::scope(|scope| {
            let ask = || {
                let shares = (0..1_000).map(|_| budget.share());
                shares.filter(|share| share.take(7)).collect::<Vec<_>>()
            };
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(held.len(), 10_000 / 7);
        drop(held);
        assert_eq!(budget.held(), 0);
    }
}
