//! Tokens of identity pools (identity-pools.md 7): what GetOpenIdToken and GetOpenIdTokenForDeveloperIdentity hand out, and
//! how it is recognised when it comes back. Their issuer is the whole deployment, not a pool.

use crate::openid_keys::OpenIdKeyCache;
use crate::policy_names::{identity_keys, without_scheme};
use crate::{IdTokenError, IssuerStyle, PolicyNames, Tokens};
use crypto::jose::{RsaAlgorithm, Unverified};
use crypto::offload::Turn;
use kernel::{AccountId, IdentityId, IdentityPoolId, Secret, Time};
use model::{Aliases, Claims, Identity, IdentityPool, Refusal};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// The issuer as Amazon spells it. It is believed here however this deployment spells its own, for roles are written for it.
pub const AWS_ISSUER: &str = "https://cognito-identity.amazonaws.com";
/// The name under which roles trust identity pools, in `Federated` and before `:aud`, `:sub` and `:amr`.
pub const AWS_NAME: &str = "cognito-identity.amazonaws.com";
/// The claim that names the pool's ARN.
const POOL_ARN: &str = "https://cognito-identity.amazonaws.com/identity-pool-arn";
/// The claim that carries session tags.
const TAGS: &str = "https://aws.amazon.com/tags";
/// The claim of our own: where the identity stood when the token was made.
const GENERATION: &str = "cognate:generation";
/// How far the clocks of two nodes may be apart, each 30 s from the right time.
const CLOCKS_APART: Duration = Duration::from_secs(60);

/// How tokens of identity pools are issued.
#[derive(Debug, Clone)]
pub struct IdentityIssuing {
    /// Whose keys sign: one server answers for one account.
    pub account: AccountId,
    /// Whether `iss` is the public address or Amazon's literal one (`identity.issuer`).
    pub style: IssuerStyle,
    /// The address clients know the server by.
    pub public_url: String,
    /// RS512 as Amazon does, or RS256 for back-ends that know nothing else.
    pub algorithm: RsaAlgorithm,
}

/// Issues and recognises tokens of identity pools. Cheap to clone.
#[derive(Debug, Clone)]
pub struct IdentityTokens {
    pub(crate) tokens: Tokens,
    pub(crate) account: AccountId,
    pub(crate) algorithm: RsaAlgorithm,
    pub(crate) keys: Arc<OpenIdKeyCache>,
    /// Held by whoever makes a key.
    pub(crate) making: Arc<Mutex<()>>,
    issuer: Arc<str>,
    public_url: Arc<str>,
    policy_names: Arc<PolicyNames>,
}

/// What a token of an identity pool says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityClaims {
    /// Its `iss`.
    pub issuer: String,
    /// Its `sub`. Whether the identity is still there is another question.
    pub identity: IdentityId,
    /// Its `aud`.
    pub pool: IdentityPoolId,
    /// How the identity signed in: `unauthenticated`, or `authenticated` and the providers.
    pub amr: Vec<String>,
    /// Session tags.
    pub tags: Vec<(String, String)>,
    /// The generation of the identity that it was made for; nodes of the release before wrote none.
    pub generation: Option<i64>,
    /// Its `iat`.
    pub issued: Time,
    /// Its `exp`.
    pub expires: Time,
    /// Everything it says.
    pub claims: Claims,
}

impl IdentityClaims {
    /// Whether the identity stands where it stood when the token was made. What is taken from it, a login or its being a
    /// guest's, ends its tokens as it ends its sessions (identity-pools.md 11).
    #[must_use]
    pub fn speaks_for(&self, identity: &Identity) -> bool {
        let told = match self.generation {
            Some(generation) => generation == identity.generation,
            // Of another release: it can be told when nothing was ever taken, or nothing has changed since.
            None => identity.generation == 0 || identity.updated + CLOCKS_APART <= self.issued,
        };
        told && identity.id == self.identity && identity.pool == self.pool && identity.enabled()
    }
}

impl IdentityTokens {
    /// Puts the issuer together.
    #[must_use]
    pub fn new(tokens: Tokens, issuing: IdentityIssuing) -> Self {
        let IdentityIssuing { account, style, public_url, algorithm } = issuing;
        let public_url: Arc<str> = public_url.trim_end_matches('/').into();
        let issuer = match style {
            IssuerStyle::Public => public_url.clone(),
            IssuerStyle::Aws => AWS_ISSUER.into(),
        };
        let policy_names = Arc::new(PolicyNames::of(&account, &public_url));
        let (keys, making) = (Arc::default(), Arc::default());
        Self { tokens, account, algorithm, keys, making, issuer, public_url, policy_names }
    }

    /// `iss` of the tokens made here.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The address under which discovery document and keys are published, without a slash at the end.
    #[must_use]
    pub(crate) fn public_url(&self) -> &str {
        &self.public_url
    }

    /// Whether tokens of this issuer would be tokens of identity pools here: in the deployment's own spelling or Amazon's.
    #[must_use]
    pub fn is_own(&self, issuer: &str) -> bool {
        issuer == AWS_ISSUER || issuer == &*self.public_url
    }

    /// What policies call this issuer.
    #[must_use]
    pub fn policy_names(&self) -> &PolicyNames {
        &self.policy_names
    }

    /// The names that user pools of this deployment go by.
    #[must_use]
    pub fn aliases(&self) -> Aliases {
        Aliases { public_issuer: without_scheme(&self.public_url).to_owned() }
    }

    /// Condition keys of an identity, `<name>:aud`, `:sub` and `:amr`, for each of these names of the issuer.
    #[must_use]
    pub fn condition_keys(
        names: &[String],
        pool: &IdentityPoolId,
        identity: &IdentityId,
        amr: &[String],
    ) -> Vec<(String, Vec<String>)> {
        let of = |name: &String| {
            let [aud, sub, signed_in] = identity_keys(name);
            [(aud, vec![pool.to_string()]), (sub, vec![identity.to_string()]), (signed_in, amr.to_vec())]
        };
        names.iter().flat_map(of).collect()
    }

    /// Signs a token for an identity of a pool, good until something is taken from the identity.
    ///
    /// # Errors
    /// [`Refusal::Busy`] when the signature lane cannot keep its deadline or no key is ready in time.
    pub async fn issue(
        &self,
        pool: &IdentityPool,
        identity: &Identity,
        amr: &[String],
        tags: &[(String, String)],
        lifetime: Duration,
    ) -> Result<Secret<String>, Refusal> {
        let now = self.tokens.clock.now();
        let key = self.signer(now).await?;
        let payload = self.payload(pool, identity, amr, tags, lifetime, now);
        let signed = self.tokens.crypto.sign(Turn::InLine, move || key.sign(&payload));
        let token = signed.await.map_err(|_| Refusal::Busy)?;
        Ok(Secret::new(token.map_err(Refusal::internal)?))
    }

    /// Recognises a token made here: signature, issuer, expiry. The clock that dated it was ours, so there is no grace.
    ///
    /// # Errors
    /// [`IdTokenError`]; never [`IdTokenError::Ended`], for identities are the caller's to look at.
    pub async fn open(&self, token: &Secret<String>) -> Result<IdentityClaims, IdTokenError> {
        let unverified = Unverified::parse(token.reveal()).map_err(|_| IdTokenError::NotAnIdToken)?;
        let hint: Issued =
            serde_json::from_slice(unverified.unverified_payload()).map_err(|_| IdTokenError::NotAnIdToken)?;
        if !self.is_own(&hint.iss) {
            return Err(IdTokenError::NotOurs);
        }
        let keys = self.account_keys().await?;
        let payload = keys.verify(unverified).map_err(|_| IdTokenError::BadSignature)?;
        let claims = read(&payload).ok_or(IdTokenError::NotAnIdToken)?;
        let now = self.tokens.clock.now();
        if claims.expires <= now {
            return Err(IdTokenError::Expired { now_secs: now.secs(), expired_secs: claims.expires.secs() });
        }
        Ok(claims)
    }

    fn payload(
        &self,
        pool: &IdentityPool,
        identity: &Identity,
        amr: &[String],
        tags: &[(String, String)],
        lifetime: Duration,
        now: Time,
    ) -> Vec<u8> {
        let mut claims = json!({
            "sub": identity.id.as_str(),
            "aud": pool.id.as_str(),
            "amr": amr,
            "iss": &*self.issuer,
            POOL_ARN: pool.arn(),
            GENERATION: identity.generation,
            "exp": (now + lifetime).secs(),
            "iat": now.secs(),
        });
        if let Some(claims) = claims.as_object_mut().filter(|_| !tags.is_empty()) {
            let tags: Map<String, Value> = tags.iter().map(|(key, value)| (key.clone(), json!([value]))).collect();
            claims.insert(TAGS.to_owned(), json!({ "principal_tags": tags, "transitive_tag_keys": [] }));
        }
        claims.to_string().into_bytes()
    }
}

#[derive(Deserialize)]
struct Issued {
    iss: String,
}

/// The claims of a token whose signature was verified; `None` for a form that none made here has.
fn read(payload: &[u8]) -> Option<IdentityClaims> {
    let claims: Claims = serde_json::from_slice(payload).ok()?;
    let text = |name: &str| claims.get(name)?.as_str();
    let moment = |name: &str| claims.get(name)?.as_i64().map(Time::from_secs);
    let ways = claims.get("amr")?.as_array()?.iter();
    let amr = ways.map(|way| way.as_str().map(str::to_owned)).collect::<Option<_>>()?;
    Some(IdentityClaims {
        issuer: text("iss")?.to_owned(),
        identity: IdentityId::parse(text("sub")?).ok()?,
        pool: IdentityPoolId::parse(text("aud")?).ok()?,
        amr,
        tags: claims.get(TAGS).map_or_else(|| Some(Vec::new()), read_tags)?,
        generation: claims.get(GENERATION).map_or(Some(None), |claim| claim.as_i64().map(Some))?,
        issued: moment("iat")?,
        expires: moment("exp")?,
        claims,
    })
}

fn read_tags(claim: &Value) -> Option<Vec<(String, String)>> {
    let tags = claim.get("principal_tags")?.as_object()?;
    let one = |(key, values): (&String, &Value)| Some((key.clone(), values.get(0)?.as_str()?.to_owned()));
    tags.iter().map(one).collect()
}
