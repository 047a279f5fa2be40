//! Switches a person off. Tokens handed out earlier stop being honoured with the same stroke.

use crate::Directory;
use contract::Fault;
use contract::cognito_idp::admin_disable_user::{Input, Output};
use model::Caller;

/// Pool, then person.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let pool = dir.pool(caller, &input.user_pool_id).await?;
    dir.accounts.admin_disable(&pool, input.username.reveal()).await?;
    Ok(Output {})
}
