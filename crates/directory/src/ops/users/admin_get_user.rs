//! Shows a person to an administrator, all attributes included.

use crate::{Directory, attributes};
use contract::Fault;
use contract::cognito_idp::admin_get_user::{Input, Output};
use kernel::Secret;
use model::Caller;

/// Pool, then person; both as they stand now.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let pool = dir.pool(caller, &input.user_pool_id).await?;
    let user = dir.accounts.admin_get(&pool, input.username.reveal()).await?;
    Ok(Output {
        user_attributes: Some(attributes::all(&user)),
        user_create_date: Some(user.created),
        user_last_modified_date: Some(user.modified),
        enabled: Some(user.enabled()),
        user_status: Some(attributes::status(&user)),
        username: Secret::new(user.username),
        ..Output::default()
    })
}
