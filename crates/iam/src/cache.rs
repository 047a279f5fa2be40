//! Compiled policies by content, so that a text is compiled once however many roles carry it.

use std::hash::Hash;
use std::sync::Arc;

use quick_cache::{Equivalent, Weighter, sync};

use crate::malformed::Malformed;
use crate::policy::{Kind, Policy};

/// Compiled policies, up to a number of bytes; those not asked for lately go first.
///
/// The key is the text itself: what is stored changes, its compiled form never has to be told.
#[derive(Debug)]
pub struct Cache {
    compiled: sync::Cache<Content, Arc<Policy>, Footprint>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Content {
    kind: Kind,
    text: Box<str>,
}

/// A [`Content`] that is looked for. Hashes alike: both derive it over the same fields in the same order.
#[derive(Hash)]
struct Sought<'t> {
    kind: Kind,
    text: &'t str,
}

impl Equivalent<Content> for Sought<'_> {
    fn equivalent(&self, content: &Content) -> bool {
        self.kind == content.kind && self.text == &*content.text
    }
}

#[derive(Debug, Clone)]
struct Footprint;

impl Weighter<Content, Arc<Policy>> for Footprint {
    fn weight(&self, content: &Content, policy: &Arc<Policy>) -> u64 {
        // Once as the key, and about once again in patterns and written values.
        let bytes = content.text.len().saturating_mul(2).saturating_add(policy.footprint());
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }
}

impl Cache {
    /// A cache of about so many bytes.
    #[must_use]
    pub fn new(bytes_max: u64) -> Self {
        // An estimate of how many policies that is, at 8 KiB each.
        let items = usize::try_from(bytes_max / 8192).unwrap_or(usize::MAX);
        Self { compiled: sync::Cache::with_weighter(items, bytes_max, Footprint) }
    }

    /// The policy of a text, compiled now if it is not here yet.
    ///
    /// # Errors
    /// As [`Policy::parse`]. What is malformed is not kept.
    pub fn get(&self, text: &str, kind: Kind) -> Result<Arc<Policy>, Malformed> {
        if let Some(policy) = self.compiled.get(&Sought { kind, text }) {
            return Ok(policy);
        }
        let policy = Arc::new(Policy::parse(text, kind)?);
        self.compiled.insert(Content { kind, text: text.into() }, Arc::clone(&policy));
        Ok(policy)
    }

    /// How many policies it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.compiled.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.compiled.is_empty()
    }
}

impl Default for Cache {
    /// Eight megabytes: some hundreds of policies of ordinary size.
    fn default() -> Self {
        Self::new(8 << 20)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(n: usize) -> String {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Sid": "S{n}", "Effect": "Allow", "Action": "*", "Resource": "*"}}}}"#
        )
    }

    #[test]
    fn a_text_is_compiled_once() {
        let cache = Cache::default();
        let first = cache.get(&text(1), Kind::Identity).unwrap();
        assert!(Arc::ptr_eq(&first, &cache.get(&text(1), Kind::Identity).unwrap()));
        assert!(!Arc::ptr_eq(&first, &cache.get(&text(2), Kind::Identity).unwrap()));
        assert_eq!(cache.len(), 2);
    }

    #[test]
    fn kinds_are_kept_apart_and_refusals_are_not_kept() {
        let cache = Cache::default();
        cache.get(&text(1), Kind::Identity).unwrap();
        assert!(cache.get(&text(1), Kind::Resource).is_err());
        assert!(cache.get("{", Kind::Identity).is_err());
        assert_eq!(cache.len(), 1);
    }

    #[test]
    fn it_holds_no_more_than_it_was_given() {
        let cache = Cache::new(64 << 10);
        for n in 0..10_000 {
            cache.get(&text(n), Kind::Identity).unwrap();
        }
        assert!(cache.compiled.weight() <= 64 << 10);
        assert!(!cache.is_empty() && cache.len() < 200);
    }

    #[test]
    fn it_is_shared_between_threads() {
        fn shared<T: Send + Sync>() {}
        shared::<Cache>();
        shared::<Policy>();
    }
}
