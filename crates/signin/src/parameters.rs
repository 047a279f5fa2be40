//! AuthParameters and ChallengeResponses: texts by name, case-sensitive, hostile until read (authentication.md 1, 14).

use indexmap::IndexMap;
use kernel::Secret;
use model::Refusal;

/// The map a client sends with a flow or an answer.
#[derive(Debug, Default)]
pub struct Parameters(IndexMap<String, Secret<String>>);

impl Parameters {
    /// Takes the map of a request.
    #[must_use]
    pub fn new(map: Option<IndexMap<String, Secret<String>>>) -> Self {
        Self(map.unwrap_or_default())
    }

    /// A parameter, if it was sent and is not empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Secret<String>> {
        self.0.get(name).filter(|value| !value.reveal().is_empty())
    }

    /// A parameter as text that is no secret.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).map(|value| value.reveal().as_str())
    }

    /// A parameter the flow cannot do without.
    pub(crate) fn need(&self, name: &'static str) -> Result<&Secret<String>, Refusal> {
        self.get(name).ok_or(Refusal::ParameterMissing(name))
    }

    /// A needed parameter that is a name, short enough to be one (`UsernameType`, 128 characters).
    pub(crate) fn need_username(&self) -> Result<&str, Refusal> {
        let name = self.need("USERNAME")?.reveal();
        if name.chars().count() <= 128 {
            return Ok(name);
        }
        Err(Refusal::Invalid(
            "1 validation error detected: Value at 'username' failed to satisfy constraint: Member must have length less \
             than or equal to 128"
                .to_owned(),
        ))
    }

    /// All parameters whose names begin with `prefix`, with the rest of their names.
    pub(crate) fn below<'a>(&'a self, prefix: &'static str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value.reveal().as_str())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(name: &str, value: &str) -> Parameters {
        Parameters::new(Some(IndexMap::from([(name.to_owned(), Secret::from(value))])))
    }

    #[test]
    fn a_name_has_128_characters_at_most_and_an_empty_one_was_not_sent() {
        assert_eq!(given("USERNAME", &"ü".repeat(128)).need_username().ok(), Some("ü".repeat(128).as_str()));
        assert!(matches!(given("USERNAME", &"a".repeat(129)).need_username(), Err(Refusal::Invalid(_))));
        for missing in [given("USERNAME", ""), given("username", "ana"), Parameters::new(None)] {
            assert!(matches!(missing.need_username(), Err(Refusal::ParameterMissing("USERNAME"))), "{missing:?}");
        }
    }
}
