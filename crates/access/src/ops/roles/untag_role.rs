//! Takes tags from a role.

use crate::refused::Refused;
use crate::{Access, say, whom};
use contract::Fault;
use contract::iam::untag_role::{Input, Output};
use model::Caller;
use store::work;

/// A key that is not there is passed over.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (account, named, keys) = (caller.account.clone(), input.role_name, input.tag_keys);
    access
        .store
        .write(work!(|tx, account, named, keys| -> Refused {
            let role = whom::role_for_update(tx, account, named).await?;
            let there = tx.iam_roles().save(&role.untagged(keys)).await?;
            if there { Ok(()) } else { Err(say::no_such_role(named).into()) }
        }))
        .await?;
    Ok(Output {})
}
