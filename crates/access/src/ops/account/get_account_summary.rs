//! Counts what the account has, and tells the quotas that are held.

use crate::Access;
use crate::refused::Refused;
use contract::Fault;
use contract::iam::get_account_summary::{Input, Output};
use indexmap::IndexMap;
use model::access_key::ROOT;
use model::{Caller, Quota};
use store::work;

/// The quotas by the names of this summary.
const QUOTAS: [(&str, Quota); 11] = [
    ("AccessKeysPerUserQuota", Quota::AccessKeysPerUser),
    ("AssumeRolePolicySizeQuota", Quota::TrustSize),
    ("AttachedPoliciesPerGroupQuota", Quota::PoliciesPerGroup),
    ("AttachedPoliciesPerRoleQuota", Quota::PoliciesPerRole),
    ("AttachedPoliciesPerUserQuota", Quota::PoliciesPerUser),
    ("GroupPolicySizeQuota", Quota::InlineSizePerGroup),
    ("GroupsPerUserQuota", Quota::GroupsPerUser),
    ("PolicySizeQuota", Quota::PolicySize),
    ("RolePolicySizeQuota", Quota::InlineSizePerRole),
    ("UserPolicySizeQuota", Quota::InlineSizePerUser),
    ("VersionsPerPolicyQuota", Quota::VersionsPerPolicy),
];

/// What nobody can have here, and so has none of.
const NONE_OF: [&str; 7] = [
    "AccountMFAEnabled",
    "AccountSigningCertificatesPresent",
    "InstanceProfiles",
    "MFADevices",
    "MFADevicesInUse",
    "ServerCertificates",
    "AccountPasswordPresent",
];

/// How many users, groups and so on there may be is not bounded, so no quota of theirs is told.
pub async fn run(access: &Access, caller: &Caller, _input: Input) -> Result<Output, Fault> {
    let account = caller.account.clone();
    let counted: Vec<(&str, i64)> = access
        .store
        .read(work!(|tx, account| -> Refused {
            let root_keys = !tx.access_keys().list_of(ROOT).await?.is_empty();
            Ok(vec![
                ("Users", tx.iam_users().get_count(account).await?),
                ("Groups", tx.iam_groups().get_count(account).await?),
                ("Roles", tx.iam_roles().get_count(account).await?),
                ("Policies", tx.iam_policies().get_count(account).await?),
                ("PolicyVersionsInUse", tx.iam_policies().get_version_count(account).await?),
                ("Providers", tx.iam_providers().get_count(account).await?),
                ("AccountAccessKeysPresent", i64::from(root_keys)),
            ])
        }))
        .await?;
    let quotas = QUOTAS.iter().map(|(name, quota)| (*name, i64::try_from(quota.most()).unwrap_or(i64::MAX)));
    let all = counted.into_iter().chain(quotas).chain(NONE_OF.map(|name| (name, 0)));
    let summary: IndexMap<String, i64> = all.map(|(name, count)| (name.to_owned(), count)).collect();
    Ok(Output { summary_map: Some(summary) })
}
