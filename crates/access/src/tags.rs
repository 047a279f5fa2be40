//! Tags between the wire and rows.

use crate::say;
use contract::Fault;
use contract::iam::types::Tag;
use model::access::TagList;

/// Tags of a request.
pub fn read(tags: Vec<Tag>) -> TagList {
    tags.into_iter().map(|tag| (tag.key, tag.value)).collect()
}

/// Tags of an answer.
pub fn shown(tags: TagList) -> Vec<Tag> {
    tags.into_iter().map(|(key, value)| Tag { key, value }).collect()
}

/// Tags of an answer that leaves them out where there are none.
pub fn any(tags: TagList) -> Option<Vec<Tag>> {
    (!tags.is_empty()).then(|| shown(tags))
}

/// A tag's place in a list.
pub fn key(tag: &Tag) -> String {
    tag.key.clone()
}

/// What came of tagging, in IAM's words.
pub fn taken<T>(outcome: Result<T, model::TagRefusal>) -> Result<T, Fault> {
    outcome.map_err(say::tags_refused)
}
