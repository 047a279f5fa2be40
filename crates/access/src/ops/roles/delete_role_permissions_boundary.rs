//! Takes the boundary from a role.

use crate::refused::Refused;
use crate::{Access, say, whom};
use contract::Fault;
use contract::iam::delete_role_permissions_boundary::{Input, Output};
use model::Caller;
use store::work;

/// A role without one stays without one.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (account, name) = (caller.account.clone(), input.role_name);
    access
        .store
        .write(work!(|tx, account, name| -> Refused {
            let mut role = whom::role_for_update(tx, account, name).await?;
            role.boundary = None;
            let there = tx.iam_roles().save(&role).await?;
            if there { Ok(()) } else { Err(say::no_such_role(name).into()) }
        }))
        .await?;
    Ok(Output {})
}
