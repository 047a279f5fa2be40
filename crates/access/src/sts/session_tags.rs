//! Session tags: of a request, of a token's claim, and those that come along from the session before.

use super::say;
use contract::Fault;
use contract::ToValue;
use contract::check::check;
use contract::sts::{shapes, types};
use model::{AwsSession, Claims};
use serde_json::Value;

/// The claim that carries them (credentials-and-iam.md 2).
const CLAIM: &str = "https://aws.amazon.com/tags";
const TAGS_MAX: usize = 50;

/// Tags of a session, and which of them go on to roles assumed with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionTags {
    /// Key and value.
    pub tags: Vec<(String, String)>,
    /// Keys.
    pub transitive: Vec<String>,
}

impl SessionTags {
    /// The tags of a request.
    pub fn of_request(tags: Option<Vec<types::Tag>>, transitive: Option<Vec<String>>) -> Result<Self, Fault> {
        let tags = tags.unwrap_or_default().into_iter().map(|tag| (tag.key, tag.value)).collect();
        Self { tags, transitive: transitive.unwrap_or_default() }.checked()
    }

    /// The tags a token brings: `{principal_tags: {key: [value]}, transitive_tag_keys: [key]}`.
    pub fn of_claims(claims: &Claims) -> Result<Self, Fault> {
        let Some(claim) = claims.get(CLAIM) else { return Ok(Self::default()) };
        let read = read_claim(claim).filter(|read| read.tags.iter().all(well_formed));
        read.ok_or_else(say::tags_claim_malformed)?.checked()
    }

    /// With those that the calling session hands on. They cannot be replaced on the way.
    pub fn inheriting(mut self, session: Option<&AwsSession>) -> Result<Self, Fault> {
        let inherited: Vec<(String, String)> =
            session.map(|session| session.inherited_tags().cloned().collect()).unwrap_or_default();
        if inherited.iter().any(|(key, _)| self.holds(key)) {
            return Err(say::inherited_tag_key());
        }
        self.transitive.extend(inherited.iter().map(|(key, _)| key.clone()));
        self.tags.extend(inherited);
        if self.tags.len() > TAGS_MAX { Err(say::too_many_tags()) } else { Ok(self) }
    }

    /// The condition keys under which policies are asked about tags that are about to be set.
    pub fn keys(&self) -> Vec<(String, Vec<String>)> {
        let mut keys: Vec<(String, Vec<String>)> =
            self.tags.iter().map(|(key, value)| (format!("aws:RequestTag/{key}"), vec![value.clone()])).collect();
        if !self.tags.is_empty() {
            keys.push(("aws:TagKeys".to_owned(), self.tags.iter().map(|(key, _)| key.clone()).collect()));
        }
        if !self.transitive.is_empty() {
            keys.push(("sts:TransitiveTagKeys".to_owned(), self.transitive.clone()));
        }
        keys
    }

    fn holds(&self, key: &str) -> bool {
        self.tags.iter().any(|(known, _)| folded(known) == folded(key))
    }

    fn checked(self) -> Result<Self, Fault> {
        let mut keys: Vec<String> = self.tags.iter().map(|(key, _)| folded(key)).collect();
        keys.sort_unstable();
        if keys.windows(2).any(|pair| matches!(pair, [one, other] if one == other)) {
            return Err(say::duplicate_tag_keys());
        }
        if keys.iter().any(|key| key.starts_with("aws:")) {
            return Err(say::reserved_tag_key());
        }
        if keys.len() > TAGS_MAX {
            return Err(say::too_many_tags());
        }
        match self.transitive.iter().find(|key| !self.holds(key)) {
            Some(stray) => Err(say::transitive_key_without_tag(stray)),
            None => Ok(self),
        }
    }
}

fn folded(key: &str) -> String {
    key.to_lowercase()
}

/// What the model says about tags holds for those of a token too.
fn well_formed((key, value): &(String, String)) -> bool {
    let tag = types::Tag { key: key.clone(), value: value.clone() };
    check(&shapes::TAG, &tag.to_value()).is_empty()
}

fn read_claim(claim: &Value) -> Option<SessionTags> {
    let claim = claim.as_object()?;
    let mut read = SessionTags::default();
    if let Some(tags) = claim.get("principal_tags") {
        for (key, value) in tags.as_object()? {
            // One value each, as a list of one or by itself.
            let value = match value {
                Value::Array(values) => values.first().filter(|_| values.len() == 1)?.as_str()?,
                single => single.as_str()?,
            };
            read.tags.push((key.clone(), value.to_owned()));
        }
    }
    if let Some(keys) = claim.get("transitive_tag_keys") {
        for key in keys.as_array()? {
            read.transitive.push(key.as_str()?.to_owned());
        }
    }
    Some(read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{SystemEntropy, Time};
    use model::SessionOf;
    use serde_json::json;
    use std::time::Duration;

    fn request(tags: &[(&str, &str)], transitive: &[&str]) -> Result<SessionTags, Fault> {
        let tags = tags.iter().map(|(key, value)| types::Tag { key: (*key).into(), value: (*value).into() }).collect();
        SessionTags::of_request(Some(tags), Some(transitive.iter().map(|key| (*key).into()).collect()))
    }

    fn claimed(claim: Value) -> Result<SessionTags, Fault> {
        SessionTags::of_claims(&Claims::from_iter([(CLAIM.to_owned(), claim)]))
    }

    #[test]
    fn keys_differ_in_more_than_case_and_are_nobody_else_s() {
        assert!(request(&[("a", "1"), ("b", "2")], &["B"]).is_ok());
        for (tags, transitive) in [
            (&[("a", "1"), ("A", "2")][..], &[][..]),
            (&[("aws:x", "1")], &[]),
            (&[("AWS:x", "1")], &[]),
            (&[("a", "1")], &["b"]),
            (&[], &["a"]),
        ] {
            assert!(request(tags, transitive).is_err(), "{tags:?} {transitive:?}");
        }
    }

    #[test]
    fn a_token_brings_tags_in_its_claim() {
        let read = claimed(json!({
            "principal_tags": { "Team": ["blue"], "cost": "7" },
            "transitive_tag_keys": ["Team"],
        }));
        let read = read.unwrap();
        assert_eq!(read.tags, [("Team".into(), "blue".into()), ("cost".into(), "7".into())]);
        assert_eq!(read.transitive, ["Team"]);
        assert_eq!(SessionTags::of_claims(&Claims::default()).unwrap(), SessionTags::default());
        for bad in [
            json!("x"),
            json!([]),
            json!({ "principal_tags": ["a"] }),
            json!({ "principal_tags": { "a": ["1", "2"] } }),
            json!({ "principal_tags": { "a": [] } }),
            json!({ "principal_tags": { "a": 7 } }),
            json!({ "principal_tags": { "": "x" } }),
            json!({ "principal_tags": { "a": "*" } }),
            json!({ "principal_tags": { "a": "x".repeat(257) } }),
            json!({ "principal_tags": { "a": "1" }, "transitive_tag_keys": "a" }),
        ] {
            let told = claimed(bad.clone()).unwrap_err();
            assert_eq!(told.kind.code, "InvalidIdentityToken", "{bad}");
        }
    }

    #[test]
    fn transitive_tags_come_along_and_cannot_be_replaced() {
        let before = AwsSession {
            tags: vec![("Team".into(), "blue".into()), ("cost".into(), "7".into())],
            transitive: vec!["Team".into()],
            ..AwsSession::begin(SessionOf::Root, 0, Time::default(), Duration::ZERO, &SystemEntropy)
        };
        let after = request(&[("cost", "8")], &[]).unwrap().inheriting(Some(&before)).unwrap();
        assert_eq!(after.tags, [("cost".into(), "8".into()), ("Team".into(), "blue".into())]);
        assert_eq!(after.transitive, ["Team"]);
        assert!(request(&[("TEAM", "red")], &[]).unwrap().inheriting(Some(&before)).is_err());
    }
}
