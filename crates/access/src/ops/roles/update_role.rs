//! Changes a role's description or longest session.

use crate::refused::Refused;
use crate::{Access, roles, say, whom};
use contract::Fault;
use contract::iam::update_role::{Input, Output};
use model::Caller;
use store::work;

/// What is not given stays.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let account = caller.account.clone();
    access
        .store
        .write(work!(|tx, account, input| -> Refused {
            let mut role = whom::role_for_update(tx, account, &input.role_name).await?;
            if input.description.is_some() {
                role.description = roles::described(input.description.clone());
            }
            role.max_session_secs = input.max_session_duration.unwrap_or(role.max_session_secs);
            let there = tx.iam_roles().save(&role).await?;
            if there { Ok(()) } else { Err(say::no_such_role(&input.role_name).into()) }
        }))
        .await?;
    Ok(Output {})
}
