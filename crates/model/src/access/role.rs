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

    /// Whether this is its ARN, path and spelling included.
    #[must_use]
    pub fn is_at(&self, arn: &str) -> bool {
        let parts = ["arn:aws:iam::", self.account.as_str(), ":role", &self.path];
        let rest = parts.iter().try_fold(arn, |rest, part| rest.strip_prefix(part));
        rest == Some(self.name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_at_its_arn_and_at_no_other() {
        let role = |path: &str, name: &str| IamRole {
            id: "AROA".into(),
            account: AccountId::parse("123456789012").unwrap(),
            name: name.into(),
            path: path.into(),
            description: None,
            trust: String::new(),
            trust_ids: Vec::new(),
            max_session_secs: MAX_SESSION_DEFAULT_SECS,
            created: Time::default(),
            boundary: None,
            tags: Vec::new(),
            generation: 0,
            last_used: None,
        };
        for known in [role("/", "r"), role("/a/b/", "r"), role("/", "Rr")] {
            assert!(known.is_at(&known.arn()));
            for other in ["arn:aws:iam::123456789012:role/R", "arn:aws:iam::123456789012:role/a/r", "", "r"] {
                assert!(!known.is_at(other), "{other}");
            }
            assert!(!known.is_at(&format!("{}r", known.arn())) && !known.is_at(&known.arn().replace("role", "user")));
        }
        assert!(!role("/", "r").is_at(&role("/a/b/", "r").arn()) && !role("/a/b/", "r").is_at(&role("/", "r").arn()));
    }
}
