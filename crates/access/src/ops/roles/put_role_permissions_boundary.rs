//! Bounds what a role may do by a managed policy.

use crate::refused::Refused;
use crate::{Access, boundaries, say, whom};
use contract::Fault;
use contract::iam::put_role_permissions_boundary::{Input, Output};
use model::Caller;
use store::work;

/// The policy must be there; another boundary gives way to it.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (account, name, arn) = (caller.account.clone(), input.role_name, input.permissions_boundary);
    access
        .store
        .write(work!(|tx, account, name, arn| -> Refused {
            let mut role = whom::role_for_update(tx, account, name).await?;
            boundaries::check(tx, account, Some(arn)).await?;
            role.boundary = Some(arn.clone());
            let there = tx.iam_roles().save(&role).await?;
            if there { Ok(()) } else { Err(say::no_such_role(name).into()) }
        }))
        .await?;
    Ok(Output {})
}
