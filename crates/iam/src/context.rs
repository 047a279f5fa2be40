//! What is known about a request: condition keys and their values.

use crate::policy::Policy;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Condition keys of one request. Names are the same in upper and lower case; a key has one value or several.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// In their order: a request has some dozens at most, which are found sooner than hashed.
    keys: BTreeMap<String, Values>,
    /// In lower case; none: all of them.
    wanted: Option<Arc<[String]>>,
}

#[derive(Debug, Clone)]
enum Values {
    One(String),
    Many(Vec<String>),
}

impl Context {
    /// Nothing is known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Nothing is known, and all that will be is what this policy asks for: of no other key anything is kept.
    #[must_use]
    pub fn for_policy(policy: &Policy) -> Self {
        Self { keys: BTreeMap::new(), wanted: Some(Arc::clone(&policy.keys)) }
    }

    fn wants(&self, key: &str) -> bool {
        self.wanted.as_ref().is_none_or(|wanted| wanted.iter().any(|known| known.eq_ignore_ascii_case(key)))
    }

    /// Gives a key its one value.
    pub fn set(&mut self, key: &str, value: impl Into<String>) {
        self.set_with(key, || value);
    }

    /// Gives a key its one value, which is made only if it is kept.
    pub fn set_with<V: Into<String>>(&mut self, key: &str, value: impl FnOnce() -> V) {
        if self.wants(key) {
            self.keys.insert(key.to_ascii_lowercase(), Values::One(value().into()));
        }
    }

    /// Gives a key its values. Without any, the key counts as absent.
    pub fn set_many(&mut self, key: &str, values: Vec<String>) {
        self.set_many_with(key, || values);
    }

    /// Gives a key its values, which are made only if they are kept.
    pub fn set_many_with(&mut self, key: &str, values: impl FnOnce() -> Vec<String>) {
        if self.wants(key) {
            self.keys.insert(key.to_ascii_lowercase(), Values::Many(values()));
        }
    }

    /// The values of a key; none when it is absent.
    #[must_use]
    pub fn get(&self, key: &str) -> &[String] {
        self.folded(&key.to_ascii_lowercase())
    }

    /// Every key that is present, in lower case and in order, with its values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.keys.keys().map(|key| (key.as_str(), self.folded(key))).filter(|(_, values)| !values.is_empty())
    }

    /// As [`Context::get`], for a name that is in lower case already.
    pub(crate) fn folded(&self, key: &str) -> &[String] {
        debug_assert!(self.wants(key), "{key} counts, and the policy was not known to ask for it");
        match self.keys.get(key) {
            Some(Values::One(value)) => std::slice::from_ref(value),
            Some(Values::Many(values)) => values,
            None => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_in_upper_and_lower_case() {
        let mut context = Context::new();
        context.set("aws:PrincipalTag/Team", "red");
        context.set_many("aws:TagKeys", vec!["a".into(), "b".into()]);
        assert_eq!(context.get("AWS:principaltag/TEAM"), ["red"]);
        assert_eq!(context.get("aws:tagkeys"), ["a", "b"]);
        context.set("aws:tagKEYS", "c");
        assert_eq!(context.get("aws:TagKeys"), ["c"]);
        assert!(context.get("aws:other").is_empty());
        assert_eq!(context.iter().count(), 2);
    }

    #[test]
    fn what_the_policy_does_not_ask_for_is_neither_made_nor_kept() {
        let text = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b/${aws:UserName}",
            "Condition":{"StringLike":{"Pool:AUD":"x${aws:userid}"}}}}"#;
        let policy = Policy::parse(text, crate::Kind::Identity).unwrap();
        let mut context = Context::for_policy(&policy);
        context.set("pool:aud", "p");
        context.set_with("aws:USERID", || "u");
        context.set_many("aws:username", vec!["a".into(), "b".into()]);
        context.set_with("aws:CurrentTime", || -> String { panic!("made") });
        context.set_many_with("aws:TagKeys", || panic!("made"));
        assert_eq!(context.iter().count(), 3);
    }
}
