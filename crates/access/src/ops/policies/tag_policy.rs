//! Puts tags on a managed policy.

use crate::refused::Refused;
use crate::{Access, policies, say, tags};
use contract::Fault;
use contract::iam::tag_policy::{Input, Output};
use model::Caller;
use store::work;

/// A key that is there gets the new value; its case does not count.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (account, named, new) = (caller.account.clone(), input.policy_arn, tags::read(input.tags));
    access
        .store
        .write(work!(|tx, account, named, new| -> Refused {
            let policy = policies::require_own_for_update(tx, account, named).await?;
            let tagged = tags::taken(policy.tagged(new.clone()))?;
            let there = tx.iam_policies().save(&tagged).await?;
            if there { Ok(()) } else { Err(say::no_such_policy(named).into()) }
        }))
        .await?;
    Ok(Output {})
}
