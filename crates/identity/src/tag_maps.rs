//! Which claims become tags of a session: maps of a pool between the wire and rows.

use crate::{say, tags};
use contract::Fault;
use indexmap::IndexMap;
use model::{Aliases, Configured, IdentityPool, OidcProvider, TagMap};

/// The key that a provider's logins are kept by, and its map of tags with them, where the pool has that provider. Those
/// of OIDC answer to their ARN beside. A developer's users bring their tags with the call (identity-pools.md 9).
pub fn provider(pool: &IdentityPool, name: &str, aliases: &Aliases) -> Option<String> {
    let of_arn = pool.providers.oidc.iter().find(|arn| *arn == name);
    let key = of_arn.and_then(|arn| OidcProvider::url_of(arn, &pool.account)).unwrap_or(name);
    match pool.provider(key, aliases)? {
        Configured::UserPool { provider, .. } => Some(provider),
        Configured::Social { provider, .. } | Configured::Oidc { provider, .. } => Some(provider.to_owned()),
        Configured::Saml { arn } => Some(arn.to_owned()),
        Configured::Developer | Configured::Own => None,
    }
}

/// The map of a request. The provider's own map leaves no room for another (identity-pools.md 9).
pub fn read(use_defaults: Option<bool>, given: Option<IndexMap<String, String>>) -> Result<TagMap, Fault> {
    if use_defaults == Some(true) {
        return Ok(TagMap { defaults: true, ..TagMap::default() });
    }
    let given = given.unwrap_or_default();
    match given.keys().find(|key| tags::is_reserved(key)) {
        Some(reserved) => Err(say::tag_key_reserved(reserved)),
        None => Ok(TagMap { defaults: false, tags: given.into_iter().collect() }),
    }
}

/// `UseDefaults` and `PrincipalTags` as answers carry them.
#[must_use]
pub fn shown(map: TagMap) -> (Option<bool>, Option<IndexMap<String, String>>) {
    (Some(map.defaults), Some(map.tags.into_iter().collect()))
}
