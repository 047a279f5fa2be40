//! Managed policies and their versions.

use super::names::arn;
use kernel::{AccountId, Time};

/// A managed policy of the account. Name and path never change, so its ARN names it for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagedPolicy {
    /// `ANPA` and seventeen characters.
    pub id: String,
    /// The account.
    pub account: AccountId,
    /// Unique in the account, whatever the case.
    pub name: String,
    /// Begins and ends with a slash.
    pub path: String,
    /// What it is for.
    pub description: Option<String>,
    /// The version in force.
    pub default_version: i64,
    /// The last version that was made; numbers are never used twice.
    pub newest_version: i64,
    /// When it was made.
    pub created: Time,
    /// When its versions last changed.
    pub updated: Time,
    /// Key and value, by key.
    pub tags: Vec<(String, String)>,
}

impl ManagedPolicy {
    /// What its unique id begins with.
    pub const PREFIX: &'static str = "ANPA";

    /// `arn:aws:iam::ACCOUNT:policy/path/NAME`.
    #[must_use]
    pub fn arn(&self) -> String {
        arn(&self.account, "policy", &self.path, &self.name)
    }
}

/// A version of a managed policy. It never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyVersion {
    /// From one.
    pub number: i64,
    /// The document as it was written.
    pub document: String,
    /// When it was made.
    pub created: Time,
}

impl PolicyVersion {
    /// The number as the wire spells it, `v3`.
    #[must_use]
    pub fn spelled(number: i64) -> String {
        format!("v{number}")
    }

    /// Reads the wire's spelling.
    #[must_use]
    pub fn number_of(spelled: &str) -> Option<i64> {
        let digits = spelled.strip_prefix('v').filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
        digits.parse().ok().filter(|number| Self::spelled(*number) == spelled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_versions_number_has_one_spelling() {
        assert_eq!(PolicyVersion::number_of(&PolicyVersion::spelled(12)), Some(12));
        for bad in ["", "v", "12", "v012", "v+1", "V1", "v1.2", "v99999999999999999999"] {
            assert_eq!(PolicyVersion::number_of(bad), None, "{bad}");
        }
    }
}
