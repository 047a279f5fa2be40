//! Identity providers the account trusts: records that trust policies name.

use super::names::arn;
use kernel::{AccountId, Time};

/// An OpenID Connect provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OidcProvider {
    /// The account.
    pub account: AccountId,
    /// The issuer without `https://`.
    pub url: String,
    /// Audiences that are taken.
    pub client_ids: Vec<String>,
    /// SHA-1 thumbprints of its certificates, kept as they were given.
    pub thumbprints: Vec<String>,
    /// Key and value, by key.
    pub tags: Vec<(String, String)>,
    /// When it was made.
    pub created: Time,
}

impl OidcProvider {
    /// `arn:aws:iam::ACCOUNT:oidc-provider/HOST/PATH`.
    #[must_use]
    pub fn arn(&self) -> String {
        arn(&self.account, "oidc-provider", "/", &self.url)
    }

    /// The url in an ARN of the account's.
    #[must_use]
    pub fn url_of<'a>(arn: &'a str, account: &AccountId) -> Option<&'a str> {
        resource(arn, account)?.strip_prefix("oidc-provider/")
    }
}

/// A SAML provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SamlProvider {
    /// The account.
    pub account: AccountId,
    /// Unique in the account, whatever the case.
    pub name: String,
    /// Its metadata document as it was given.
    pub metadata: String,
    /// When it was made.
    pub created: Time,
    /// Until when the metadata is good.
    pub valid_until: Time,
    /// Key and value, by key.
    pub tags: Vec<(String, String)>,
}

impl SamlProvider {
    /// `arn:aws:iam::ACCOUNT:saml-provider/NAME`.
    #[must_use]
    pub fn arn(&self) -> String {
        arn(&self.account, "saml-provider", "/", &self.name)
    }

    /// The name in an ARN of the account's.
    #[must_use]
    pub fn name_of<'a>(arn: &'a str, account: &AccountId) -> Option<&'a str> {
        resource(arn, account)?.strip_prefix("saml-provider/")
    }
}

/// What stands behind the account in an ARN of IAM.
fn resource<'a>(arn: &'a str, account: &AccountId) -> Option<&'a str> {
    let (owner, resource) = arn.strip_prefix("arn:aws:iam::")?.split_once(':')?;
    (owner == account.as_str()).then_some(resource)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_of_another_account_or_kind_names_no_provider() {
        let account = AccountId::parse("123456789012").unwrap();
        let arn = "arn:aws:iam::123456789012:oidc-provider/id.example/a";
        assert_eq!(OidcProvider::url_of(arn, &account), Some("id.example/a"));
        assert_eq!(SamlProvider::name_of(arn, &account), None);
        assert_eq!(SamlProvider::name_of("arn:aws:iam::123456789012:saml-provider/x", &account), Some("x"));
        assert_eq!(SamlProvider::name_of("arn:aws:iam::999999999999:saml-provider/x", &account), None);
    }
}
