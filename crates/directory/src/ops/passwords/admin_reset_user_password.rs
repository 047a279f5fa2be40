//! Makes a person's password useless and sends them a code for a new one.

use crate::Directory;
use contract::Fault;
use contract::cognito_idp::admin_reset_user_password::{Input, Output};
use model::Caller;

/// Pool, then person; somebody without a verified contact keeps the password.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let pool = dir.pool(caller, &input.user_pool_id).await?;
    dir.accounts.admin_reset_password(&pool, input.username.reveal()).await?;
    Ok(Output {})
}
