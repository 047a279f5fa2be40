//! What is known about a request: condition keys and their values.

use std::collections::BTreeMap;

/// Condition keys of one request. Names are the same in upper and lower case; a key has one value or several.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// In their order: a request has some dozens at most, which are found sooner than hashed.
    keys: BTreeMap<String, Values>,
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

    /// Gives a key its one value.
    pub fn set(&mut self, key: &str, value: impl Into<String>) {
        self.keys.insert(key.to_ascii_lowercase(), Values::One(value.into()));
    }

    /// Gives a key its values. Without any, the key counts as absent.
    pub fn set_many(&mut self, key: &str, values: Vec<String>) {
        self.keys.insert(key.to_ascii_lowercase(), Values::Many(values));
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
}
