//! Which claims become tags of a session: maps of a pool between the wire and rows.

use crate::{say, tags};
use contract::Fault;
use indexmap::IndexMap;
use model::{Aliases, IdentityPool, OidcProvider, TagMap};

/// The name a provider's logins are kept under, and its map of tags with them, where the pool has that provider. OIDC
/// providers answer to their ARN and to their issuer.
pub fn provider(pool: &IdentityPool, name: &str, aliases: &Aliases) -> Option<String> {
    let canonical = aliases.canonical(name);
    let providers = &pool.providers;
    if providers.user_pools.iter().any(|known| aliases.canonical(&known.name) == canonical) {
        return Some(canonical);
    }
    if providers.social.contains_key(name) || providers.saml.iter().any(|arn| arn == name) {
        return Some(name.to_owned());
    }
    let issuers = providers.oidc.iter().filter_map(|arn| Some((arn, OidcProvider::url_of(arn, &pool.account)?)));
    issuers.into_iter().find(|(arn, url)| *arn == name || *url == name).map(|(_, url)| url.to_owned())
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
