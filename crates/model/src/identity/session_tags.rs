//! Session tags out of claims (identity-pools.md 9).

use super::{Aliases, Claims, ProvenLogin, TagMap};
use serde_json::Value;
use std::collections::BTreeMap;

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
    logins: &[ProvenLogin<'_>],
    aliases: &Aliases,
) -> Result<Vec<(String, String)>, TagError> {
    let mut logins: Vec<&ProvenLogin<'_>> = logins.iter().collect();
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
fn map_of<'m>(maps: &'m BTreeMap<String, TagMap>, login: &ProvenLogin<'_>, aliases: &Aliases) -> Option<&'m TagMap> {
    let named = |name: &String| {
        let canonical = aliases.canonical(name);
        canonical == *login.provider || login.mapping_keys.contains(&canonical)
    };
    maps.get(&*login.provider).or_else(|| maps.iter().find(|(name, _)| named(name)).map(|(_, map)| map))
}

/// Tag key and claim.
fn pairs<'m>(map: &'m TagMap, login: &ProvenLogin<'_>) -> Vec<(&'m str, &'m str)> {
    match (map.defaults, &*login.provider) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::borrow::Cow;

    const GOOGLE: &str = "accounts.google.com";

    fn login(provider: &str, claims: Value) -> ProvenLogin<'static> {
        let claims = Cow::Owned(claims.as_object().cloned().unwrap().into_iter().collect());
        let mapping_keys = vec![provider.to_owned()].into();
        ProvenLogin { provider: Cow::Owned(provider.to_owned()), mapping_keys, claims, names_roles: false }
    }

    fn map(tags: &[(&str, &str)]) -> TagMap {
        let pair = |(key, claim): &(&str, &str)| ((*key).to_owned(), (*claim).to_owned());
        TagMap { defaults: false, tags: tags.iter().map(pair).collect() }
    }

    fn tags(maps: &[(&str, TagMap)], logins: &[ProvenLogin<'_>]) -> Result<Vec<(String, String)>, TagError> {
        let maps = maps.iter().map(|(name, map)| ((*name).to_owned(), map.clone())).collect();
        session_tags(&maps, logins, &Aliases { public_issuer: "auth.example.com".into() })
    }

    fn pairs(all: &[(&str, &str)]) -> Result<Vec<(String, String)>, TagError> {
        Ok(all.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn id_29_text_numbers_and_yes_or_no_become_tags_and_nothing_else_does() {
        let all = map(&[
            ("a", "text"),
            ("b", "number"),
            ("c", "flag"),
            ("d", "list"),
            ("e", "gone"),
            ("f", "empty"),
            ("g", "deep"),
        ]);
        let claims =
            json!({ "text": "R&D", "number": 7, "flag": false, "list": ["x"], "empty": "", "deep": {}, "more": 1 });
        assert_eq!(
            tags(&[(GOOGLE, all)], &[login(GOOGLE, claims)]),
            pairs(&[("a", "R&D"), ("b", "7"), ("c", "false")])
        );
        assert_eq!(tags(&[], &[login(GOOGLE, json!({ "sub": "a" }))]), pairs(&[]), "no map, no tags");
        assert_eq!(tags(&[("x.example", map(&[("a", "sub")]))], &[login(GOOGLE, json!({ "sub": "a" }))]), pairs(&[]));
    }

    #[test]
    fn the_defaults_are_the_users_name_and_the_clients_id_and_leave_a_map_aside() {
        let defaults = TagMap { defaults: true, ..map(&[("dept", "dept")]) };
        let claims = json!({ "sub": "s", "aud": "web", "user_id": "amzn1", "dept": "ops" });
        let of = |provider: &str| tags(&[(provider, defaults.clone())], &[login(provider, claims.clone())]);
        assert_eq!(of(GOOGLE), pairs(&[("client", "web"), ("username", "s")]));
        assert_eq!(of("www.amazon.com"), pairs(&[("client", "web"), ("username", "amzn1")]));
    }

    #[test]
    fn a_map_is_found_under_any_name_of_its_provider() {
        let provider = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab1";
        let arn = "arn:aws:iam::123456789012:oidc-provider/x.example";
        let claims = || json!({ "sub": "s" });
        let one = || map(&[("who", "sub")]);
        assert_eq!(tags(&[(provider, one())], &[login(provider, claims())]), pairs(&[("who", "s")]));
        assert_eq!(
            tags(&[("auth.example.com/eu-west-1_Ab1", one())], &[login(provider, claims())]),
            pairs(&[("who", "s")])
        );
        let oidc = ProvenLogin { mapping_keys: vec![arn.into()].into(), ..login("x.example", claims()) };
        for name in [arn, "x.example"] {
            assert_eq!(tags(&[(name, one())], std::slice::from_ref(&oidc)), pairs(&[("who", "s")]), "{name}");
        }
    }

    #[test]
    fn a_key_stands_once_whatever_its_case() {
        let (one, other) = (login(GOOGLE, json!({ "a": "1" })), login("x.example", json!({ "a": "2" })));
        let maps = [(GOOGLE, map(&[("Dept", "a")])), ("x.example", map(&[("dept", "a")]))];
        assert_eq!(tags(&maps, &[other, one]), pairs(&[("Dept", "1")]), "the first provider by key");
    }

    #[test]
    fn a_value_too_long_or_too_much_of_all_is_an_error_and_never_cut() {
        let long = |n: usize| tags(&[(GOOGLE, map(&[("k", "c")]))], &[login(GOOGLE, json!({ "c": "ä".repeat(n) }))]);
        assert_eq!(long(257), Err(TagError::TooLong("k".into())), "characters");
        assert_eq!(long(256), Err(TagError::TooMany(513)), "bytes");
        assert!(long(229).is_ok(), "1 + 458 bytes");
        assert_eq!(long(230), Err(TagError::TooMany(461)));
        let two = |n: usize| {
            let maps = [(GOOGLE, map(&[("k", "a"), ("l", "b")]))];
            tags(&maps, &[login(GOOGLE, json!({ "a": "x".repeat(n), "b": "x".repeat(n) }))])
        };
        assert!(two(229).is_ok(), "2 + 458 bytes");
        assert_eq!(two(230), Err(TagError::TooMany(462)));
    }
}
