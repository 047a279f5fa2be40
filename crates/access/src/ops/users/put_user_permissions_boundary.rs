//! Bounds what a user may do by a managed policy.

use crate::refused::Refused;
use crate::{Access, boundaries, say, whom};
use contract::Fault;
use contract::iam::put_user_permissions_boundary::{Input, Output};
use model::Caller;
use store::work;

/// The policy must be there; another boundary gives way to it.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (account, name, arn) = (caller.account.clone(), input.user_name, input.permissions_boundary);
    access
        .store
        .write(work!(|tx, account, name, arn| -> Refused {
            let mut user = whom::user_for_update(tx, account, name).await?;
            boundaries::check(tx, account, Some(arn)).await?;
            user.boundary = Some(arn.clone());
            let there = tx.iam_users().save(&user).await?;
            if there { Ok(()) } else { Err(say::no_such_user(name).into()) }
        }))
        .await?;
    Ok(Output {})
}
