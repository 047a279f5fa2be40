//! One-time codes that travel by mail or SMS.

use kernel::{Sub, Time, UserPoolId};

/// What a code is good for; one code never serves another purpose (user-pools.md 10.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CodePurpose {
    /// Confirms a sign-up.
    SignUp,
    /// Sets a new password.
    ForgotPassword,
    /// Verifies a changed attribute.
    VerifyAttribute,
}

impl CodePurpose {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignUp => "sign_up",
            Self::ForgotPassword => "forgot_password",
            Self::VerifyAttribute => "verify_attribute",
        }
    }

    /// As stored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::SignUp, Self::ForgotPassword, Self::VerifyAttribute].into_iter().find(|p| p.as_str() == text)
    }
}

/// An outstanding code. A newer one of the same purpose and attribute takes its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// The pool.
    pub pool: UserPoolId,
    /// Whom it was sent to.
    pub sub: Sub,
    /// What it is good for.
    pub purpose: CodePurpose,
    /// Which attribute received it: `email` or `phone_number`.
    pub attribute: String,
    /// Keyed hash of the digits, bound to pool, person, purpose and attribute.
    pub hash: Vec<u8>,
    /// When it was made.
    pub created: Time,
    /// From then on it is no longer good.
    pub expires: Time,
}
