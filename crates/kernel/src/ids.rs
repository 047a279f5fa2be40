//! Names of things, each its own type, so that a client id can never stand where a pool id belongs.

use crate::entropy::{ALPHANUMERIC, Entropy, EntropyExt, LOWER_ALPHANUMERIC};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The text is not a name of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {0}")]
pub struct Malformed(pub &'static str);

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $what:literal, $ok:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Reads a name from outside.
            ///
            /// # Errors
            /// [`Malformed`] when the text does not have this kind's form.
            pub fn parse(text: &str) -> Result<Self, Malformed> {
                let ok: fn(&str) -> bool = $ok;
                if ok(text) { Ok(Self(text.to_owned())) } else { Err(Malformed($what)) }
            }

            /// The same for a text that is not needed otherwise.
            ///
            /// # Errors
            /// [`Malformed`] when the text does not have this kind's form.
            pub fn from_text(text: String) -> Result<Self, Malformed> {
                let ok: fn(&str) -> bool = $ok;
                if ok(&text) { Ok(Self(text)) } else { Err(Malformed($what)) }
            }

            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}

fn word(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// `[\w-]+:[0-9a-f-]+`, at most 55 characters: what the contract lets through, so that whatever passed it is an id, if
/// only of nothing.
fn regional(text: &str) -> bool {
    text.len() <= 55
        && text.split_once(':').is_some_and(|(region, rest)| {
            let (mut region, mut rest) = (region.bytes().peekable(), rest.bytes().peekable());
            region.peek().is_some()
                && rest.peek().is_some()
                && region.all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
                && rest.all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b) || b == b'-')
        })
}

text_id!(
    /// A region's name, `eu-west-1`. Regions are names here: one server answers for as many as it is configured for.
    Region, "region", |t| (1..=32).contains(&t.len()) && word(t)
);
text_id!(
    /// Twelve digits.
    AccountId, "account id", |t| t.len() == 12 && t.bytes().all(|b| b.is_ascii_digit())
);
text_id!(
    /// `{region}_` and nine letters or digits (user-pools.md 2).
    UserPoolId, "user pool id", |t| t.len() <= 55
        && t.split_once('_').is_some_and(|(region, rest)| {
            !region.is_empty() && word(region) && !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric())
        })
);
text_id!(
    /// 26 of `[0-9a-z]` when made here; any word up to 128 characters when read (user-pools.md 2).
    ClientId, "client id", |t| (1..=128).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'+')
);
text_id!(
    /// `{region}:{uuid}` (identity-pools.md 2).
    IdentityPoolId, "identity pool id", regional
);
text_id!(
    /// `{region}:{uuid}`, the region that of its pool (identity-pools.md 2). A guest's is a bearer secret: whoever holds
    /// it is that guest, so no log line and no URL shows it.
    IdentityId, "identity id", regional
);
text_id!(
    /// A person's lasting id within a pool: a UUID, never reused, never writable.
    Sub, "sub", |t| (1..=128).contains(&t.len())
);

impl UserPoolId {
    /// A new pool id in `region`.
    #[must_use]
    pub fn draw(region: &Region, entropy: &dyn Entropy) -> Self {
        Self(format!("{region}_{}", entropy.text(ALPHANUMERIC, 9)))
    }

    /// The region the pool was made in.
    #[must_use]
    pub fn region(&self) -> &str {
        self.0.split_once('_').map_or("", |(region, _)| region)
    }

    /// The part after the underscore: the pool's name in SRP (authentication.md 4.2).
    #[must_use]
    pub fn srp_name(&self) -> &str {
        self.0.split_once('_').map_or("", |(_, name)| name)
    }

    /// `arn:{partition}:cognito-idp:{region}:{account}:userpool/{id}`.
    #[must_use]
    pub fn arn(&self, account: &AccountId) -> String {
        format!("arn:{}:cognito-idp:{}:{account}:userpool/{self}", partition(self.region()), self.region())
    }
}

impl ClientId {
    /// A new client id.
    #[must_use]
    pub fn draw(entropy: &dyn Entropy) -> Self {
        Self(entropy.text(LOWER_ALPHANUMERIC, 26))
    }
}

impl IdentityPoolId {
    /// A new identity pool's id in `region`.
    #[must_use]
    pub fn draw(region: &Region, entropy: &dyn Entropy) -> Self {
        Self(format!("{region}:{}", entropy.uuid()))
    }

    /// The region the pool was made in.
    #[must_use]
    pub fn region(&self) -> &str {
        self.0.split_once(':').map_or("", |(region, _)| region)
    }

    /// `arn:{partition}:cognito-identity:{region}:{account}:identitypool/{id}`.
    #[must_use]
    pub fn arn(&self, account: &AccountId) -> String {
        format!("arn:{}:cognito-identity:{}:{account}:identitypool/{self}", partition(self.region()), self.region())
    }
}

impl IdentityId {
    /// A new identity's id in its pool's region.
    #[must_use]
    pub fn draw(pool: &IdentityPoolId, entropy: &dyn Entropy) -> Self {
        Self(format!("{}:{}", pool.region(), entropy.uuid()))
    }

    /// The region of its pool.
    #[must_use]
    pub fn region(&self) -> &str {
        self.0.split_once(':').map_or("", |(region, _)| region)
    }
}

impl Sub {
    /// A new person's id.
    #[must_use]
    pub fn draw(entropy: &dyn Entropy) -> Self {
        Self(entropy.uuid().to_string())
    }
}

/// The ARN partition a region belongs to.
#[must_use]
pub fn partition(region: &str) -> &'static str {
    if region.starts_with("cn-") {
        "aws-cn"
    } else if region.starts_with("us-gov-") {
        "aws-us-gov"
    } else {
        "aws"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEntropy;

    #[test]
    fn up_09_drawn_ids_have_the_documented_form() {
        let region = Region::parse("eu-west-1").unwrap();
        let pool = UserPoolId::draw(&region, &SystemEntropy);
        assert_eq!(pool.as_str().len(), "eu-west-1_".len() + 9);
        assert_eq!(UserPoolId::parse(pool.as_str()).unwrap(), pool);
        assert_eq!(pool.region(), "eu-west-1");
        assert_eq!(pool.srp_name().len(), 9);
        let client = ClientId::draw(&SystemEntropy);
        assert_eq!(client.as_str().len(), 26);
        let sub = Sub::draw(&SystemEntropy);
        assert_eq!(uuid::Uuid::parse_str(sub.as_str()).unwrap().get_version_num(), 4);
    }

    #[test]
    fn foreign_text_is_not_an_id() {
        for bad in ["", "eu-west-1", "_abc", "eu-west-1_", "eu-west-1_ab/c", "eu west_abc"] {
            assert!(UserPoolId::parse(bad).is_err(), "{bad}");
        }
        assert!(AccountId::parse("12345678901").is_err());
        assert!(ClientId::parse("a b").is_err());
    }

    #[test]
    fn id_01_ids_of_identity_pools_have_the_documented_form() {
        let region = Region::parse("eu-west-1").unwrap();
        let pool = IdentityPoolId::draw(&region, &SystemEntropy);
        let identity = IdentityId::draw(&pool, &SystemEntropy);
        for (text, of) in [(pool.as_str(), pool.region()), (identity.as_str(), identity.region())] {
            let (at, rest) = text.split_once(':').unwrap();
            assert_eq!((at, of, rest.len()), ("eu-west-1", "eu-west-1", 36), "{text}");
            assert_eq!(uuid::Uuid::parse_str(rest).unwrap().get_version_num(), 4);
        }
        assert_ne!(identity, IdentityId::draw(&pool, &SystemEntropy));
        assert_eq!(IdentityPoolId::parse(pool.as_str()), Ok(pool));
        assert_eq!(IdentityId::parse(identity.as_str()), Ok(identity));
        assert_eq!(IdentityId::parse("eu-west-1:0").map(|id| id.region().to_owned()), Ok("eu-west-1".to_owned()));
        for bad in
            ["", ":", "eu-west-1", "eu-west-1:", ":0a", "eu-west-1:0A", "eu-west-1:0g", "eu west:0", "eu-west-1:0:0"]
        {
            assert!(IdentityPoolId::parse(bad).is_err(), "{bad}");
            assert!(IdentityId::parse(bad).is_err(), "{bad}");
        }
        assert!(IdentityId::parse(&format!("eu-west-1:{}", "0".repeat(46))).is_err(), "56 characters");
    }

    #[test]
    fn the_partition_follows_the_region() {
        let account = AccountId::parse("123456789012").unwrap();
        let pool = UserPoolId::parse("cn-north-1_abc").unwrap();
        assert_eq!(pool.arn(&account), "arn:aws-cn:cognito-idp:cn-north-1:123456789012:userpool/cn-north-1_abc");
        let pool = IdentityPoolId::parse("eu-west-1:0a").unwrap();
        assert_eq!(pool.arn(&account), "arn:aws:cognito-identity:eu-west-1:123456789012:identitypool/eu-west-1:0a");
    }
}
