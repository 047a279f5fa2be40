//! Pages by key: where a page ended travels in a sealed marker, bound to the list it belongs to.

use crate::{Access, say};
use aws_lc_rs::digest::{SHA256, digest};
use contract::Fault;
use crypto::TokenPurpose;
use std::time::Duration;
use store::Page;

/// How long a marker is good.
const LIFETIME: Duration = Duration::from_secs(3600);
/// Items of a page where no number is asked for (credentials-and-iam.md 3).
const PAGE_DEFAULT: u32 = 100;
/// Longest key a marker carries, in bytes: the contract allows markers of 320 characters.
const KEY_MAX: usize = 150;
/// Bytes of a digest that stand for the rest of a longer one.
const DIGEST_BYTES: usize = 8;

/// One call of a list.
#[derive(Debug)]
pub struct Listing<'a> {
    access: &'a Access,
    binding: Vec<String>,
    /// The key after which the page begins; empty for the first.
    pub after: String,
    /// Most items of the page.
    pub limit: u32,
}

/// What a list answers beside its items: `IsTruncated` and `Marker`.
pub type End = (Option<bool>, Option<String>);

impl Access {
    /// A call of the list that `binding` names: the operation, the account and everything the list depends on.
    pub(crate) fn listing(
        &self,
        binding: &[&str],
        marker: Option<&str>,
        max_items: Option<i64>,
    ) -> Result<Listing<'_>, Fault> {
        let limit = max_items.and_then(|most| u32::try_from(most).ok()).unwrap_or(PAGE_DEFAULT);
        let after = marker.map(|marker| self.open_marker(binding, marker)).transpose()?.unwrap_or_default();
        let binding = binding.iter().map(|part| (*part).to_owned()).collect();
        Ok(Listing { access: self, binding, after, limit })
    }

    fn open_marker(&self, binding: &[&str], marker: &str) -> Result<String, Fault> {
        let opened = self.keyring.open_token(TokenPurpose::Pagination, binding, marker, self.clock.now());
        let opened = opened.map_err(|_| say::marker_invalid())?;
        String::from_utf8(opened.payload.reveal().clone()).map_err(|_| say::marker_invalid())
    }
}

impl Listing<'_> {
    /// How the page ends.
    pub fn end<T>(&self, page: &Page<T>, key: impl Fn(&T) -> String) -> End {
        let last = page.items.last().filter(|_| page.more);
        (Some(page.more), last.map(|item| self.seal(&carried(key(item)))))
    }

    /// The page of a list that is short enough to be read whole, in the order of its keys.
    pub fn cut<T>(&self, mut items: Vec<T>, key: impl Fn(&T) -> String) -> Page<T> {
        let place = |item: &T| carried(key(item));
        items.sort_by_cached_key(place);
        items.retain(|item| place(item) > self.after);
        let most = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = items.len() > most;
        items.truncate(most);
        Page { items, more }
    }

    /// The page of a short list and how it ends.
    pub fn page<T>(&self, items: Vec<T>, key: impl Fn(&T) -> String) -> (Vec<T>, End) {
        let page = self.cut(items, &key);
        let end = self.end(&page, &key);
        (page.items, end)
    }

    fn seal(&self, key: &str) -> String {
        let Access { keyring, clock, entropy, .. } = self.access;
        let binding: Vec<&str> = self.binding.iter().map(String::as_str).collect();
        let now = clock.now();
        keyring.seal_token(TokenPurpose::Pagination, &binding, now + LIFETIME, key.as_bytes(), now, &**entropy)
    }
}

/// A key as a marker carries it: long ones (of tags, up to 512 bytes) by their head and a digest, which tells them apart.
fn carried(key: String) -> String {
    if key.len() <= KEY_MAX {
        return key;
    }
    let head = (0..=KEY_MAX - 2 * DIGEST_BYTES).rev().find_map(|end| key.get(..end)).unwrap_or_default();
    let digest = digest(&SHA256, key.as_bytes());
    let told: String = digest.as_ref().iter().take(DIGEST_BYTES).map(|byte| format!("{byte:02x}")).collect();
    format!("{head}{told}")
}

/// The path a list goes through where none is asked for.
pub fn below(prefix: Option<String>) -> String {
    prefix.unwrap_or_else(|| "/".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_tells_long_keys_apart_and_never_carries_too_much() {
        assert_eq!(carried("short".to_owned()), "short");
        let (one, other) = (format!("{}x", "ü".repeat(127)), format!("{}y", "ü".repeat(127)));
        assert!(carried(one.clone()).len() <= KEY_MAX && carried(one.clone()).starts_with('ü'));
        assert_ne!(carried(one), carried(other));
    }
}
