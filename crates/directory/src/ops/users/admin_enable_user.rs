//! Lets a person in again; the tokens that ended when they were switched off stay ended.

use crate::Directory;
use contract::Fault;
use contract::cognito_idp::admin_enable_user::{Input, Output};
use model::Caller;

/// Pool, then person.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let pool = dir.pool(caller, &input.user_pool_id).await?;
    dir.accounts.admin_enable(&pool, input.username.reveal()).await?;
    Ok(Output {})
}
