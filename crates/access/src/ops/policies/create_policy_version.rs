//! Adds a version to a managed policy, in force at once where that is asked for.

use crate::refused::Refused;
use crate::{Access, policies, say};
use contract::Fault;
use contract::iam::create_policy_version::{Input, Output};
use model::{Caller, PolicyVersion, Quota};
use store::work;

/// Counted under the policy's lock, so that racers do not pass the quota; numbers are never used twice.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    access.check_managed(&input.policy_document)?;
    let (account, now) = (caller.account.clone(), access.clock.now());
    let (version, default) = access
        .store
        .write(work!(|tx, account, input, now| -> Refused {
            let mut policy = policies::require_own_for_update(tx, account, &input.policy_arn).await?;
            let present = tx.iam_policies().list_versions(&policy).await?.len();
            if Quota::VersionsPerPolicy.exceeded_by(present + 1) {
                return Err(say::versions_exceeded().into());
            }
            policy.newest_version += 1;
            policy.updated = *now;
            let version =
                PolicyVersion { number: policy.newest_version, document: input.policy_document.clone(), created: *now };
            if input.set_as_default == Some(true) {
                policy.default_version = version.number;
            }
            tx.iam_policies().insert_version(&policy, &version).await?;
            tx.iam_policies().save(&policy).await?;
            Ok((version, policy.default_version))
        }))
        .await?;
    Ok(Output { policy_version: Some(policies::version_shown(version, default, false)) })
}
