//! The keys that sign a pool's tokens, and those that sign the tokens of identity pools.

use kernel::{AccountId, Time, UserPoolId};

/// Which tokens a key signs; the two have different keys (tokens.md 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyUse {
    /// ID tokens.
    Id,
    /// Access tokens.
    Access,
}

impl KeyUse {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Id, Self::Access];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Access => "access",
        }
    }

    /// As stored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|u| u.as_str() == text)
    }
}

/// A signing key as stored: the private half sealed, the public half as published.
#[derive(Debug, Clone)]
pub struct SigningKeyRow {
    /// The pool.
    pub pool: UserPoolId,
    /// Key id in the token header and the key set.
    pub kid: String,
    /// Which tokens it signs.
    pub key_use: KeyUse,
    /// Sealed PKCS#8.
    pub sealed: Vec<u8>,
    /// The public JWK, JSON text.
    pub jwk: String,
    /// When it was made.
    pub created: Time,
    /// From then on it signs; published before.
    pub not_before: Time,
    /// From then on it no longer signs; published until its last token has expired.
    pub retired: Option<Time>,
}

impl SigningKeyRow {
    /// Whether the key signs at that moment.
    #[must_use]
    pub fn signs_at(&self, now: Time) -> bool {
        self.not_before <= now && self.retired.is_none_or(|end| now < end)
    }
}

/// A key that signs the tokens of an account's identity pools (identity-pools.md 7), as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenIdKeyRow {
    /// The account.
    pub account: AccountId,
    /// Key id in the token header and the key set.
    pub kid: String,
    /// What it signs with, `RS512`: bound to the key for as long as it lives.
    pub algorithm: String,
    /// Sealed PKCS#8.
    pub sealed: Vec<u8>,
    /// The public JWK, JSON text.
    pub jwk: String,
    /// When it was made.
    pub created: Time,
    /// From then on it signs; published before.
    pub not_before: Time,
    /// From then on it no longer signs; published until its last token has expired.
    pub retired: Option<Time>,
}

impl OpenIdKeyRow {
    /// Whether the key signs at that moment.
    #[must_use]
    pub fn signs_at(&self, now: Time) -> bool {
        self.not_before <= now && self.retired.is_none_or(|end| now < end)
    }
}
