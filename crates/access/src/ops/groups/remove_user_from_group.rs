//! Takes a user out of a group.

use crate::refused::Refused;
use crate::{Access, say, whom};
use contract::Fault;
use contract::iam::remove_user_from_group::{Input, Output};
use model::Caller;
use store::work;

/// Who is not in it is refused.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let account = caller.account.clone();
    access
        .store
        .write(work!(|tx, account, input| -> Refused {
            let group = whom::group(tx, account, &input.group_name).await?;
            let user = whom::user(tx, account, &input.user_name).await?;
            let left = tx.iam_groups().leave(account, &user.id, &group.id).await?;
            if left { Ok(()) } else { Err(say::not_a_member(&user.name, &group.name).into()) }
        }))
        .await?;
    Ok(Output {})
}
