//! Shows a managed policy, without its document.

use crate::refused::Refused;
use crate::{Access, policies};
use contract::Fault;
use contract::iam::get_policy::{Input, Output};
use model::Caller;
use store::work;

/// Counted at the moment it is asked.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (account, arn) = (caller.account.clone(), input.policy_arn);
    let (found, counts) = access
        .store
        .read(work!(|tx, account, arn| -> Refused {
            let found = policies::require(tx, account, arn).await?;
            Ok((found, tx.iam_attachments().get_counts(account, arn).await?))
        }))
        .await?;
    Ok(Output { policy: Some(found.shown(counts)) })
}
