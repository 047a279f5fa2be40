//! Which of a pool's providers a key names.

use super::{Aliases, IdentityPool, OWN_PROVIDER, UserPoolProvider};
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

impl IdentityPool {
    /// The provider that a key of `Logins` names, when it is one of this pool's. The key may be any alias of a user pool.
    #[must_use]
    pub fn provider<'p>(&'p self, key: &str, aliases: &Aliases) -> Option<Configured<'p>> {
        if key == OWN_PROVIDER {
            return Some(Configured::Own);
        }
        if let Some(pool) = aliases.user_pool(key) {
            let names_it = |name: &str| name == key || aliases.user_pool(name).is_some_and(|named| named == pool);
            let clients: Vec<_> = self.providers.user_pools.iter().filter(|entry| names_it(&entry.name)).collect();
            let provider = Aliases::canonical_of(&pool);
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
        let (canonical, providers) = (aliases.canonical_mapping(key), &self.providers);
        let of = |entry: &UserPoolProvider| aliases.canonical_mapping(&format!("{}:{}", entry.name, entry.client_id));
        providers.user_pools.iter().any(|entry| of(entry) == canonical)
            || providers.social.contains_key(key)
            || providers.oidc.iter().chain(&providers.saml).any(|arn| arn == key)
    }
}

/// The issuer, without scheme, in an OIDC provider's ARN.
fn issuer_of(arn: &str) -> Option<&str> {
    arn.split_once(":oidc-provider/").map(|(_, issuer)| issuer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::{PoolRoles, Providers};
    use kernel::{AccountId, IdentityPoolId, Time};
    use std::collections::BTreeMap;

    const AWS: &str = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI";
    const PUBLIC: &str = "auth.example.com/eu-west-1_AbCdEfGhI";
    const OIDC: &str = "arn:aws:iam::123456789012:oidc-provider/id.example/a";
    const SAML: &str = "arn:aws:iam::123456789012:saml-provider/corp";

    fn pool() -> IdentityPool {
        let client = |name: &str, client: &str| UserPoolProvider {
            name: name.into(),
            client_id: client.into(),
            server_side_check: false,
        };
        IdentityPool {
            id: IdentityPoolId::parse("eu-west-1:0a").unwrap(),
            account: AccountId::parse("123456789012").unwrap(),
            name: "p".into(),
            guests: false,
            classic: false,
            developer_provider: Some("login.example".into()),
            providers: Providers {
                user_pools: vec![client(PUBLIC, "web"), client(AWS, "app")],
                social: BTreeMap::from([("accounts.google.com".to_owned(), "app-id".to_owned())]),
                oidc: vec![OIDC.into()],
                saml: vec![SAML.into()],
            },
            roles: PoolRoles::default(),
            tag_maps: BTreeMap::new(),
            tags: BTreeMap::new(),
            created: Time::from_secs(1),
            updated: Time::from_secs(1),
            version: 1,
        }
    }

    fn aliases() -> Aliases {
        Aliases { public_issuer: "auth.example.com".into() }
    }

    #[test]
    fn id_08_a_key_names_the_provider_that_is_configured_for_it() {
        let pool = pool();
        let named = |key: &str| pool.provider(key, &aliases());
        for key in [AWS, PUBLIC] {
            let Some(Configured::UserPool { provider, clients, .. }) = named(key) else { panic!("{key}") };
            assert_eq!((provider.as_str(), clients.len()), (AWS, 2), "both clients, under one name");
        }
        assert_eq!(
            named("accounts.google.com"),
            Some(Configured::Social { provider: "accounts.google.com", app_id: "app-id" })
        );
        assert_eq!(named("id.example/a"), Some(Configured::Oidc { provider: "id.example/a", arn: OIDC }));
        assert_eq!(named(SAML), Some(Configured::Saml { arn: SAML }));
        assert_eq!(named("login.example"), Some(Configured::Developer));
        assert_eq!(named("cognito-identity.amazonaws.com"), Some(Configured::Own));
        for none in
            ["", "id.example", "https://id.example/a", OIDC, "graph.facebook.com", "auth.example.com/eu-west-1_Zz1"]
        {
            assert_eq!(named(none), None, "{none}");
        }
    }
}
