//! An administrator signs a person out everywhere: every token handed out before ends.

use crate::Directory;
use contract::Fault;
use contract::cognito_idp::admin_user_global_sign_out::{Input, Output};
use model::Caller;

/// Pool, then person; moves the person's generation.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let pool = dir.pool(caller, &input.user_pool_id).await?;
    let user = dir.accounts.admin_get(&pool, input.username.reveal()).await?;
    dir.tokens.end_all(&pool.id, &user.sub).await?;
    Ok(Output {})
}
