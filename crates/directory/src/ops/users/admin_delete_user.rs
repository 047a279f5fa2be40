//! Removes a person for good.

use crate::Directory;
use contract::Fault;
use contract::cognito_idp::admin_delete_user::{Input, Output};
use model::Caller;

/// Pool, then person; names, password, codes and sign-ins go with them.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let pool = dir.pool(caller, &input.user_pool_id).await?;
    dir.accounts.admin_delete(&pool, input.username.reveal()).await?;
    Ok(Output {})
}
