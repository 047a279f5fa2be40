//! Logins: what ties an identity to somebody elsewhere, and the one spelling under which it is kept.

use super::Identity;
use kernel::UserPoolId;
use std::time::Duration;

/// How many logins an identity may have (identity-pools.md 2: stated for MergeDeveloperIdentities; held everywhere, so
/// that what is read per request has a bound).
pub const LOGINS_MAX: usize = 20;

/// How much time passes before a guest's use is written down again.
pub const USE_STEP: Duration = Duration::from_secs(3600);

/// The key in `Logins` of tokens that a pool issued itself.
pub const OWN_PROVIDER: &str = "cognito-identity.amazonaws.com";

/// Somebody at a provider.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Login {
    /// The provider's canonical key ([`Aliases::canonical`]).
    pub provider: String,
    /// Who they are there.
    pub subject: String,
    /// The developer's own: an identity may have several of these, and of a public provider's one subject.
    pub developer: bool,
}

/// An identity with its logins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The identity. Of a merged one `merged_into` is the identity that is left in the end, however many merges later.
    pub identity: Identity,
    /// Its logins.
    pub logins: Vec<Login>,
}

impl Known {
    /// Whether it has this login.
    #[must_use]
    pub fn has(&self, login: &Login) -> bool {
        self.logins.contains(login)
    }
}

/// The names that a user pool of ours goes by beside `cognito-idp.REGION.amazonaws.com/POOL`: Amplify takes the key from
/// a token's issuer (identity-pools.md 4, key aliasing).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Aliases {
    /// The public issuer, without scheme and without a slash at its end: `auth.example.com`.
    pub public_issuer: String,
}

impl Aliases {
    /// The one spelling of a provider's key: the AWS form of a user pool's, anything else as it is.
    #[must_use]
    pub fn canonical(&self, key: &str) -> String {
        self.user_pool(key).map_or_else(|| key.to_owned(), |pool| aws_form(&pool))
    }

    /// The user pool that a key names, in whichever spelling. Only text decides: the pool may be another service's.
    #[must_use]
    pub fn user_pool(&self, key: &str) -> Option<UserPoolId> {
        let (host, name) = key.rsplit_once('/')?;
        let pool = UserPoolId::parse(name).ok()?;
        let ours = !self.public_issuer.is_empty() && host == self.public_issuer;
        (ours || aws_form(&pool) == key).then_some(pool)
    }

    /// The one spelling of a role mapping's key, which for a user pool ends in `:CLIENT`.
    #[must_use]
    pub fn canonical_mapping(&self, key: &str) -> String {
        match key.rsplit_once(':') {
            Some((provider, client)) if self.user_pool(provider).is_some() => {
                format!("{}:{client}", self.canonical(provider))
            }
            _ => key.to_owned(),
        }
    }
}

/// `cognito-idp.REGION.amazonaws.com/POOL`; in China's partition the host ends in `.cn`.
fn aws_form(pool: &UserPoolId) -> String {
    let region = pool.region();
    let end = if region.starts_with("cn-") { ".cn" } else { "" };
    format!("cognito-idp.{region}.amazonaws.com{end}/{pool}")
}
