//! The key that signs on one day, in one region, for one service; and the string it signs.

use super::{ALGORITHM, TERMINATOR};
use crate::kdf::sha256;
use aws_lc_rs::hmac::{HMAC_SHA256, Key, Tag, sign};
use data_encoding::HEXLOWER;
use kernel::Secret;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Day, region and service of a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scope {
    pub(super) date: String,
    pub(super) region: String,
    pub(super) service: String,
}

impl Scope {
    /// `20150830/us-east-1/service/aws4_request`.
    pub(super) fn text(&self) -> String {
        format!("{}/{}/{}/{TERMINATOR}", self.date, self.region, self.service)
    }

    /// The chain of four: date, region, service, `aws4_request`.
    pub(super) fn signing_key(&self, secret: &Secret<String>) -> Key {
        let first = Secret::new(format!("AWS4{}", secret.reveal()).into_bytes());
        let mut key = Key::new(HMAC_SHA256, first.reveal());
        for part in [&self.date, &self.region, &self.service, TERMINATOR] {
            key = Key::new(HMAC_SHA256, sign(&key, part.as_bytes()).as_ref());
        }
        key
    }
}

/// The string to sign.
pub(super) fn string_to_sign(timestamp: &str, scope: &Scope, canonical: &str) -> String {
    let hash = HEXLOWER.encode(&sha256(&[canonical.as_bytes()]));
    format!("{ALGORITHM}\n{timestamp}\n{}\n{hash}", scope.text())
}

pub(super) fn signature(key: &Key, text: &str) -> Tag {
    sign(key, text.as_bytes())
}

/// Signing keys that were derived before. Bounded; holds nothing that could be stale, since the secret itself is part
/// of what a key is found by.
#[derive(Default)]
pub struct KeyCache {
    keys: Mutex<HashMap<[u8; 32], Arc<Key>>>,
    capacity: usize,
}

impl KeyCache {
    /// A cache of at most `capacity` keys.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self { keys: Mutex::default(), capacity }
    }

    pub(super) fn key(&self, secret: &Secret<String>, scope: &Scope) -> Arc<Key> {
        let name = sha256(&[
            &sha256(&[secret.reveal().as_bytes()]),
            &sha256(&[scope.region.as_bytes()]),
            &sha256(&[scope.service.as_bytes()]),
            scope.date.as_bytes(),
        ]);
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = keys.get(&name) {
            return Arc::clone(key);
        }
        let key = Arc::new(scope.signing_key(secret));
        // Full: most of it is of yesterday or of strangers. Starting over costs a microsecond for each key.
        if keys.len() >= self.capacity {
            keys.clear();
        }
        if self.capacity > 0 {
            keys.insert(name, Arc::clone(&key));
        }
        key
    }
}

impl std::fmt::Debug for KeyCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyCache").field("capacity", &self.capacity).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_stays_bounded_and_gives_each_secret_and_scope_its_own_key() {
        let cache = KeyCache::new(3);
        let mut seen = std::collections::HashSet::new();
        for round in 0..2 {
            for (secret, region) in [("a", "r"), ("b", "r"), ("a", "s"), ("b", "s"), ("a", "t")] {
                let scope = Scope { date: "20150830".into(), region: region.into(), service: "x".into() };
                let secret = Secret::from(secret);
                let tag = signature(&cache.key(&secret, &scope), "text").as_ref().to_vec();
                assert_eq!(tag, signature(&scope.signing_key(&secret), "text").as_ref());
                assert_eq!(seen.insert(tag), round == 0);
                assert!(cache.keys.lock().unwrap().len() <= 3);
            }
        }
    }

    #[test]
    fn keys_are_kept_up_to_the_capacity_and_then_it_starts_over() {
        let kept_after_each = |capacity| {
            let cache = KeyCache::new(capacity);
            assert_eq!(format!("{cache:?}"), format!("KeyCache {{ capacity: {capacity}, .. }}"));
            ["a", "b", "b", "c"].map(|region| {
                let scope = Scope { date: "20150830".into(), region: region.into(), service: "x".into() };
                cache.key(&Secret::from("secret"), &scope);
                cache.keys.lock().unwrap().len()
            })
        };
        assert_eq!(kept_after_each(2), [1, 2, 2, 1]);
        assert_eq!(kept_after_each(0), [0; 4]);
    }
}
