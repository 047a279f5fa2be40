//! One token, one answer: who issued it, for whom, about whom.

use crate::claims;
use crate::{Federation, ForeignTokenError};
use crypto::jose::{JwtError, Unverified};
use kernel::Secret;
use model::Claims;
use serde::Deserialize;
use tokens::{IdTokenError, IdentityClaims, PolicyNames};

/// An issuer that is trusted, and the clients that its tokens may be made for.
#[derive(Debug, Clone, Copy)]
pub struct Provider<'p> {
    /// The issuer with its scheme, as it stands in tokens and in the discovery document.
    pub issuer: &'p str,
    /// Client ids, also called audiences.
    pub client_ids: &'p [String],
}

/// A token that is believed.
#[derive(Debug, Clone)]
pub struct Verified {
    /// Its `iss`.
    pub issuer: String,
    /// Its `sub`.
    pub subject: String,
    /// The client it was made for: `azp` where it has one, else the entry of `aud` that the provider knows.
    pub audience: String,
    /// Everything it says.
    pub claims: Claims,
}

/// Google's ID tokens may name their issuer without the scheme (identity-pools.md 4).
const GOOGLE: &str = "https://accounts.google.com";

impl Federation {
    /// The issuer that a token claims to be of, to find out who vouches for it. Nothing about it is true yet.
    ///
    /// # Errors
    /// [`ForeignTokenError::NotAToken`], [`ForeignTokenError::MissingClaim`].
    pub fn claimed_issuer(token: &Secret<String>) -> Result<String, ForeignTokenError> {
        #[derive(Deserialize)]
        struct Hint {
            iss: Option<String>,
        }
        let token = Unverified::parse(token.reveal()).map_err(|_| ForeignTokenError::NotAToken)?;
        let hint: Hint =
            serde_json::from_slice(token.unverified_payload()).map_err(|_| ForeignTokenError::NotAToken)?;
        let issuer = hint.iss.ok_or(ForeignTokenError::MissingClaim("iss"))?;
        Ok(if GOOGLE.ends_with(&format!("//{issuer}")) { GOOGLE.to_owned() } else { issuer })
    }

    /// Whether the issuer is one of our own pools' or at least spelled like it.
    #[must_use]
    pub fn is_own(&self, issuer: &str) -> bool {
        self.tokens.pool_of(issuer).is_some()
    }

    /// Believes an ID token of this provider, or says why not. What the issuer publishes is fetched when it must be.
    ///
    /// # Errors
    /// [`ForeignTokenError`].
    pub async fn verify(&self, token: &Secret<String>, provider: Provider<'_>) -> Result<Verified, ForeignTokenError> {
        let issuer = Self::claimed_issuer(token)?;
        if issuer != provider.issuer {
            return Err(ForeignTokenError::WrongIssuer(issuer));
        }
        let token = Unverified::parse(token.reveal()).map_err(|_| ForeignTokenError::NotAToken)?;
        let claims = claims::read(&self.signed(provider.issuer, token).await?)?;
        let audience = claims::audience(&claims, provider.client_ids)?;
        claims::check_times(&claims, self.clock.now())?;
        let (issuer, subject) = (claims::text(&claims, "iss")?.to_owned(), claims::text(&claims, "sub")?.to_owned());
        Ok(Verified { issuer, subject, audience, claims })
    }

    /// The payload of a token, if a key that the issuer publishes signed it.
    pub(crate) async fn signed(&self, issuer: &str, token: Unverified<'_>) -> Result<Vec<u8>, ForeignTokenError> {
        let kid = token.kid().ok_or(ForeignTokenError::UnknownKey)?.to_owned();
        let published = self.issuers.published(issuer, &kid, self.clock.now()).await?;
        let key = published.key(&kid).ok_or(ForeignTokenError::UnknownKey)?;
        token.verify(key).map_err(ForeignTokenError::BadSignature)
    }

    /// Believes an ID token of one of our own pools; nobody is asked by HTTP. With `client_ids`, only tokens made for one
    /// of these clients.
    ///
    /// # Errors
    /// [`ForeignTokenError`].
    pub async fn verify_own(
        &self,
        token: &Secret<String>,
        client_ids: Option<&[String]>,
    ) -> Result<Verified, ForeignTokenError> {
        let bearer = self.tokens.id_bearer(token).await?;
        let audience = bearer.client.id.to_string();
        if client_ids.is_some_and(|ids| !ids.contains(&audience)) {
            return Err(ForeignTokenError::WrongAudience);
        }
        let issuer = claims::text(&bearer.claims, "iss")?.to_owned();
        Ok(Verified { issuer, subject: bearer.user.sub.to_string(), audience, claims: bearer.claims })
    }

    /// What policies call the issuer of identity pools' tokens, when this is it; `None` for others.
    #[must_use]
    pub fn identity_names(&self, issuer: &str) -> Option<&PolicyNames> {
        self.identity_tokens.is_own(issuer).then(|| self.identity_tokens.policy_names())
    }

    /// Believes a token that an identity pool here has issued. Whether its identity is still there is for the caller to see.
    ///
    /// # Errors
    /// [`ForeignTokenError`].
    pub async fn verify_identity(&self, token: &Secret<String>) -> Result<IdentityClaims, ForeignTokenError> {
        Ok(self.identity_tokens.open(token).await?)
    }
}

impl From<IdTokenError> for ForeignTokenError {
    fn from(error: IdTokenError) -> Self {
        match error {
            IdTokenError::NotAnIdToken => Self::NotAToken,
            IdTokenError::NotOurs => Self::WrongIssuer("a pool that is not here".to_owned()),
            IdTokenError::BadSignature => Self::BadSignature(JwtError::BadSignature),
            IdTokenError::Expired { now_secs, expired_secs } => Self::Expired { now_secs, expired_secs },
            IdTokenError::Ended => Self::Ended,
            IdTokenError::Unanswered(refusal) => Self::Unanswered(refusal),
        }
    }
}
