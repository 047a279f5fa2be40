//! What rows of IAM keep as text, and how far a path prefix reaches.

use crate::StoreError;

/// A list as a document: tags, client ids, thumbprints. JSON escapes what Postgres cannot hold.
pub(super) fn listed<T: serde::Serialize>(list: &T) -> Result<String, StoreError> {
    serde_json::to_string(list).map_err(|error| unreadable(&error))
}

/// Reads it back.
pub(super) fn unlisted<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| unreadable(&error))
}

fn unreadable(error: &serde_json::Error) -> StoreError {
    StoreError::Unreadable { what: "list of IAM", why: error.to_string() }
}

/// What lies behind every path with this prefix: paths hold ASCII only (`pathType`).
pub(super) fn path_end(prefix: &str) -> String {
    format!("{prefix}\u{10FFFF}")
}
