//! Shows how a user pool asks for a second factor.

use crate::{Directory, mfa_settings};
use contract::Fault;
use contract::cognito_idp::get_user_pool_mfa_config::{Input, Output};
use model::Caller;

/// Reads the row, never a cache.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (pool, _) = dir.require_pool(caller, &input.user_pool_id).await?;
    Ok(mfa_settings::described(&pool))
}
