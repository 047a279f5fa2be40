//! Signatures that were found good. The same token comes with every call of its owner, and hashing it costs a twentieth of
//! checking it.
//!
//! What is kept is the answer of a pure function for exactly these bytes under exactly this key. Whether the key may still
//! be used and whether the token has ended are other questions, asked every time.

use aws_lc_rs::digest::{Context, SHA256};
use std::sync::{LazyLock, Mutex, PoisonError};

/// The hash of a key with its algorithm, or of a signature in its place: equal only for equal inputs.
pub(super) type Hash = [u8; 32];

/// Locks, so that callers on different cores rarely meet.
const SHARDS: usize = 64;
/// Places behind each lock: with all of them taken 2 MiB remember 65,536 tokens.
const SLOTS: usize = 1024;

/// One for all keys: pools that rest need no memory. Which of two signatures that fall on one place stays is no matter.
static SEEN: LazyLock<Seen> = LazyLock::new(Seen::default);

/// Hashes of what was found good, each at the place that its own bytes name.
struct Seen {
    shards: [Mutex<Vec<Hash>>; SHARDS],
}

impl Default for Seen {
    fn default() -> Self {
        Self { shards: std::array::from_fn(|_| Mutex::new(Vec::new())) }
    }
}

impl Seen {
    fn contains(&self, hash: &Hash) -> bool {
        let (shard, slot) = place(hash);
        self.shards.get(shard).is_some_and(|shard| {
            shard.lock().unwrap_or_else(PoisonError::into_inner).get(slot).is_some_and(|there| there == hash)
        })
    }

    fn insert(&self, hash: Hash) {
        let (shard, slot) = place(&hash);
        let Some(shard) = self.shards.get(shard) else { return };
        let mut slots = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.is_empty() {
            // No SHA-256 of anything anybody will find is all zeros.
            slots.resize(SLOTS, [0; 32]);
        }
        if let Some(there) = slots.get_mut(slot) {
            *there = hash;
        }
    }
}

fn place(hash: &Hash) -> (usize, usize) {
    let [a, b, c, ..] = hash;
    (usize::from(*a) % SHARDS, usize::from(u16::from_be_bytes([*b, *c])) % SLOTS)
}

/// What distinguishes a key from all others: its algorithm and its public part.
pub(super) fn key(algorithm: &str, public: &[&[u8]]) -> Hash {
    let mut context = Context::new(&SHA256);
    framed(&mut context, algorithm.as_bytes());
    public.iter().for_each(|part| framed(&mut context, part));
    finish(context)
}

/// Whether `signature` over `message` is good under the key; `check` is asked unless it has said yes to the same before.
/// A no is never remembered: strangers make as many as they like.
pub(super) fn accepts(key: &Hash, message: &[u8], signature: &[u8], check: impl FnOnce() -> bool) -> bool {
    let mut context = Context::new(&SHA256);
    framed(&mut context, key);
    framed(&mut context, signature);
    framed(&mut context, message);
    let hash = finish(context);
    if SEEN.contains(&hash) {
        return true;
    }
    let good = check();
    if good {
        SEEN.insert(hash);
    }
    good
}

/// With its length before it no part can pass for another's end.
fn framed(context: &mut Context, part: &[u8]) {
    context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
    context.update(part);
}

fn finish(context: Context) -> Hash {
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_same_bytes_under_the_same_key_are_checked_once() {
        let key = key("RS256", &[b"once"]);
        assert!(accepts(&key, b"message", b"signature", || true));
        assert!(accepts(&key, b"message", b"signature", || unreachable!("it is known")));
    }

    #[test]
    fn whatever_differs_is_checked_anew() {
        let one = key("RS256", &[b"n", b"e"]);
        assert!(accepts(&one, b"message", b"signature", || true));
        for other in [key("RS512", &[b"n", b"e"]), key("RS256", &[b"ne", b""]), key("RS256", &[b"n"])] {
            assert!(!accepts(&other, b"message", b"signature", || false), "another key");
        }
        assert!(!accepts(&one, b"messages", b"ignature", || false), "a boundary that moved");
        assert!(!accepts(&one, b"message", b"signatur", || false), "another signature");
    }

    #[test]
    fn a_no_is_asked_for_again() {
        let key = key("RS256", &[b"no"]);
        assert!(!accepts(&key, b"message", b"signature", || false));
        assert!(accepts(&key, b"message", b"signature", || true));
    }

    #[test]
    fn hashes_are_spread_over_all_locks_and_all_places() {
        let at = |number: u16, first: u8| {
            let [b, c] = number.to_be_bytes();
            let mut hash = [0; 32];
            hash[..3].copy_from_slice(&[first, b, c]);
            place(&hash)
        };
        let locks: HashSet<usize> = (0..=u8::MAX).map(|first| at(0, first).0).collect();
        let places: HashSet<usize> = (0..=u16::MAX).map(|number| at(number, 0).1).collect();
        assert_eq!((locks.len(), places.len()), (SHARDS, SLOTS));
    }

    #[test]
    fn who_falls_on_a_taken_place_takes_it() {
        let seen = Seen::default();
        let (mut first, mut second) = ([7; 32], [7; 32]);
        (first[31], second[31]) = (1, 2);
        seen.insert(first);
        assert!(seen.contains(&first) && !seen.contains(&second));
        seen.insert(second);
        assert!(!seen.contains(&first) && seen.contains(&second));
    }
}
