//! Changes a person's attributes, flags included; the write lists of clients do not count.

use crate::{Directory, attributes};
use contract::Fault;
use contract::cognito_idp::admin_update_user_attributes::{Input, Output};
use model::Caller;

/// Pool, then person. A changed contact gets a code unless its flag says that it is verified.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let pool = dir.pool(caller, &input.user_pool_id).await?;
    let given = attributes::read(Some(input.user_attributes));
    dir.accounts.admin_update_attributes(&pool, input.username.reveal(), given).await?;
    Ok(Output {})
}
