//! Removes a managed policy that nobody has any more, with its last version.

use crate::refused::Refused;
use crate::say::{InTheWay, delete_conflict};
use crate::{Access, policies, say};
use contract::Fault;
use contract::iam::delete_policy::{Input, Output};
use model::Caller;
use store::work;

/// Neither attached to anybody nor bounding them, and no version beside the one in force.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (account, arn) = (caller.account.clone(), input.policy_arn);
    access
        .store
        .write(work!(|tx, account, arn| -> Refused {
            let policy = policies::require_own_for_update(tx, account, arn).await?;
            if tx.iam_attachments().get_counts(account, arn).await? != (0, 0) {
                return Err(delete_conflict(InTheWay::Attached).into());
            }
            if tx.iam_policies().list_versions(&policy).await?.len() > 1 {
                return Err(delete_conflict(InTheWay::Versions).into());
            }
            let gone = tx.iam_policies().delete(&policy).await?;
            if gone { Ok(()) } else { Err(say::no_such_policy(arn).into()) }
        }))
        .await?;
    Ok(Output {})
}
