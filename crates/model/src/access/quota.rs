//! How much there may be (credentials-and-iam.md 3).

/// A limit that a call may not pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quota {
    /// Access keys of a user that are not ended.
    AccessKeysPerUser,
    /// Groups a user is in.
    GroupsPerUser,
    /// Managed policies attached to a user.
    PoliciesPerUser,
    /// Managed policies attached to a group.
    PoliciesPerGroup,
    /// Managed policies attached to a role.
    PoliciesPerRole,
    /// Versions of a managed policy.
    VersionsPerPolicy,
    /// Size of a managed policy's document.
    PolicySize,
    /// Size of a role's trust policy.
    TrustSize,
    /// Inline policies of a user together.
    InlineSizePerUser,
    /// Inline policies of a group together.
    InlineSizePerGroup,
    /// Inline policies of a role together.
    InlineSizePerRole,
    /// Tags of one thing.
    Tags,
    /// Client ids of an OIDC provider.
    ClientIdsPerOidcProvider,
    /// Thumbprints of an OIDC provider.
    ThumbprintsPerOidcProvider,
}

impl Quota {
    /// How many. Sizes are characters without white space.
    #[must_use]
    pub const fn most(self) -> usize {
        match self {
            Self::AccessKeysPerUser => 2,
            Self::GroupsPerUser | Self::PoliciesPerUser | Self::PoliciesPerGroup | Self::PoliciesPerRole => 10,
            Self::VersionsPerPolicy | Self::ThumbprintsPerOidcProvider => 5,
            Self::PolicySize => 6_144,
            Self::TrustSize | Self::InlineSizePerUser => 2_048,
            Self::InlineSizePerGroup => 5_120,
            Self::InlineSizePerRole => 10_240,
            Self::Tags => 50,
            Self::ClientIdsPerOidcProvider => 100,
        }
    }

    /// As the service's sentences call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AccessKeysPerUser => "AccessKeysPerUser",
            Self::GroupsPerUser => "GroupsPerUser",
            Self::PoliciesPerUser => "PoliciesPerUser",
            Self::PoliciesPerGroup => "PoliciesPerGroup",
            Self::PoliciesPerRole => "PoliciesPerRole",
            Self::VersionsPerPolicy => "VersionsPerPolicy",
            Self::PolicySize => "PolicySize",
            Self::TrustSize => "ACLSizePerRole",
            Self::InlineSizePerUser => "InlinePolicySizePerUser",
            Self::InlineSizePerGroup => "InlinePolicySizePerGroup",
            Self::InlineSizePerRole => "InlinePolicySizePerRole",
            Self::Tags => "TagsPerResource",
            Self::ClientIdsPerOidcProvider => "ClientIdsPerOpenIdConnectProvider",
            Self::ThumbprintsPerOidcProvider => "ThumbprintsPerOpenIdConnectProvider",
        }
    }

    /// Whether so many are too many.
    #[must_use]
    pub const fn exceeded_by(self, count: usize) -> bool {
        count > self.most()
    }
}
