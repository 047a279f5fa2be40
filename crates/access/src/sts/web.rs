//! Sign-ins elsewhere, and identities of identity pools here: which provider vouches for a token, and what policies are
//! told about it.

use super::say;
use crate::Access;
use crate::refused::Refused;
use contract::Fault;
use federation::{Federation, ForeignTokenError, Provider, Verified};
use kernel::{AccountId, Secret};
use model::{OidcProvider, SessionIdentity};
use serde_json::Value;
use store::work;
use tokens::PolicyNames;
use tokens::identity_token::{AWS_NAME, IdentityTokens};

/// Claims that become condition keys and stay with the session, beside `sub` and `aud`.
const KEPT: [&str; 3] = ["azp", "email", "amr"];
/// Longest text of a claim that is kept: sessions travel in headers.
const KEPT_CHARS_MAX: usize = 255;
/// Values of one claim that are kept.
const KEPT_VALUES_MAX: usize = 10;

/// A web identity that is believed.
pub struct WebIdentity {
    /// What its token says.
    pub verified: Verified,
    /// Every name of its provider: the issuer without its scheme, and the ARN a provider of this issuer has.
    pub names: Vec<String>,
    /// Condition keys, `<issuer>:sub`, of the trust policy.
    pub keys: Vec<(String, Vec<String>)>,
    /// Those of them that stay with the session.
    pub kept: Vec<(String, Vec<String>)>,
    /// The identity of an identity pool, with which the session ends.
    pub identity: Option<SessionIdentity>,
}

impl Access {
    /// Believes a token of a pool of ours or of a provider of the account.
    pub(crate) async fn web_identity(&self, account: &AccountId, token: &Secret<String>) -> Result<WebIdentity, Fault> {
        let issuer = Federation::claimed_issuer(token).map_err(say::token_refused)?;
        if let Some(names) = self.federation.identity_names(&issuer) {
            return self.pool_identity(account, token, names).await;
        }
        let url = issuer.strip_prefix("https://").or(issuer.strip_prefix("http://")).unwrap_or(&issuer).to_owned();
        let provider = self.provider(account, &url).await?;
        let client_ids = provider.as_ref().map(|provider| provider.client_ids.as_slice());
        let verified = if self.federation.is_own(&issuer) {
            self.federation.verify_own(token, client_ids).await
        } else {
            // Providers speak TLS: the record holds what stands behind https://.
            let named = issuer.starts_with("https://").then_some(client_ids).flatten();
            let client_ids = named.ok_or_else(|| say::no_such_provider(&issuer))?;
            self.federation.verify(token, Provider { issuer: &issuer, client_ids }).await
        };
        let verified = verified.map_err(|error| match error {
            ForeignTokenError::WrongIssuer(_) => say::no_such_provider(&issuer),
            other => say::token_refused(other),
        })?;
        if verified.subject.chars().count() > KEPT_CHARS_MAX {
            return Err(say::subject_too_long());
        }
        let keys = keys(&url, &verified);
        let names = vec![provider_arn(account, &url), url];
        Ok(WebIdentity { verified, names, kept: keys.clone(), keys, identity: None })
    }

    /// Believes a token of an identity pool of the account, whose identity must still be as it was. Trust policies see the
    /// identity under Amazon's name for the issuer and under the deployment's own (identity-pools.md 7); the session keeps
    /// the former alone, for it travels in headers.
    async fn pool_identity(
        &self,
        account: &AccountId,
        token: &Secret<String>,
        known: &PolicyNames,
    ) -> Result<WebIdentity, Fault> {
        let told = self.federation.verify_identity(token).await.map_err(say::token_refused)?;
        let wanted = told.identity.clone();
        let found = self.store.read(work!(|tx, wanted| -> Refused { Ok(tx.identities().get(wanted).await?) })).await?;
        let honoured = found.filter(|found| found.account == *account && told.speaks_for(found));
        let found = honoured.ok_or_else(|| say::token_refused(ForeignTokenError::Ended))?;
        let keys = |names: &[String]| IdentityTokens::condition_keys(names, &told.pool, &told.identity, &told.amr);
        Ok(WebIdentity {
            keys: keys(&known.names),
            kept: keys(&[AWS_NAME.to_owned()]).into_iter().map(|(key, values)| (key, short(values))).collect(),
            names: known.principals.clone(),
            identity: Some(SessionIdentity { id: found.id, generation: found.generation }),
            verified: Verified {
                issuer: told.issuer,
                subject: told.identity.to_string(),
                audience: told.pool.to_string(),
                claims: told.claims,
            },
        })
    }

    async fn provider(&self, account: &AccountId, url: &str) -> Result<Option<OidcProvider>, Fault> {
        let (account, url) = (account.clone(), url.to_owned());
        let found = self
            .store
            .read(work!(|tx, account, url| -> Refused { Ok(tx.iam_providers().get_oidc(account, url).await?) }));
        Ok(found.await?)
    }
}

fn provider_arn(account: &AccountId, url: &str) -> String {
    format!("arn:aws:iam::{account}:oidc-provider/{url}")
}

/// `aud` is the client that the token was made for, which is `azp` where there is one; then `oaud` is the audience.
fn keys(url: &str, verified: &Verified) -> Vec<(String, Vec<String>)> {
    let mut keys = vec![
        (format!("{url}:sub"), vec![verified.subject.clone()]),
        (format!("{url}:aud"), vec![verified.audience.clone()]),
    ];
    let mut keep = |name: &str, value: Option<&Value>| {
        let values = value.map(texts).unwrap_or_default();
        if !values.is_empty() {
            keys.push((format!("{url}:{name}"), values));
        }
    };
    for name in KEPT {
        keep(name, verified.claims.get(name));
    }
    if verified.claims.get("azp").is_some() {
        keep("oaud", verified.claims.get("aud"));
    }
    keys
}

/// The texts of a claim; those too long to be kept are left out, which no policy can take for another value.
fn texts(value: &Value) -> Vec<String> {
    let many = match value {
        Value::Array(values) => values.as_slice(),
        single => std::slice::from_ref(single),
    };
    short(many.iter().filter_map(Value::as_str).map(str::to_owned))
}

fn short(values: impl IntoIterator<Item = String>) -> Vec<String> {
    let short = values.into_iter().filter(|text| text.chars().count() <= KEPT_CHARS_MAX);
    short.take(KEPT_VALUES_MAX).collect()
}

/// The keys as a session keeps them: one line for each value.
pub fn lines(keys: Vec<(String, Vec<String>)>) -> Vec<(String, String)> {
    keys.into_iter().flat_map(|(key, values)| values.into_iter().map(move |value| (key.clone(), value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_a_token_says_becomes_condition_keys_of_its_issuer() {
        let claims = json!({
            "sub": "ana", "aud": "web", "azp": "app", "amr": ["pwd", "otp", 7], "email": "a@b.example",
            "secret": "not for policies", "exp": 7,
        });
        let verified = Verified {
            issuer: "https://id.example/t".into(),
            subject: "ana".into(),
            audience: "app".into(),
            claims: claims.as_object().unwrap().clone().into_iter().collect(),
        };
        let lines = lines(keys("id.example/t", &verified));
        let expected = [
            ("sub", "ana"),
            ("aud", "app"),
            ("azp", "app"),
            ("email", "a@b.example"),
            ("amr", "pwd"),
            ("amr", "otp"),
            ("oaud", "web"),
        ];
        let expected: Vec<_> = expected.iter().map(|(k, v)| (format!("id.example/t:{k}"), (*v).to_owned())).collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn what_is_too_long_to_be_kept_is_left_out() {
        assert!(texts(&json!("x".repeat(256))).is_empty());
        assert_eq!(texts(&json!(vec!["x"; 20])).len(), 10);
        assert!(texts(&json!({ "a": 1 })).is_empty());
    }
}
