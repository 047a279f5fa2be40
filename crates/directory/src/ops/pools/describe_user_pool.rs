//! Shows a user pool as it stands in the database.

use crate::{Directory, pool_settings};
use contract::Fault;
use contract::cognito_idp::describe_user_pool::{Input, Output};
use model::Caller;

/// Reads the row, never a cache: whoever has just changed a setting must see it.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (pool, users) = dir.require_pool(caller, &input.user_pool_id).await?;
    Ok(Output { user_pool: Some(pool_settings::described(&pool, users)) })
}
