//! Session tags out of claims (identity-pools.md 9).

/// Why there are no tags. Never cut to fit: a shortened value could match another policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TagError {
    /// A value of more than 256 characters.
    #[error("the value of tag {0} is too long")]
    TooLong(String),
    /// More than 460 bytes of keys and values.
    #[error("the tags take {0} bytes")]
    TooMany(usize),
}

use super::{Aliases, Claims, ProvenLogin, TagMap};
use serde_json::Value;
use std::collections::BTreeMap;

/// How long a value may be, in characters.
const VALUE_MAX: usize = 256;
/// How many bytes all keys and values together may take.
const TOTAL_MAX: usize = 460;

/// The tags of a session of somebody with these logins, by key. The developer's own users bring theirs in the call.
///
/// # Errors
/// [`TagError`].
pub fn session_tags(
    maps: &BTreeMap<String, TagMap>,
    logins: &[ProvenLogin],
    aliases: &Aliases,
) -> Result<Vec<(String, String)>, TagError> {
    let mut logins: Vec<&ProvenLogin> = logins.iter().collect();
    logins.sort_by(|a, b| a.provider.cmp(&b.provider));
    let mut tags: Vec<(String, String)> = Vec::new();
    for login in logins {
        for (key, claim) in map_of(maps, login, aliases).map(|map| pairs(map, login)).unwrap_or_default() {
            // STS takes a key once, whatever its case; the first provider's by key stays.
            let taken = tags.iter().any(|(other, _)| other.to_lowercase() == key.to_lowercase());
            match value(&login.claims, claim) {
                Some(value) if !taken => tags.push((key.to_owned(), value)),
                _ => {}
            }
        }
    }
    fits(&tags)?;
    tags.sort_unstable();
    Ok(tags)
}

/// Whether tags may be a session's: those that a map makes, and those that a developer brings.
///
/// # Errors
/// [`TagError`].
pub fn fits(tags: &[(String, String)]) -> Result<(), TagError> {
    if let Some((key, _)) = tags.iter().find(|(_, value)| value.chars().count() > VALUE_MAX) {
        return Err(TagError::TooLong(key.clone()));
    }
    let bytes = tags.iter().map(|(key, value)| key.len() + value.len()).sum();
    if bytes > TOTAL_MAX { Err(TagError::TooMany(bytes)) } else { Ok(()) }
}

/// The map of a login's provider: under its canonical key, or under its ARN.
fn map_of<'m>(maps: &'m BTreeMap<String, TagMap>, login: &ProvenLogin, aliases: &Aliases) -> Option<&'m TagMap> {
    let named = |name: &String| {
        let canonical = aliases.canonical(name);
        canonical == login.provider || login.mapping_keys.contains(&canonical)
    };
    maps.get(&login.provider).or_else(|| maps.iter().find(|(name, _)| named(name)).map(|(_, map)| map))
}

/// Tag key and claim.
fn pairs<'m>(map: &'m TagMap, login: &ProvenLogin) -> Vec<(&'m str, &'m str)> {
    match (map.defaults, login.provider.as_str()) {
        (false, _) => map.tags.iter().map(|(key, claim)| (key.as_str(), claim.as_str())).collect(),
        (true, "www.amazon.com") => vec![("client", "aud"), ("username", "user_id")],
        (true, _) => vec![("client", "aud"), ("username", "sub")],
    }
}

/// A claim as a tag's value. What is missing, empty, a list or an object gives none.
fn value(claims: &Claims, claim: &str) -> Option<String> {
    match claims.get(claim)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        _ => None,
    }
}
