//! Takes a person out of a group.

use crate::Directory;
use contract::Fault;
use contract::cognito_idp::admin_remove_user_from_group::{Input, Output};
use model::Caller;

/// Pool, group, person. Not being in it is fine.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let pool = dir.pool(caller, &input.user_pool_id).await?;
    dir.accounts.admin_leave_group(&pool, input.username.reveal(), &input.group_name).await?;
    Ok(Output {})
}
