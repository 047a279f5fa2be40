//! Removes a user that has nothing any more: no keys, no policies, no groups.

use crate::refused::Refused;
use crate::say::{InTheWay, delete_conflict};
use crate::{Access, say, whom};
use contract::Fault;
use contract::iam::delete_user::{Input, Output};
use kernel::AccountId;
use model::{Caller, Owner};
use store::{Tx, work};

/// Looked at under the user's lock: nobody makes a key for it meanwhile, so that none outlives its user.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (account, name) = (caller.account.clone(), input.user_name);
    access
        .store
        .write(work!(|tx, account, name| -> Refused {
            let owner = Owner::User(whom::user_for_update(tx, account, name).await?.id);
            if let Some(what) = in_the_way(tx, account, &owner).await? {
                return Err(delete_conflict(what).into());
            }
            let gone = tx.iam_users().delete(account, owner.id()).await?;
            if gone { Ok(()) } else { Err(say::no_such_user(name).into()) }
        }))
        .await?;
    Ok(Output {})
}

async fn in_the_way(tx: &mut Tx, account: &AccountId, owner: &Owner) -> Result<Option<InTheWay>, Refused> {
    Ok(if !tx.access_keys().list_of(owner.id()).await?.is_empty() {
        Some(InTheWay::Keys)
    } else if !tx.iam_attachments().list(account, owner).await?.is_empty() {
        Some(InTheWay::Attachments)
    } else if !tx.iam_inline().list(account, owner).await?.is_empty() {
        Some(InTheWay::Inline)
    } else if !tx.iam_groups().list_of(account, owner.id()).await?.is_empty() {
        Some(InTheWay::Membership)
    } else {
        None
    })
}
