//! Managed policies: found by ARN, shown.

use crate::refused::Refused;
use crate::{documents, say, tags};
use contract::iam::types;
use kernel::AccountId;
use model::access::TagList;
use model::{BuiltIn, ManagedPolicy, PolicyArn, PolicyVersion};
use store::Tx;

/// A managed policy, wherever it comes from.
#[derive(Debug, Clone)]
pub enum Found {
    /// One of the service's own.
    BuiltIn(&'static BuiltIn),
    /// One of the account's.
    Account(ManagedPolicy),
}

impl Found {
    /// The version in force.
    pub fn default_version(&self) -> i64 {
        match self {
            Self::BuiltIn(_) => BuiltIn::VERSION,
            Self::Account(policy) => policy.default_version,
        }
    }

    /// A version.
    pub async fn version(&self, tx: &mut Tx, number: i64) -> Result<Option<PolicyVersion>, Refused> {
        match self {
            Self::BuiltIn(policy) => Ok(Some(policy.version()).filter(|version| version.number == number)),
            Self::Account(policy) => Ok(tx.iam_policies().get_version(policy, number).await?),
        }
    }

    /// All versions, newest first.
    pub async fn versions(&self, tx: &mut Tx) -> Result<Vec<PolicyVersion>, Refused> {
        match self {
            Self::BuiltIn(policy) => Ok(vec![policy.version()]),
            Self::Account(policy) => Ok(tx.iam_policies().list_versions(policy).await?),
        }
    }

    /// Its tags; the service's own have none.
    pub fn tags(self) -> TagList {
        match self {
            Self::BuiltIn(_) => TagList::new(),
            Self::Account(policy) => policy.tags,
        }
    }

    /// The policy as answers show it, with how many it is attached to and how many it bounds.
    pub fn shown(self, counts: (i64, i64)) -> types::Policy {
        let (attached, bounded) = counts;
        let version = PolicyVersion::spelled(self.default_version());
        let shown = match self {
            Self::BuiltIn(policy) => types::Policy {
                policy_name: Some(policy.name.to_owned()),
                policy_id: Some(policy.id.to_owned()),
                arn: Some(policy.arn()),
                path: Some("/".to_owned()),
                description: Some(policy.description.to_owned()),
                create_date: Some(policy.created()),
                update_date: Some(policy.created()),
                ..types::Policy::default()
            },
            Self::Account(policy) => types::Policy {
                arn: Some(policy.arn()),
                policy_name: Some(policy.name),
                policy_id: Some(policy.id),
                path: Some(policy.path),
                description: policy.description,
                create_date: Some(policy.created),
                update_date: Some(policy.updated),
                tags: tags::any(policy.tags),
                ..types::Policy::default()
            },
        };
        types::Policy {
            default_version_id: Some(version),
            attachment_count: Some(attached),
            permissions_boundary_usage_count: Some(bounded),
            is_attachable: Some(true),
            ..shown
        }
    }
}

/// The policy an ARN names, if there is one. What is no ARN of a policy is refused as such.
pub async fn find(tx: &mut Tx, account: &AccountId, arn: &str) -> Result<Option<Found>, Refused> {
    match PolicyArn::read(arn, account) {
        PolicyArn::BuiltIn(policy) => Ok(Some(Found::BuiltIn(policy))),
        PolicyArn::Account => Ok(tx.iam_policies().get(account, arn).await?.map(Found::Account)),
        PolicyArn::Elsewhere => Ok(None),
        PolicyArn::Malformed => Err(say::arn_invalid(arn).into()),
    }
}

/// A policy that must be there.
pub async fn require(tx: &mut Tx, account: &AccountId, arn: &str) -> Result<Found, Refused> {
    find(tx, account, arn).await?.ok_or_else(|| say::no_such_policy(arn).into())
}

/// A policy of the account's that must be there, locked until the end of the transaction: for a change that follows.
pub async fn require_own_for_update(tx: &mut Tx, account: &AccountId, arn: &str) -> Result<ManagedPolicy, Refused> {
    match PolicyArn::read(arn, account) {
        PolicyArn::BuiltIn(_) => Err(say::built_in_policy(arn).into()),
        PolicyArn::Account => {
            tx.iam_policies().get_for_update(account, arn).await?.ok_or_else(|| say::no_such_policy(arn).into())
        }
        PolicyArn::Elsewhere => Err(say::no_such_policy(arn).into()),
        PolicyArn::Malformed => Err(say::arn_invalid(arn).into()),
    }
}

/// The number of a version as callers spell it.
pub fn version_number(arn: &str, spelled: &str) -> Result<i64, Refused> {
    PolicyVersion::number_of(spelled).ok_or_else(|| say::no_such_version(arn, spelled).into())
}

/// A version as answers show it. Only GetPolicyVersion and the account's details show the document.
pub fn version_shown(version: PolicyVersion, default: i64, with_document: bool) -> types::PolicyVersion {
    types::PolicyVersion {
        document: with_document.then(|| documents::encoded(&version.document)),
        version_id: Some(PolicyVersion::spelled(version.number)),
        is_default_version: Some(version.number == default),
        create_date: Some(version.created),
    }
}
