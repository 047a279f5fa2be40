//! Groups of users: policies that several share.

use super::names::arn;
use kernel::{AccountId, Time};

/// A group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IamGroup {
    /// `AGPA` and seventeen characters.
    pub id: String,
    /// The account.
    pub account: AccountId,
    /// Unique in the account, whatever the case.
    pub name: String,
    /// Begins and ends with a slash.
    pub path: String,
    /// When it was made.
    pub created: Time,
}

impl IamGroup {
    /// What its unique id begins with.
    pub const PREFIX: &'static str = "AGPA";

    /// `arn:aws:iam::ACCOUNT:group/path/NAME`.
    #[must_use]
    pub fn arn(&self) -> String {
        arn(&self.account, "group", &self.path, &self.name)
    }
}
