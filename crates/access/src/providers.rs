//! Identity providers: found by ARN, and what their parts must look like.

use crate::refused::Refused;
use crate::say;
use contract::Fault;
use kernel::AccountId;
use model::{OidcProvider, Quota, SamlProvider};
use store::Tx;

/// An OIDC provider that must be there.
pub async fn oidc(tx: &mut Tx, account: &AccountId, arn: &str) -> Result<OidcProvider, Refused> {
    let found = tx.iam_providers().get_oidc(account, oidc_url(account, arn)?).await?;
    found.ok_or_else(|| say::no_such_oidc_provider(arn).into())
}

/// The same, locked until the end of the transaction: for a change that follows.
pub async fn oidc_for_update(tx: &mut Tx, account: &AccountId, arn: &str) -> Result<OidcProvider, Refused> {
    let found = tx.iam_providers().get_oidc_for_update(account, oidc_url(account, arn)?).await?;
    found.ok_or_else(|| say::no_such_oidc_provider(arn).into())
}

/// The url an ARN names.
pub fn oidc_url<'a>(account: &AccountId, arn: &'a str) -> Result<&'a str, Fault> {
    OidcProvider::url_of(arn, account).ok_or_else(|| say::arn_invalid(arn))
}

/// A SAML provider that must be there.
pub async fn saml(tx: &mut Tx, account: &AccountId, arn: &str) -> Result<SamlProvider, Refused> {
    let found = tx.iam_providers().get_saml(account, saml_name(account, arn)?).await?;
    found.ok_or_else(|| say::no_such_saml_provider(arn).into())
}

/// The same, locked until the end of the transaction: for a change that follows.
pub async fn saml_for_update(tx: &mut Tx, account: &AccountId, arn: &str) -> Result<SamlProvider, Refused> {
    let found = tx.iam_providers().get_saml_for_update(account, saml_name(account, arn)?).await?;
    found.ok_or_else(|| say::no_such_saml_provider(arn).into())
}

/// The name an ARN names.
pub fn saml_name<'a>(account: &AccountId, arn: &'a str) -> Result<&'a str, Fault> {
    SamlProvider::name_of(arn, account).ok_or_else(|| say::arn_invalid(arn))
}

/// An issuer's url without its scheme. Issuers speak TLS, and nothing stands behind their path.
pub fn issuer(url: &str) -> Result<&str, Fault> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/%+,;=!$&'()*".contains(c);
    let rest = url.strip_prefix("https://").filter(|rest| rest.chars().all(plain));
    let rest = rest.filter(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()));
    rest.ok_or_else(say::url_invalid)
}

/// Audiences, each once, in the order they were given.
pub fn client_ids(given: Vec<String>) -> Result<Vec<String>, Fault> {
    let mut each: Vec<String> = Vec::with_capacity(given.len());
    for id in given {
        if !each.contains(&id) {
            each.push(id);
        }
    }
    let quota = Quota::ClientIdsPerOidcProvider;
    if quota.exceeded_by(each.len()) { Err(say::quota_exceeded(quota)) } else { Ok(each) }
}

/// Thumbprints as they were given.
pub fn thumbprints(given: Vec<String>) -> Result<Vec<String>, Fault> {
    let quota = Quota::ThumbprintsPerOidcProvider;
    if quota.exceeded_by(given.len()) {
        return Err(say::quota_exceeded(quota));
    }
    let digest = |print: &String| print.len() == 40 && print.bytes().all(|b| b.is_ascii_hexdigit());
    if given.iter().all(digest) { Ok(given) } else { Err(say::thumbprint_invalid()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_a_host_with_a_path_behind_tls() {
        for good in ["id.example", "id.example/a/b", "id.example:8443/x", "accounts.google.com/"] {
            assert_eq!(issuer(&format!("https://{good}")).unwrap(), good);
        }
        for bad in [
            "http://id.example",
            "id.example",
            "https://",
            "https:///a",
            "https://a?b",
            "https://a#b",
            "https://u@a",
            "https://a\0",
            "https://ü.example",
        ] {
            assert!(issuer(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn audiences_count_once_and_thumbprints_are_digests() {
        let twice = vec!["b".to_owned(), "a".to_owned(), "b".to_owned()];
        assert_eq!(client_ids(twice).unwrap(), ["b", "a"]);
        assert!(client_ids((0..101).map(|n| n.to_string()).collect()).is_err());
        assert!(thumbprints(vec!["aB".repeat(20); 5]).is_ok());
        assert!(thumbprints(vec!["aB".repeat(20); 6]).is_err());
        assert!(thumbprints(vec!["x".repeat(40)]).is_err());
    }
}
