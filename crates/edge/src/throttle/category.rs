//! Which operations share a bucket, and how much it holds (user-pools.md 20, security-messaging.md 10, additions-2026.md 2).

/// A request category of the service. UserFederation is missing: none of its requests comes through this door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Category {
    UserAuthentication,
    /// Answers to challenges: three times UserAuthentication of their own.
    ChallengeAnswer,
    UserCreation,
    UserAccountRecovery,
    UserRead,
    UserUpdate,
    UserToken,
    UserResourceRead,
    UserResourceUpdate,
    UserList,
    UserPoolRead,
    UserPoolUpdate,
    UserPoolResourceRead,
    UserPoolResourceUpdate,
    UserPoolClientRead,
    UserPoolClientUpdate,
    ClientAuthentication,
    LimitManagement,
}

use Category as C;

/// Every category: requests per second, and the operations that draw on it. In the order of the enum.
/// An operation that stands nowhere here is in no category of the service and is never refused.
pub(super) const CATEGORIES: [(Category, u32, &[&str]); 18] = [
    (
        C::UserAuthentication,
        120,
        &["AdminInitiateAuth", "GetDerivedToken", "GetTokensFromRefreshToken", "InitiateAuth"],
    ),
    (C::ChallengeAnswer, 360, &["AdminRespondToAuthChallenge", "RespondToAuthChallenge"]),
    (C::UserCreation, 50, &["AdminConfirmSignUp", "AdminCreateUser", "ConfirmSignUp", "SignUp"]),
    (
        C::UserAccountRecovery,
        30,
        &[
            "AdminResetUserPassword",
            "AdminSetUserPassword",
            "ChangePassword",
            "ConfirmForgotPassword",
            "ForgotPassword",
        ],
    ),
    (C::UserRead, 120, &["AdminGetUser", "AdminGetUserAuthFactors", "GetUser"]),
    (
        C::UserUpdate,
        25,
        &[
            "AdminAddUserToGroup",
            "AdminDeleteUser",
            "AdminDeleteUserAttributes",
            "AdminDisableProviderForUser",
            "AdminDisableUser",
            "AdminEnableUser",
            "AdminLinkProviderForUser",
            "AdminRemoveUserFromGroup",
            "AdminUpdateUserAttributes",
            "AdminUserGlobalSignOut",
            "DeleteUser",
            "DeleteUserAttributes",
            "GlobalSignOut",
            "UpdateUserAttributes",
            "VerifyUserAttribute",
        ],
    ),
    (C::UserToken, 120, &["RevokeToken"]),
    (
        C::UserResourceRead,
        50,
        &[
            "AdminGetDevice",
            "AdminListDevices",
            "AdminListGroupsForUser",
            "AdminListUserAuthEvents",
            "AdminListUserSessions",
            "GetDevice",
            "GetUserAttributeVerificationCode",
            "ListDevices",
            "ListUserSessions",
            "ResendConfirmationCode",
        ],
    ),
    (
        C::UserResourceUpdate,
        25,
        &[
            "AdminDeleteSoftwareToken",
            "AdminForgetDevice",
            "AdminRevokeUserSession",
            "AdminSetUserMFAPreference",
            "AdminSetUserSettings",
            "AdminUpdateAuthEventFeedback",
            "AdminUpdateDeviceStatus",
            "AssociateSoftwareToken",
            "ConfirmDevice",
            "ForgetDevice",
            "RevokeUserSession",
            "SetUserMFAPreference",
            "SetUserSettings",
            "UpdateAuthEventFeedback",
            "UpdateDeviceStatus",
            "VerifySoftwareToken",
        ],
    ),
    (C::UserList, 30, &["ListUsers", "ListUsersInGroup"]),
    (
        C::UserPoolRead,
        15,
        &["DescribeUserPool", "GetUserPoolSessionConfiguration", "ListUserPoolReplicas", "ListUserPools"],
    ),
    (
        C::UserPoolUpdate,
        15,
        &[
            "CreateUserPool",
            "CreateUserPoolReplica",
            "DeleteUserPool",
            "DeleteUserPoolReplica",
            "SetUserPoolSessionConfiguration",
            "UpdateUserPool",
            "UpdateUserPoolReplica",
        ],
    ),
    (
        C::UserPoolResourceRead,
        20,
        &[
            "DescribeIdentityProvider",
            "DescribeManagedLoginBranding",
            "DescribeManagedLoginBrandingByClient",
            "DescribeResourceServer",
            "DescribeRiskConfiguration",
            "DescribeTermsByClient",
            "DescribeUserImportJob",
            "DescribeUserPoolDomain",
            "GetCSVHeader",
            "GetGroup",
            "GetIdentityProviderByIdentifier",
            "GetUICustomization",
            "GetUserPoolMfaConfig",
            "ListGroups",
            "ListIdentityProviders",
            "ListResourceServers",
            "ListTagsForResource",
            "ListUserImportJobs",
        ],
    ),
    (
        C::UserPoolResourceUpdate,
        15,
        &[
            "CreateGroup",
            "CreateIdentityProvider",
            "CreateManagedLoginBranding",
            "CreateResourceServer",
            "CreateUserImportJob",
            "CreateUserPoolDomain",
            "DeleteGroup",
            "DeleteIdentityProvider",
            "DeleteManagedLoginBranding",
            "DeleteResourceServer",
            "DeleteUserPoolDomain",
            "SetRiskConfiguration",
            "SetUICustomization",
            "SetUserPoolMfaConfig",
            "StartUserImportJob",
            "StopUserImportJob",
            "TagResource",
            "UntagResource",
            "UpdateGroup",
            "UpdateIdentityProvider",
            "UpdateManagedLoginBranding",
            "UpdateResourceServer",
            "UpdateUserPoolDomain",
        ],
    ),
    (
        C::UserPoolClientRead,
        15,
        &[
            "DescribeUserPoolClient",
            "GetUserPoolClientSessionConfiguration",
            "ListUserPoolClientSecrets",
            "ListUserPoolClients",
        ],
    ),
    (
        C::UserPoolClientUpdate,
        15,
        &[
            "AddUserPoolClientSecret",
            "CreateUserPoolClient",
            "DeleteUserPoolClient",
            "DeleteUserPoolClientSecret",
            "SetUserPoolClientSessionConfiguration",
            "UpdateUserPoolClient",
        ],
    ),
    (C::ClientAuthentication, 150, &["GetClientToken"]),
    (C::LimitManagement, 1, &["GetProvisionedLimit", "UpdateProvisionedLimit"]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use contract::cognito_idp::operations::OPERATIONS;
    use std::collections::HashSet;

    #[test]
    fn up_46_every_operation_of_a_category_exists_and_stands_in_one_only() {
        let known: HashSet<&str> = OPERATIONS.iter().map(|meta| meta.name).collect();
        let mut seen = HashSet::new();
        for (at, (category, rps, operations)) in CATEGORIES.iter().enumerate() {
            assert_eq!(*category as usize, at, "a category's place in the table is its bucket");
            assert!(*rps > 0 && !operations.is_empty(), "{category:?}");
            for name in *operations {
                assert!(known.contains(name), "{name} is no operation");
                assert!(seen.insert(*name), "{name} stands in two categories");
            }
        }
    }

    /// An operation that is added to the contract asks here for a decision.
    #[test]
    fn up_46_the_operations_without_a_category_are_these() {
        let named: HashSet<&str> =
            CATEGORIES.iter().flat_map(|(_, _, operations)| operations.iter().copied()).collect();
        let free: Vec<&str> = OPERATIONS.iter().map(|meta| meta.name).filter(|name| !named.contains(name)).collect();
        let expected = [
            "AddCustomAttributes",
            "CompleteWebAuthnRegistration",
            "CreateTerms",
            "DeleteTerms",
            "DeleteWebAuthnCredential",
            "DescribeTerms",
            "GetLogDeliveryConfiguration",
            "GetSigningCertificate",
            "GetUserAuthFactors",
            "ListTerms",
            "ListWebAuthnCredentials",
            "SetLogDeliveryConfiguration",
            "StartWebAuthnRegistration",
            "UpdateTerms",
        ];
        assert_eq!(free, expected);
    }
}
