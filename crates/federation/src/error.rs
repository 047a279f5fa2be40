//! Why a foreign token is not believed. Services word it each in their own way; the texts here are for operators.

use model::Refusal;

/// Why a foreign token is not believed.
#[derive(Debug, thiserror::Error)]
pub enum ForeignTokenError {
    /// Not a signed token, or one whose claims have no sensible form.
    #[error("not a signed token with claims")]
    NotAToken,
    /// A claim that every ID token has is missing.
    #[error("the claim {0} is missing")]
    MissingClaim(&'static str),
    /// Its issuer is not the one that was expected.
    #[error("issued by {0}")]
    WrongIssuer(String),
    /// It was made for somebody else.
    #[error("made for somebody else")]
    WrongAudience,
    /// Too late. Only said of authentic tokens.
    #[error("expired at {expired_secs}, and it is {now_secs}")]
    Expired {
        /// Now.
        now_secs: i64,
        /// Its `exp`.
        expired_secs: i64,
    },
    /// Its `nbf` or `iat` lies in the future.
    #[error("not good yet")]
    NotYet,
    /// No key of that name is published, or none is named.
    #[error("signed with a key that the issuer does not publish")]
    UnknownKey,
    /// The signature or its algorithm is not the key's.
    #[error("the signature does not fit: {0}")]
    BadSignature(crypto::jose::JwtError),
    /// A token of ours whose person, client or sign-in is no more.
    #[error("ended since it was issued")]
    Ended,
    /// The issuer does not answer, or nobody may ask it.
    #[error("{0}")]
    Unreachable(String),
    /// What the issuer publishes cannot be used.
    #[error("{0}")]
    Unusable(String),
    /// Something broke on our side.
    #[error(transparent)]
    Unanswered(#[from] Refusal),
}
