//! Puts a person into a group.

use crate::Directory;
use contract::Fault;
use contract::cognito_idp::admin_add_user_to_group::{Input, Output};
use model::Caller;

/// Pool, group, person. Being in it already is fine; tokens tell of it from the next sign-in or refresh on.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let pool = dir.pool(caller, &input.user_pool_id).await?;
    dir.accounts.admin_join_group(&pool, input.username.reveal(), &input.group_name).await?;
    Ok(Output {})
}
