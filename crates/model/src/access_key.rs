//! Long-lived access keys that sign administrators' calls.

use kernel::Time;

/// Whether a key may sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessKeyStatus {
    /// It may.
    Active,
    /// It was ended; its row stays so that the id is never given out again.
    Ended,
}

impl AccessKeyStatus {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Ended => "ended",
        }
    }

    /// As stored; everything unknown counts as ended.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        if text == "active" { Self::Active } else { Self::Ended }
    }
}

/// An access key. Its secret is sealed: it must be recoverable, for SigV4 is an HMAC.
#[derive(Debug, Clone)]
pub struct AccessKey {
    /// `AKIA` and sixteen characters.
    pub id: String,
    /// Whose key it is: `root` until IAM users exist.
    pub principal: String,
    /// What the operator wrote beside it.
    pub label: String,
    /// The sealed secret.
    pub sealed_secret: Vec<u8>,
    /// Whether it may sign.
    pub status: AccessKeyStatus,
    /// When it was made.
    pub created: Time,
}
