//! Removes a group that has neither users nor policies any more.

use crate::refused::Refused;
use crate::say::{InTheWay, delete_conflict};
use crate::{Access, say, whom};
use contract::Fault;
use contract::iam::delete_group::{Input, Output};
use model::{Caller, Owner};
use store::work;

/// Looked at under the group's lock: nobody joins it meanwhile.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (account, name) = (caller.account.clone(), input.group_name);
    access
        .store
        .write(work!(|tx, account, name| -> Refused {
            let owner = Owner::Group(whom::group_for_update(tx, account, name).await?.id);
            if !tx.iam_groups().list_members(account, owner.id(), "", 1).await?.items.is_empty() {
                return Err(delete_conflict(InTheWay::Membership).into());
            }
            if !tx.iam_attachments().list(account, &owner).await?.is_empty() {
                return Err(delete_conflict(InTheWay::Attachments).into());
            }
            if !tx.iam_inline().list(account, &owner).await?.is_empty() {
                return Err(delete_conflict(InTheWay::Inline).into());
            }
            let gone = tx.iam_groups().delete(account, owner.id()).await?;
            if gone { Ok(()) } else { Err(say::no_such_group(name).into()) }
        }))
        .await?;
    Ok(Output {})
}
