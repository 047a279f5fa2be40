//! Removes a role that has no policies any more. Its sessions end: there is nothing left to look their rights up by.

use crate::refused::Refused;
use crate::say::{InTheWay, delete_conflict};
use crate::{Access, say, whom};
use contract::Fault;
use contract::iam::delete_role::{Input, Output};
use model::{Caller, Owner};
use store::work;

/// Looked at under the role's lock: nobody attaches anything meanwhile.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (account, name) = (caller.account.clone(), input.role_name);
    access
        .store
        .write(work!(|tx, account, name| -> Refused {
            let owner = Owner::Role(whom::role_for_update(tx, account, name).await?.id);
            if !tx.iam_attachments().list(account, &owner).await?.is_empty() {
                return Err(delete_conflict(InTheWay::Attachments).into());
            }
            if !tx.iam_inline().list(account, &owner).await?.is_empty() {
                return Err(delete_conflict(InTheWay::Inline).into());
            }
            let gone = tx.iam_roles().delete(account, owner.id()).await?;
            if gone { Ok(()) } else { Err(say::no_such_role(name).into()) }
        }))
        .await?;
    Ok(Output {})
}
