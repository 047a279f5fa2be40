//! Puts a version of a managed policy in force.

use crate::refused::Refused;
use crate::{Access, policies, say};
use contract::Fault;
use contract::iam::set_default_policy_version::{Input, Output};
use model::Caller;
use store::work;

/// Whoever has the policy has this version from now on.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (account, now) = (caller.account.clone(), access.clock.now());
    access
        .store
        .write(work!(|tx, account, input, now| -> Refused {
            let mut policy = policies::require_own_for_update(tx, account, &input.policy_arn).await?;
            let number = policies::version_number(&input.policy_arn, &input.version_id)?;
            if tx.iam_policies().get_version(&policy, number).await?.is_none() {
                return Err(say::no_such_version(&input.policy_arn, &input.version_id).into());
            }
            policy.default_version = number;
            policy.updated = *now;
            let there = tx.iam_policies().save(&policy).await?;
            if there { Ok(()) } else { Err(say::no_such_policy(&input.policy_arn).into()) }
        }))
        .await?;
    Ok(Output {})
}
