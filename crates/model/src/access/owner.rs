//! Whose policies.

use super::Quota;

/// Who has inline policies and attachments, by unique id. The id alone tells the kind, so rows need no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// A user.
    User(String),
    /// A group.
    Group(String),
    /// A role.
    Role(String),
}

impl Owner {
    /// The unique id.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::User(id) | Self::Group(id) | Self::Role(id) => id,
        }
    }

    /// How many managed policies may be attached.
    #[must_use]
    pub const fn attachments(&self) -> Quota {
        match self {
            Self::User(_) => Quota::PoliciesPerUser,
            Self::Group(_) => Quota::PoliciesPerGroup,
            Self::Role(_) => Quota::PoliciesPerRole,
        }
    }

    /// How much inline policies may hold together.
    #[must_use]
    pub const fn inline(&self) -> Quota {
        match self {
            Self::User(_) => Quota::InlineSizePerUser,
            Self::Group(_) => Quota::InlineSizePerGroup,
            Self::Role(_) => Quota::InlineSizePerRole,
        }
    }
}
