//! Takes tags from a managed policy.

use crate::refused::Refused;
use crate::{Access, policies, say};
use contract::Fault;
use contract::iam::untag_policy::{Input, Output};
use model::Caller;
use store::work;

/// A key that is not there is passed over.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (account, named, keys) = (caller.account.clone(), input.policy_arn, input.tag_keys);
    access
        .store
        .write(work!(|tx, account, named, keys| -> Refused {
            let policy = policies::require_own_for_update(tx, account, named).await?;
            let there = tx.iam_policies().save(&policy.untagged(keys)).await?;
            if there { Ok(()) } else { Err(say::no_such_policy(named).into()) }
        }))
        .await?;
    Ok(Output {})
}
