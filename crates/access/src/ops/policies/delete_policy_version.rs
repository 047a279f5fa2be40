//! Removes a version of a managed policy that is not in force.

use crate::refused::Refused;
use crate::say::{InTheWay, delete_conflict};
use crate::{Access, policies, say};
use contract::Fault;
use contract::iam::delete_policy_version::{Input, Output};
use model::Caller;
use store::work;

/// Its number is not used again.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let account = caller.account.clone();
    access
        .store
        .write(work!(|tx, account, input| -> Refused {
            let policy = policies::require_own_for_update(tx, account, &input.policy_arn).await?;
            let number = policies::version_number(&input.policy_arn, &input.version_id)?;
            if number == policy.default_version {
                return Err(delete_conflict(InTheWay::DefaultVersion).into());
            }
            let gone = tx.iam_policies().delete_version(&policy, number).await?;
            if gone { Ok(()) } else { Err(say::no_such_version(&input.policy_arn, &input.version_id).into()) }
        }))
        .await?;
    Ok(Output {})
}
