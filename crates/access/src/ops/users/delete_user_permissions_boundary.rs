//! Takes the boundary from a user.

use crate::refused::Refused;
use crate::{Access, say, whom};
use contract::Fault;
use contract::iam::delete_user_permissions_boundary::{Input, Output};
use model::Caller;
use store::work;

/// A user without one stays without one.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (account, name) = (caller.account.clone(), input.user_name);
    access
        .store
        .write(work!(|tx, account, name| -> Refused {
            let mut user = whom::user_for_update(tx, account, name).await?;
            user.boundary = None;
            let there = tx.iam_users().save(&user).await?;
            if there { Ok(()) } else { Err(say::no_such_user(name).into()) }
        }))
        .await?;
    Ok(Output {})
}
