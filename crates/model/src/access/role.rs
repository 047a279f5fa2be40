//! Roles: what somebody may become for a while.

use super::names::arn;
use kernel::{AccountId, Time};

/// How long a session of a role may last where nobody says.
pub const MAX_SESSION_DEFAULT_SECS: i64 = 3600;

/// A role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IamRole {
    /// `AROA` and seventeen characters.
    pub id: String,
    /// The account.
    pub account: AccountId,
    /// Unique in the account, whatever the case.
    pub name: String,
    /// Begins and ends with a slash.
    pub path: String,
    /// What it is for.
    pub description: Option<String>,
    /// Who may take it: the policy document as it was written.
    pub trust: String,
    /// Which users, roles and sessions it names: the ARN, and the unique id behind it when the policy was written. One
    /// made anew under an old name is somebody else.
    pub trust_ids: Vec<(String, String)>,
    /// Longest session.
    pub max_session_secs: i64,
    /// When it was made.
    pub created: Time,
    /// The ARN of the policy that bounds what it may do.
    pub boundary: Option<String>,
    /// Key and value, by key.
    pub tags: Vec<(String, String)>,
    /// Sessions quote it; those of another generation are over.
    pub generation: i64,
    /// When and in which region it was last used.
    pub last_used: Option<(Time, String)>,
}

impl IamRole {
    /// What its unique id begins with.
    pub const PREFIX: &'static str = "AROA";

    /// `arn:aws:iam::ACCOUNT:role/path/NAME`.
    #[must_use]
    pub fn arn(&self) -> String {
        arn(&self.account, "role", &self.path, &self.name)
    }
}
