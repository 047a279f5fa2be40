//! Why a login of an identity pool is not believed, in the words of identity-pools.md 4.1. Clients compare these sentences, so
//! they stand here once.

use crate::ForeignTokenError;
use model::Refusal;
use tokens::IdTokenError;

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

impl From<ForeignTokenError> for LoginError {
    fn from(error: ForeignTokenError) -> Self {
        use ForeignTokenError as E;
        let why = error.to_string();
        match error {
            E::NotAToken => Self::NotAToken(why),
            E::MissingClaim(name) => Self::MissingClaim(name),
            E::WrongIssuer(_) => Self::WrongIssuer(why),
            E::WrongAudience => Self::NotSupported(why),
            E::Expired { now_secs, expired_secs } => Self::Expired { now_secs, expired_secs },
            E::NotYet => Self::NotYet,
            E::UnknownKey | E::BadSignature(_) => Self::Unverified(why),
            E::Ended => Self::Ended,
            E::Unreachable(_) | E::Unusable(_) => Self::Unreachable(why),
            E::Unanswered(refusal) => Self::Unanswered(refusal),
        }
    }
}

impl From<IdTokenError> for LoginError {
    fn from(error: IdTokenError) -> Self {
        ForeignTokenError::from(error).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_09_id_10_id_11_the_sentences_are_those_that_clients_know() {
        let why = || "why".to_owned();
        for (error, sentence) in [
            (LoginError::NotSupported(why()), "Token is not from a supported provider of this identity pool."),
            (
                LoginError::LoginsDontMatch,
                "Logins don't match. Please include at least one valid login for this identity or identity pool.",
            ),
            (LoginError::NotAToken(why()), "Invalid login token. Not a valid OpenId Connect identity token."),
            (LoginError::MissingClaim("aud"), "Invalid login token. Missing a required claim: aud"),
            (LoginError::WrongIssuer(why()), "Invalid login token. Issuer doesn't match providerName"),
            (LoginError::Unverified(why()), "Invalid login token. Couldn't verify signed token."),
            (LoginError::Expired { now_secs: 7, expired_secs: 5 }, "Invalid login token. Token expired: 7 >= 5"),
        ] {
            assert_eq!(error.to_string(), sentence);
            assert_eq!(error.fault(), LoginFault::NotAuthorized, "{sentence}");
        }
    }

    #[test]
    fn the_caller_is_not_told_what_the_operator_is() {
        let error = LoginError::WrongIssuer("issued by https://inside.example".into());
        assert!(!error.to_string().contains("inside") && error.reason().contains("inside"));
        for error in
            [LoginError::Unreachable("10.0.0.1 refused".into()), LoginError::NotServed("www.amazon.com".into())]
        {
            assert_eq!(error.fault(), LoginFault::ExternalService);
            assert!(!error.to_string().contains("10.0.0.1"));
        }
    }
}
