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
        self.user_pool(key).map_or_else(|| key.to_owned(), |pool| Self::canonical_of(&pool))
    }

    /// The user pool that a key names, in whichever spelling. Only text decides: the pool may be another service's.
    #[must_use]
    pub fn user_pool(&self, key: &str) -> Option<UserPoolId> {
        let (host, name) = key.rsplit_once('/')?;
        let pool = UserPoolId::parse(name).ok()?;
        let ours = !self.public_issuer.is_empty() && host == self.public_issuer;
        (ours || is_host_of(host, pool.region())).then_some(pool)
    }

    /// The one spelling of a user pool's key: `cognito-idp.REGION.amazonaws.com/POOL`; in China's partition the host ends in
    /// `.cn`.
    #[must_use]
    pub(super) fn canonical_of(pool: &UserPoolId) -> String {
        let region = pool.region();
        format!("cognito-idp.{region}{}/{pool}", host_end(region))
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

/// What follows the region in the name of Amazon's host.
fn host_end(region: &str) -> &'static str {
    if region.starts_with("cn-") { ".amazonaws.com.cn" } else { ".amazonaws.com" }
}

/// Whether that is Amazon's host for the user pools of a region.
fn is_host_of(host: &str, region: &str) -> bool {
    let rest = host.strip_prefix("cognito-idp.").and_then(|rest| rest.strip_prefix(region));
    rest == Some(host_end(region))
}

#[cfg(test)]
mod tests {
    use super::*;

    const AWS: &str = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI";

    fn aliases() -> Aliases {
        Aliases { public_issuer: "auth.example.com".into() }
    }

    #[test]
    fn id_13_every_name_of_a_user_pool_is_kept_as_one() {
        for (key, canonical) in [
            (AWS, AWS),
            ("auth.example.com/eu-west-1_AbCdEfGhI", AWS),
            ("auth.example.com/cn-north-1_Ab1", "cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_Ab1"),
            // Not ours, or no user pool's: as it is.
            ("other.example.com/eu-west-1_AbCdEfGhI", "other.example.com/eu-west-1_AbCdEfGhI"),
            ("https://auth.example.com/eu-west-1_AbCdEfGhI", "https://auth.example.com/eu-west-1_AbCdEfGhI"),
            ("auth.example.com/eu-west-1", "auth.example.com/eu-west-1"),
            ("auth.example.com", "auth.example.com"),
            ("cognito-idp.us-east-1.amazonaws.com/eu-west-1_Ab1", "cognito-idp.us-east-1.amazonaws.com/eu-west-1_Ab1"),
            ("accounts.google.com", "accounts.google.com"),
        ] {
            assert_eq!(aliases().canonical(key), canonical);
        }
        assert_eq!(Aliases::default().canonical("/eu-west-1_Ab1"), "/eu-west-1_Ab1", "no issuer, no alias");
    }

    #[test]
    fn st_15_a_host_that_looks_like_amazons_names_no_pool() {
        let pool = |host: &str, id: &str| aliases().user_pool(&format!("{host}/{id}")).is_some();
        assert!(pool("cognito-idp.eu-west-1.amazonaws.com", "eu-west-1_Ab1"));
        assert!(pool("cognito-idp.cn-north-1.amazonaws.com.cn", "cn-north-1_Ab1"));
        for host in [
            "cognito-idp.eu-west-1.amazonaws.com.example.com",
            "cognito-idp.eu-west-1.amazonaws.com.cn",
            "cognito-idp.eu-west-1.example.com",
            "cognito-idp.eu-west-1",
            "cognito-idp.eu-west-10.amazonaws.com",
            "x.cognito-idp.eu-west-1.amazonaws.com",
        ] {
            assert!(!pool(host, "eu-west-1_Ab1"), "{host}");
        }
        assert!(!pool("cognito-idp.cn-north-1.amazonaws.com", "cn-north-1_Ab1"));
    }

    #[test]
    fn an_issuer_with_a_path_is_an_alias_too() {
        let aliases = Aliases { public_issuer: "example.com:8443/auth".into() };
        assert_eq!(aliases.canonical("example.com:8443/auth/eu-west-1_AbCdEfGhI"), AWS);
        assert_eq!(aliases.canonical_mapping("example.com:8443/auth/eu-west-1_AbCdEfGhI:web"), format!("{AWS}:web"));
    }

    #[test]
    fn id_27_a_mappings_key_is_one_whatever_the_name_and_a_url_is_none_of_them() {
        for (key, canonical) in [
            ("auth.example.com/eu-west-1_AbCdEfGhI:web", format!("{AWS}:web")),
            (
                "https://auth.example.com/eu-west-1_AbCdEfGhI:web",
                "https://auth.example.com/eu-west-1_AbCdEfGhI:web".into(),
            ),
            ("arn:aws:iam::123456789012:saml-provider/x", "arn:aws:iam::123456789012:saml-provider/x".into()),
            ("graph.facebook.com", "graph.facebook.com".into()),
        ] {
            assert_eq!(aliases().canonical_mapping(key), canonical);
        }
    }

    #[test]
    fn a_developers_identifier_is_another_login_than_a_public_subject_of_that_name() {
        let public = Login { provider: "x".into(), subject: "1".into(), developer: false };
        assert_ne!(Login { developer: true, ..public.clone() }, public);
    }
}
