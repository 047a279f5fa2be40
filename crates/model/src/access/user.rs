//! Users of the account: administrators and back ends.

use super::names::arn;
use kernel::{AccountId, Time};

/// A user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IamUser {
    /// `AIDA` and seventeen characters.
    pub id: String,
    /// The account.
    pub account: AccountId,
    /// Unique in the account, whatever the case.
    pub name: String,
    /// Begins and ends with a slash.
    pub path: String,
    /// When it was made.
    pub created: Time,
    /// The ARN of the policy that bounds what it may do.
    pub boundary: Option<String>,
    /// Key and value, by key.
    pub tags: Vec<(String, String)>,
    /// Sessions quote it; those of another generation are over.
    pub generation: i64,
}

impl IamUser {
    /// What its unique id begins with.
    pub const PREFIX: &'static str = "AIDA";

    /// `arn:aws:iam::ACCOUNT:user/path/NAME`.
    #[must_use]
    pub fn arn(&self) -> String {
        arn(&self.account, "user", &self.path, &self.name)
    }
}
