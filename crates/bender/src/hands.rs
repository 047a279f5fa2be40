//! Two things at a time: the tests wait for disks and clocks, and two cores are what we count on.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::Result;

/// How many.
const HANDS: usize = 2;

/// Does the work on every item, each hand the next one when it is free. Stops at the first error.
pub fn work<T: Sync>(items: &[T], job: impl Fn(usize, &T) -> Result<()> + Sync) -> Result<()> {
    let next = AtomicUsize::new(0);
    let one = |hand: usize| -> Result<()> {
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Err(error) = job(hand, item) {
                next.store(items.len(), Ordering::Relaxed);
                return Err(error);
            }
        }
        Ok(())
    };
    thread::scope(|scope| {
        let hands: Vec<_> = (0..HANDS).map(|hand| scope.spawn(move || one(hand))).collect();
        hands.into_iter().try_for_each(|hand| hand.join().unwrap_or_else(|_| Err(anyhow::anyhow!("a hand was lost"))))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[test]
    fn every_item_is_worked_on_once_and_an_error_ends_it() {
        let items: Vec<usize> = (0..50).collect();
        let seen = Mutex::new(Vec::new());
        work(&items, |_, item| {
            seen.lock().expect("a lock").push(*item);
            Ok(())
        })
        .expect("no error");
        let mut seen = seen.into_inner().expect("a lock");
        seen.sort_unstable();
        assert_eq!(seen, items);
        assert!(work(&items, |_, item| if *item == 7 { Err(anyhow::anyhow!("seven")) } else { Ok(()) }).is_err());
    }
}
