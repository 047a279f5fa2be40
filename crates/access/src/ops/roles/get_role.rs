//! Shows a role.

use crate::refused::Refused;
use crate::{Access, roles, trust, whom};
use contract::Fault;
use contract::iam::get_role::{Input, Output};
use contract::iam::types::Role;
use model::Caller;
use store::work;

/// The one place where a role's last use is shown.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (account, name) = (caller.account.clone(), input.role_name);
    let role = access
        .store
        .read(work!(|tx, account, name| -> Refused {
            let role = whom::role(tx, account, name).await?;
            trust::as_it_stands(tx, role).await
        }))
        .await?;
    let role_last_used = Some(roles::last_used(&role));
    Ok(Output { role: Role { role_last_used, ..roles::shown(role) } })
}
