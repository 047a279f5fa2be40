//! Long-lived access keys that sign administrators' calls.

use kernel::entropy::BASE32;
use kernel::{Entropy, EntropyExt, Secret, Time};

/// The principal of the account's own keys.
pub const ROOT: &str = "root";
/// The characters of secrets: those of base64.
const SECRET_ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Whether a key may sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessKeyStatus {
    /// It may.
    Active,
    /// It may not for now.
    Inactive,
    /// It was ended; its row stays so that the id is never given out again.
    Ended,
}

impl AccessKeyStatus {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Ended => "ended",
        }
    }

    /// As stored; everything unknown counts as ended.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "active" => Self::Active,
            "inactive" => Self::Inactive,
            _ => Self::Ended,
        }
    }
}

/// An access key. Its secret is sealed: it must be recoverable, for SigV4 is an HMAC.
#[derive(Debug, Clone)]
pub struct AccessKey {
    /// `AKIA` and sixteen characters.
    pub id: String,
    /// Whose key it is: [`ROOT`], or the unique id of an IAM user.
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

impl AccessKey {
    /// A new id and its secret (credentials-and-iam.md 1).
    #[must_use]
    pub fn draw(entropy: &dyn Entropy) -> (String, Secret<String>) {
        (format!("AKIA{}", entropy.text(BASE32, 16)), Secret::new(entropy.text(SECRET_ALPHABET, 40)))
    }
}

/// When and for what a key last signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessKeyUse {
    /// When.
    pub at: Time,
    /// The service of the signature's scope, `iam`.
    pub service: String,
    /// Its region.
    pub region: String,
}
