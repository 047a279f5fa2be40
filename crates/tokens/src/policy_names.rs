//! What policies call the issuer of identity pools' tokens.

use crate::identity_token::AWS_NAME;
use kernel::AccountId;

/// The names of the issuer in policies. Roles are written for Amazon's; the deployment has one of its own besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyNames {
    /// Without a scheme, as they stand before `:aud`, `:sub` and `:amr`: Amazon's first, and the deployment's own.
    pub names: Vec<String>,
    /// Of each name the condition keys `:aud`, `:sub` and `:amr`.
    pub keys: Vec<[String; 3]>,
    /// What a trust policy may say in `Federated`: the names, and the ARN that a provider of each would have.
    pub principals: Vec<String>,
}

impl PolicyNames {
    /// Of the deployment that clients know by this address.
    #[must_use]
    pub fn of(account: &AccountId, public_url: &str) -> Self {
        let own = without_scheme(public_url.trim_end_matches('/'));
        let names = vec![AWS_NAME.to_owned(), own.to_owned()];
        let arns = names.iter().map(|name| format!("arn:aws:iam::{account}:oidc-provider/{name}"));
        let principals = names.iter().cloned().chain(arns).collect();
        let keys = names.iter().map(|name| identity_keys(name)).collect();
        Self { names, keys, principals }
    }
}

/// The condition keys of an identity, by one name of its issuer: the pool, the identity, how it signed in.
pub(crate) fn identity_keys(name: &str) -> [String; 3] {
    ["aud", "sub", "amr"].map(|key| format!("{name}:{key}"))
}

/// An address without its scheme.
pub(crate) fn without_scheme(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, rest)| rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_has_two_names_and_each_may_be_a_providers() {
        let account = AccountId::parse("123456789012").unwrap();
        for url in ["https://id.example", "https://id.example/", "id.example"] {
            let known = PolicyNames::of(&account, url);
            assert_eq!(known.names, [AWS_NAME, "id.example"]);
            let arn = |name: &str| format!("arn:aws:iam::123456789012:oidc-provider/{name}");
            assert_eq!(known.principals, [AWS_NAME, "id.example", &arn(AWS_NAME), &arn("id.example")]);
        }
    }
}
