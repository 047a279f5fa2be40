//! Lists an app client's secrets: which there are, never what they are.

use crate::{Directory, say};
use contract::Fault;
use contract::cognito_idp::fault;
use contract::cognito_idp::list_user_pool_client_secrets::{Input, Output};
use contract::cognito_idp::types::ClientSecretDescriptorType;
use model::Caller;

/// There are two at most, so there is never a second page, and no token for one is ours.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (_, client) = dir.require_client(caller, &input.user_pool_id, input.client_id.reveal()).await?;
    if input.next_token.is_some() {
        return Err(fault::invalid_parameter(say::INVALID_PAGINATION_TOKEN));
    }
    let rows = dir.accounts.client_secret_rows(&client).await?;
    let described = rows.into_iter().map(|row| ClientSecretDescriptorType {
        client_secret_id: Some(row.id),
        client_secret_value: None,
        client_secret_create_date: Some(row.created),
    });
    Ok(Output { client_secrets: Some(described.collect()), next_token: None })
}
