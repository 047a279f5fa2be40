//! Sets a person's password, for good or until the next sign-in.

use crate::Directory;
use contract::Fault;
use contract::cognito_idp::admin_set_user_password::{Input, Output};
use model::Caller;

/// The policy is asked; the status does not matter.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let pool = dir.pool(caller, &input.user_pool_id).await?;
    let permanent = input.permanent.unwrap_or(false);
    dir.accounts.admin_set_password(&pool, input.username.reveal(), &input.password, permanent).await?;
    Ok(Output {})
}
