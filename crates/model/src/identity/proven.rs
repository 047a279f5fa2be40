//! A login that was proved, with what its token says.

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use std::borrow::Cow;
use std::fmt;

/// A token's claims. There are a dozen or two, most of which nobody asks for: they are found by looking through them, and no
/// table is made of them, for a stranger's token is read before anybody knows whose it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claims(Vec<(String, Value)>);

impl Claims {
    /// What a claim says; the last where it stands twice (RFC 7519 4).
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.iter().rev().find_map(|(known, value)| (known == name).then_some(value))
    }

    /// All of them, in the order they came.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }
}

impl FromIterator<(String, Value)> for Claims {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(claims: I) -> Self {
        Self(claims.into_iter().collect())
    }
}

impl<'de> Deserialize<'de> for Claims {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Claims;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut claims: M) -> Result<Claims, M::Error> {
                // A user pool's ID token says about fifteen things.
                let mut read = Vec::with_capacity(16);
                while let Some(claim) = claims.next_entry()? {
                    read.push(claim);
                }
                Ok(Claims(read))
            }
        }

        from.deserialize_map(Reader)
    }
}

/// A login that was proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvenLogin<'t> {
    /// The provider's canonical key.
    pub provider: Cow<'t, str>,
    /// The keys of role mappings that it answers to, in whichever of their spellings: `provider:client` for a user pool,
    /// the provider's ARN for OIDC and SAML, else the provider's key.
    pub mapping_keys: Cow<'t, [String]>,
    /// What its token says.
    pub claims: Cow<'t, Claims>,
    /// Whether that may be which roles they have. Only a user pool of ours has a say in it: `iam:PassRole` was asked about
    /// the roles of its groups, and of a stranger's token about none.
    pub names_roles: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_that_stands_twice_says_what_it_said_last() {
        let claims: Claims = serde_json::from_str(r#"{"sub": "a", "aud": ["x"], "sub": "b"}"#).unwrap();
        assert_eq!(claims.get("sub"), Some(&Value::from("b")));
        assert_eq!(claims.get("aud"), Some(&serde_json::json!(["x"])));
        assert_eq!(claims.get("iss"), None);
        assert_eq!(claims.iter().count(), 3);
        for strange in ["[]", "7", "null", r#""sub""#] {
            assert!(serde_json::from_str::<Claims>(strange).is_err(), "{strange}");
        }
    }
}
