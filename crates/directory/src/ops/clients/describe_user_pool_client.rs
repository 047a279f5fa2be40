//! Shows an app client, the secret it was made with included.

use crate::{Directory, client_settings};
use contract::Fault;
use contract::cognito_idp::describe_user_pool_client::{Input, Output};
use model::Caller;

/// Reads the rows, never a cache.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (_, client) = dir.require_client(caller, &input.user_pool_id, input.client_id.reveal()).await?;
    let secret = dir.accounts.original_client_secret(&client).await?;
    Ok(Output { user_pool_client: Some(client_settings::described(&client, secret)) })
}
