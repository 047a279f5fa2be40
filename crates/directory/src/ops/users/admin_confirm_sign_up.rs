//! Confirms a sign-up without a code; nothing is verified by it.

use crate::Directory;
use contract::Fault;
use contract::cognito_idp::admin_confirm_sign_up::{Input, Output};
use model::Caller;

/// Pool, then person.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let pool = dir.pool(caller, &input.user_pool_id).await?;
    dir.accounts.admin_confirm(&pool, input.username.reveal()).await?;
    Ok(Output {})
}
