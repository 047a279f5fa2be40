//! Changes a role's description alone.

use crate::refused::Refused;
use crate::{Access, roles, say, trust, whom};
use contract::Fault;
use contract::iam::update_role_description::{Input, Output};
use model::Caller;
use store::work;

/// An empty one takes the description away.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let account = caller.account.clone();
    let role = access
        .store
        .write(work!(|tx, account, input| -> Refused {
            let mut role = whom::role_for_update(tx, account, &input.role_name).await?;
            role.description = roles::described(Some(input.description.clone()));
            let there = tx.iam_roles().save(&role).await?;
            if !there {
                return Err(say::no_such_role(&input.role_name).into());
            }
            trust::as_it_stands(tx, role).await
        }))
        .await?;
    Ok(Output { role: Some(roles::shown(role)) })
}
