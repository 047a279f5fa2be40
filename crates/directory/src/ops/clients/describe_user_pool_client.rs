//! Shows an app client, its first secret included.

use crate::{Directory, client_settings};
use contract::Fault;
use contract::cognito_idp::describe_user_pool_client::{Input, Output};
use model::Caller;

/// Reads the rows, never a cache.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (_, client) = dir.require_client(caller, &input.user_pool_id, input.client_id.reveal()).await?;
    let secret = dir.accounts.client_secrets(&client).await?.into_iter().next();
    Ok(Output { user_pool_client: Some(client_settings::described(&client, secret)) })
}
