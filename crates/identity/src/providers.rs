//! Whose tokens a pool takes: what a request may say about it, and whether what it names is there.

use crate::refused::Refused;
use crate::say;
use contract::Fault;
use contract::cognito_identity::types::CognitoIdentityProvider;
use indexmap::IndexMap;
use kernel::{AccountId, ClientId};
use model::{Aliases, OWN_PROVIDER, OidcProvider, Providers, SamlProvider, UserPoolProvider};
use std::collections::{BTreeMap, BTreeSet};
use store::Tx;

/// User pools and clients of one identity pool (identity-pools.md 2).
const USER_POOLS_MAX: usize = 50;
/// The providers that need no record of their own, and whether their app id is a key and its secret (identity-pools.md 4).
const SOCIAL: [(&str, bool); 6] = [
    ("accounts.google.com", false),
    ("api.twitter.com", true),
    ("appleid.apple.com", false),
    ("graph.facebook.com", false),
    ("www.amazon.com", false),
    ("www.digits.com", true),
];

/// What a request says about providers.
#[derive(Debug, Default)]
pub struct Given {
    /// `CognitoIdentityProviders`.
    pub user_pools: Option<Vec<CognitoIdentityProvider>>,
    /// `SupportedLoginProviders`.
    pub social: Option<IndexMap<String, String>>,
    /// `OpenIdConnectProviderARNs`.
    pub oidc: Option<Vec<String>>,
    /// `SamlProviderARNs`.
    pub saml: Option<Vec<String>>,
}

/// The providers of a request, as far as they can be judged without looking anything up.
pub fn read(given: Given, aliases: &Aliases) -> Result<Providers, Fault> {
    Ok(Providers {
        user_pools: user_pools(given.user_pools.unwrap_or_default(), aliases)?,
        social: social(given.social.unwrap_or_default())?,
        oidc: each_once(given.oidc.unwrap_or_default())?,
        saml: each_once(given.saml.unwrap_or_default())?,
    })
}

fn user_pools(given: Vec<CognitoIdentityProvider>, aliases: &Aliases) -> Result<Vec<UserPoolProvider>, Fault> {
    if given.len() > USER_POOLS_MAX {
        return Err(say::too_many("Cognito identity providers", USER_POOLS_MAX));
    }
    let mut seen = BTreeSet::new();
    let mut all = Vec::with_capacity(given.len());
    for one in given {
        let (Some(name), Some(client_id)) = (one.provider_name, one.client_id) else {
            return Err(say::user_pool_incomplete());
        };
        // One pool under two of its names is one provider all the same.
        if !seen.insert((aliases.canonical(&name), client_id.clone())) {
            return Err(say::user_pool_twice(&name, &client_id));
        }
        all.push(UserPoolProvider { name, client_id, server_side_check: one.server_side_token_check.unwrap_or(false) });
    }
    Ok(all)
}

fn social(given: IndexMap<String, String>) -> Result<BTreeMap<String, String>, Fault> {
    for (name, app_id) in &given {
        let Some((_, is_pair)) = SOCIAL.iter().find(|(known, _)| known == name) else {
            return Err(say::not_a_login_provider(name));
        };
        let halves: Vec<&str> = app_id.split(';').collect();
        if halves.len() != if *is_pair { 2 } else { 1 } || halves.iter().any(|half| half.is_empty()) {
            return Err(say::app_id_invalid(name));
        }
    }
    Ok(given.into_iter().collect())
}

fn each_once(given: Vec<String>) -> Result<Vec<String>, Fault> {
    let mut seen = BTreeSet::new();
    match given.iter().find(|arn| !seen.insert(arn.as_str())) {
        Some(twice) => Err(say::given_twice(twice)),
        None => Ok(given),
    }
}

/// Whatever of these is ours must be there: providers of IAM, and user pools of this server with their clients. A user
/// pool that is not ours is somebody else's to know.
pub async fn must_exist(
    tx: &mut Tx,
    account: &AccountId,
    providers: &Providers,
    aliases: &Aliases,
) -> Result<(), Refused> {
    for arn in &providers.oidc {
        let known = match OidcProvider::url_of(arn, account).filter(|url| !url.contains('\0')) {
            Some(url) => tx.iam_providers().get_oidc(account, url).await?.is_some(),
            None => false,
        };
        if !known {
            return Err(say::no_such_oidc_provider(arn).into());
        }
    }
    for arn in &providers.saml {
        let known = match SamlProvider::name_of(arn, account).filter(|name| !name.contains('\0')) {
            Some(name) => tx.iam_providers().get_saml(account, name).await?.is_some(),
            None => false,
        };
        if !known {
            return Err(say::no_such_saml_provider(arn).into());
        }
    }
    for provider in &providers.user_pools {
        user_pool_exists(tx, account, provider, aliases).await?;
    }
    Ok(())
}

async fn user_pool_exists(
    tx: &mut Tx,
    account: &AccountId,
    provider: &UserPoolProvider,
    aliases: &Aliases,
) -> Result<(), Refused> {
    let (name, client) = (&provider.name, &provider.client_id);
    let id = aliases.user_pool(name).ok_or_else(|| say::no_such_user_pool(name))?;
    match tx.pools().get(&id).await? {
        Some(pool) if pool.account == *account => {
            let there = match ClientId::parse(client) {
                Ok(client) => tx.clients().get(&id, &client).await?.is_some(),
                Err(_) => false,
            };
            if there { Ok(()) } else { Err(say::no_such_client(name, client).into()) }
        }
        // Under the name all pools share it may be one of another deployment's; under our own address it would be ours.
        None if aliases.canonical(name) == *name => Ok(()),
        _ => Err(say::no_such_user_pool(name).into()),
    }
}

/// A developer provider speaks for its people without their token, so it must not go by a name whose tokens are verified.
pub fn developer_name(name: &str, providers: &Providers) -> Result<(), Fault> {
    // Two words that tokens and trust policies use for guests and people would make one of the other.
    let ways = ["authenticated", "unauthenticated"];
    let known = name == OWN_PROVIDER || ways.contains(&name) || SOCIAL.iter().any(|(social, _)| *social == name);
    let issuer = |arn: &String| arn.split_once(":oidc-provider/").is_some_and(|(_, url)| url == name);
    let taken = known || providers.oidc.iter().any(issuer);
    if taken { Err(say::developer_provider_is_public(name)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aliases() -> Aliases {
        Aliases { public_issuer: "id.example".to_owned() }
    }

    fn pool(name: &str, client: &str) -> CognitoIdentityProvider {
        CognitoIdentityProvider {
            provider_name: Some(name.to_owned()),
            client_id: Some(client.to_owned()),
            server_side_token_check: None,
        }
    }

    #[test]
    fn a_user_pool_under_two_of_its_names_is_one_provider() {
        let aws = pool("cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc", "web");
        let ours = pool("id.example/eu-west-1_abc", "web");
        let other = pool("id.example/eu-west-1_abc", "phone");
        assert_eq!(user_pools(vec![aws.clone(), other], &aliases()).unwrap().len(), 2);
        assert!(user_pools(vec![aws, ours], &aliases()).is_err());
        let bare = CognitoIdentityProvider { client_id: None, ..pool("a", "b") };
        assert!(user_pools(vec![bare], &aliases()).is_err());
        let many = (0..51).map(|n| pool("a", &n.to_string())).collect();
        assert!(user_pools(many, &aliases()).is_err());
    }

    #[test]
    fn an_app_id_has_the_form_of_its_provider() {
        let one = |name: &str, id: &str| social(IndexMap::from([(name.to_owned(), id.to_owned())]));
        assert!(one("graph.facebook.com", "7346241598935555").is_ok());
        assert!(one("api.twitter.com", "key;secret").is_ok());
        for (name, id) in [
            ("api.twitter.com", "key"),
            ("api.twitter.com", "key;"),
            ("graph.facebook.com", "a;b"),
            ("id.example", "a"),
            ("Graph.Facebook.com", "a"),
        ] {
            assert!(one(name, id).is_err(), "{name} {id}");
        }
    }

    #[test]
    fn a_developer_provider_is_nobody_whose_tokens_are_verified() {
        let arn = "arn:aws:iam::123456789012:oidc-provider/login.example".to_owned();
        let providers = Providers { oidc: vec![arn], ..Providers::default() };
        assert!(developer_name("login.shop", &providers).is_ok());
        for name in ["accounts.google.com", "cognito-identity.amazonaws.com", "login.example"] {
            assert!(developer_name(name, &providers).is_err(), "{name}");
        }
    }
}
