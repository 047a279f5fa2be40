//! Takes attributes of a person away; the write lists of clients do not count.

use crate::Directory;
use contract::Fault;
use contract::cognito_idp::admin_delete_user_attributes::{Input, Output};
use model::Caller;

/// Pool, then person; required and immutable ones stay.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let pool = dir.pool(caller, &input.user_pool_id).await?;
    dir.accounts.admin_delete_attributes(&pool, input.username.reveal(), input.user_attribute_names).await?;
    Ok(Output {})
}
