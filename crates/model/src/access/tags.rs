//! Tags: keys that differ in more than case, each with a value, listed by key.

use super::{Quota, folded};

/// The tags of something.
pub type TagList = Vec<(String, String)>;

/// Why tags are not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TagRefusal {
    /// One key twice in a call; case does not count.
    #[error("a tag key is given twice")]
    Twice,
    /// `aws:` belongs to the service.
    #[error("a tag key of the service's own")]
    Reserved,
    /// More than fifty.
    #[error("too many tags")]
    TooMany,
}

/// The tags with others put over them. A key keeps the spelling it is last given.
pub(crate) fn tagged(mut tags: TagList, new: TagList) -> Result<TagList, TagRefusal> {
    let mut keys: Vec<String> = new.iter().map(|(key, _)| folded(key)).collect();
    keys.sort_unstable();
    if keys.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
        return Err(TagRefusal::Twice);
    }
    if keys.iter().any(|key| key.starts_with("aws:")) {
        return Err(TagRefusal::Reserved);
    }
    tags.retain(|(key, _)| keys.binary_search(&folded(key)).is_err());
    tags.extend(new);
    tags.sort_unstable();
    if Quota::Tags.exceeded_by(tags.len()) { Err(TagRefusal::TooMany) } else { Ok(tags) }
}

/// The tags without those of these keys. A key that is not there is passed over.
pub(crate) fn untagged(mut tags: TagList, keys: &[String]) -> TagList {
    let gone: Vec<String> = keys.iter().map(|key| folded(key)).collect();
    tags.retain(|(key, _)| !gone.contains(&folded(key)));
    tags
}

macro_rules! tagging {
    ($($kind:ty),*) => { $(impl $kind {
        /// With other tags put over its own.
        ///
        /// # Errors
        /// [`TagRefusal`].
        pub fn tagged(mut self, new: $crate::access::TagList) -> Result<Self, $crate::access::TagRefusal> {
            self.tags = $crate::access::tags::tagged(self.tags, new)?;
            Ok(self)
        }

        /// Without the tags of these keys.
        #[must_use]
        pub fn untagged(mut self, keys: &[String]) -> Self {
            self.tags = $crate::access::tags::untagged(self.tags, keys);
            self
        }
    })* };
}
tagging!(super::IamUser, super::IamRole, super::ManagedPolicy, super::OidcProvider, super::SamlProvider);

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(all: &[(&str, &str)]) -> TagList {
        all.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_key_is_one_tag_whatever_its_case_and_keeps_its_last_spelling() {
        let first = tagged(Vec::new(), tags(&[("b", "2"), ("Team", "x")])).unwrap();
        let then = tagged(first, tags(&[("team", "y"), ("a", "1")])).unwrap();
        assert_eq!(then, tags(&[("a", "1"), ("b", "2"), ("team", "y")]));
        assert_eq!(untagged(then, &["TEAM".to_owned(), "nobody".to_owned()]), tags(&[("a", "1"), ("b", "2")]));
    }

    #[test]
    fn twice_reserved_and_too_many_are_told_apart() {
        assert_eq!(tagged(Vec::new(), tags(&[("k", "1"), ("K", "2")])), Err(TagRefusal::Twice));
        assert_eq!(tagged(Vec::new(), tags(&[("AWS:x", "1")])), Err(TagRefusal::Reserved));
        let fifty: TagList = (0..50).map(|n| (format!("k{n}"), String::new())).collect();
        let full = tagged(Vec::new(), fifty).unwrap();
        assert_eq!(tagged(full.clone(), tags(&[("more", "")])), Err(TagRefusal::TooMany));
        assert!(tagged(full, tags(&[("K7", "new")])).is_ok(), "one that is there is no further one");
    }
}
