//! Which of a pool's providers a key names.

use super::UserPoolProvider;
use kernel::UserPoolId;

/// The provider that a key of `Logins` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Configured<'p> {
    /// A user pool, with its app clients that are believed.
    UserPool {
        /// Which.
        pool: UserPoolId,
        /// Its canonical key.
        provider: String,
        /// The clients.
        clients: Vec<&'p UserPoolProvider>,
    },
    /// One of `SupportedLoginProviders`.
    Social {
        /// Its key.
        provider: &'p str,
        /// The app's id there.
        app_id: &'p str,
    },
    /// An OIDC provider of IAM.
    Oidc {
        /// Its key: the issuer without scheme.
        provider: &'p str,
        /// The provider's ARN.
        arn: &'p str,
    },
    /// A SAML provider of IAM, whose key is its ARN.
    Saml {
        /// The ARN.
        arn: &'p str,
    },
    /// The developer's own users.
    Developer,
    /// Tokens of the pool itself.
    Own,
}

use super::{Aliases, IdentityPool, OWN_PROVIDER};

impl IdentityPool {
    /// The provider that a key of `Logins` names, when it is one of this pool's. The key may be any alias of a user pool.
    #[must_use]
    pub fn provider<'p>(&'p self, key: &str, aliases: &Aliases) -> Option<Configured<'p>> {
        if key == OWN_PROVIDER {
            return Some(Configured::Own);
        }
        if let Some(pool) = aliases.user_pool(key) {
            let provider = aliases.canonical(key);
            let clients = &self.providers.user_pools;
            let clients: Vec<_> = clients.iter().filter(|entry| aliases.canonical(&entry.name) == provider).collect();
            return (!clients.is_empty()).then_some(Configured::UserPool { pool, provider, clients });
        }
        let providers = &self.providers;
        let social = || providers.social.get_key_value(key);
        let oidc = || providers.oidc.iter().find(|arn| issuer_of(arn) == Some(key));
        if let Some(arn) = oidc() {
            // Several client ids of Google are an OIDC provider of that name; it takes what the app id would and more.
            return Some(Configured::Oidc { provider: issuer_of(arn).unwrap_or_default(), arn });
        }
        if let Some((provider, app_id)) = social() {
            return Some(Configured::Social { provider, app_id });
        }
        if let Some(arn) = providers.saml.iter().find(|arn| *arn == key) {
            return Some(Configured::Saml { arn });
        }
        (self.developer_provider.as_deref() == Some(key)).then_some(Configured::Developer)
    }

    /// Whether a key may stand in `RoleMappings`: `POOL:CLIENT` of a configured app client, the key of a configured app,
    /// the ARN of a configured OIDC or SAML provider.
    #[must_use]
    pub fn takes_mapping(&self, key: &str, aliases: &Aliases) -> bool {
        let canonical = aliases.canonical_mapping(key);
        let providers = &self.providers;
        let clients = &providers.user_pools;
        clients.iter().any(|entry| aliases.canonical_mapping(&format!("{}:{}", entry.name, entry.client_id)) == canonical)
            || providers.social.contains_key(key)
            || providers.oidc.iter().chain(&providers.saml).any(|arn| arn == key)
    }
}

/// The issuer, without scheme, in an OIDC provider's ARN.
fn issuer_of(arn: &str) -> Option<&str> {
    arn.split_once(":oidc-provider/").map(|(_, issuer)| issuer)
}
