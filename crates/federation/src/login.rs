//! Logins of identity pools (identity-pools.md 4): which provider of the pool vouches for a token, and in whose words it
//! is turned away.

use crate::Federation;
use crate::claims::Claims;
use kernel::{Secret, UserPoolId};
use model::{IdentityPool, Login, Refusal};
use tokens::IdentityClaims;

/// The key in `Logins` of tokens that identity pools here have issued.
pub const OWN_KEY: &str = tokens::identity_token::AWS_NAME;

/// A provider of an identity pool, as a key in `Logins` names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginProvider {
    /// A user pool, of ours or elsewhere.
    UserPool {
        /// Its id, where the key has one.
        pool: Option<UserPoolId>,
        /// Every name it goes by, without a scheme; the canonical one first.
        names: Vec<String>,
        /// App clients whose tokens are taken, and whether revocation is asked about.
        clients: Vec<(String, bool)>,
    },
    /// Google, Apple or an OIDC provider of the account.
    OpenId {
        /// The key: the issuer without its scheme.
        name: String,
        /// The app id of `SupportedLoginProviders`.
        app: Option<String>,
        /// The provider's ARN, where the pool lists one.
        arn: Option<String>,
    },
    /// A provider that can be configured and whose proofs nobody here can check yet.
    Unserved(String),
}

/// A login that is believed.
#[derive(Debug, Clone)]
pub struct VerifiedLogin {
    /// Canonical provider and subject, as identities keep it.
    pub login: Login,
    /// Everything the token says.
    pub claims: Claims,
    /// The client it was made for.
    pub audience: String,
    /// What it adds to `amr`, behind `authenticated`: the provider, and the provider with its detail.
    pub amr: Vec<String>,
    /// Keys of `RoleMappings` it answers to, the canonical one first.
    pub mapping_keys: Vec<String>,
    /// Keys of principal tag maps (`IdentityProviderName`) it answers to, the canonical one first.
    pub provider_names: Vec<String>,
}

/// Why a login is not believed. `Display` is what the caller is told (identity-pools.md 4.1); [`LoginError::reason`] is what
/// the audit line says.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// No provider of the pool has that name, or it knows no such client.
    #[error("Token is not from a supported provider of this identity pool.")]
    NotSupported(String),
    /// The pool has no provider at all, or none for any of the logins.
    #[error("Logins don't match. Please include at least one valid login for this identity or identity pool.")]
    LoginsDontMatch,
    /// No signed token, or one that is no ID token.
    #[error("Invalid login token. Not a valid OpenId Connect identity token.")]
    NotAToken(String),
    /// A claim that every ID token has is missing: an access token lacks `aud`.
    #[error("Invalid login token. Missing a required claim: {0}")]
    MissingClaim(&'static str),
    /// `iss` is not the provider that the key names.
    #[error("Invalid login token. Issuer doesn't match providerName")]
    WrongIssuer(String),
    /// Unknown key, wrong algorithm or wrong signature.
    #[error("Invalid login token. Couldn't verify signed token.")]
    Unverified(String),
    /// Too late, grace included. Only said of authentic tokens.
    #[error("Invalid login token. Token expired: {now_secs} >= {expired_secs}")]
    Expired {
        /// Now.
        now_secs: i64,
        /// Its `exp`.
        expired_secs: i64,
    },
    /// Its `nbf` or `iat` lies in the future.
    #[error("Invalid login token. Token is not valid yet.")]
    NotYet,
    /// Signed out, disabled or deleted since it was issued (ServerSideTokenCheck).
    #[error("Invalid login token. Token is no longer honoured by its issuer.")]
    Ended,
    /// The provider does not answer, or what it publishes cannot be used.
    #[error("The identity provider could not be reached.")]
    Unreachable(String),
    /// A provider whose proofs cannot be checked here yet.
    #[error("{0} is not reachable yet: tokens of this provider cannot be verified here.")]
    NotServed(String),
    /// Something broke on our side.
    #[error("{0}")]
    Unanswered(#[from] Refusal),
}

/// The fault of the contract that a refused login becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginFault {
    /// NotAuthorizedException.
    NotAuthorized,
    /// ExternalServiceException.
    ExternalService,
    /// InternalErrorException.
    Internal,
}

impl LoginError {
    /// Which fault it becomes.
    #[must_use]
    pub const fn fault(&self) -> LoginFault {
        match self {
            Self::Unreachable(_) | Self::NotServed(_) => LoginFault::ExternalService,
            Self::Unanswered(_) => LoginFault::Internal,
            _ => LoginFault::NotAuthorized,
        }
    }

    /// What operators are told: the sentence, and what stands behind it.
    #[must_use]
    pub fn reason(&self) -> String {
        match self {
            Self::NotSupported(why)
            | Self::NotAToken(why)
            | Self::WrongIssuer(why)
            | Self::Unverified(why)
            | Self::Unreachable(why) => format!("{self} ({why})"),
            _ => self.to_string(),
        }
    }

    /// The step of identity-pools.md 4.1 that failed, for explanations.
    #[must_use]
    pub const fn step(&self) -> &'static str {
        match self {
            Self::NotSupported(_) | Self::LoginsDontMatch | Self::NotServed(_) => "provider",
            Self::NotAToken(_) => "form",
            Self::MissingClaim(_) => "claims",
            Self::WrongIssuer(_) => "issuer",
            Self::Unverified(_) | Self::Unreachable(_) => "signature",
            Self::Expired { .. } | Self::NotYet => "lifetime",
            Self::Ended => "revocation",
            Self::Unanswered(_) => "server",
        }
    }
}

impl Federation {
    /// Believes every login of a call, in the order they came, or says why not: one that fails fails all.
    ///
    /// # Errors
    /// The first [`LoginError`].
    pub async fn verify_logins(
        &self,
        pool: &IdentityPool,
        logins: &[(&str, &Secret<String>)],
    ) -> Result<Vec<VerifiedLogin>, LoginError> {
        todo!("{pool:?} {logins:?}")
    }

    /// Believes one login under its key, or says why not, in the order of identity-pools.md 4.1.
    ///
    /// # Errors
    /// [`LoginError`].
    pub async fn verify_login(
        &self,
        pool: &IdentityPool,
        key: &str,
        token: &Secret<String>,
    ) -> Result<VerifiedLogin, LoginError> {
        todo!("{pool:?} {key} {token:?}")
    }

    /// The provider of the pool that a key in `Logins` names; `None` when there is none.
    #[must_use]
    pub fn login_provider(&self, pool: &IdentityPool, key: &str) -> Option<LoginProvider> {
        todo!("{pool:?} {key}")
    }

    /// Believes a token that an identity pool here has issued, under the key [`OWN_KEY`], for this very pool. Whether its
    /// identity is the one that was asked for, and still there, is for the caller to see.
    ///
    /// # Errors
    /// [`LoginError`].
    pub async fn verify_identity_token(
        &self,
        pool: &IdentityPool,
        token: &Secret<String>,
    ) -> Result<IdentityClaims, LoginError> {
        todo!("{pool:?} {token:?}")
    }
}
