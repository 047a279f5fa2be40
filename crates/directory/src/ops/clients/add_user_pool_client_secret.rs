//! Gives an app client a second secret, so that the first can be replaced without a gap.

use crate::{Directory, say};
use contract::Fault;
use contract::cognito_idp::add_user_pool_client_secret::{Input, Output};
use contract::cognito_idp::fault;
use contract::cognito_idp::types::ClientSecretDescriptorType;
use model::{Caller, Client};
use store::work;

/// Whoever brings the secret knows it: only one that was drawn here is told, and only here.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (_, client) = dir.require_client(caller, &input.user_pool_id, input.client_id.reveal()).await?;
    // A public client's apps send no proof: with its first secret they would all be turned away at once.
    if !client.confidential {
        return Err(fault::invalid_parameter(say::PUBLIC_CLIENT_HAS_NO_SECRETS));
    }
    let now = dir.clock.now();
    let drawn = input.client_secret.is_none().then(|| crate::drawn_client_secret(dir));
    let Some(secret) = input.client_secret.as_ref().or(drawn.as_ref()) else {
        return Err(fault::invalid_parameter(say::PUBLIC_CLIENT_HAS_NO_SECRETS));
    };
    let others = dir.accounts.client_secret_rows(&client).await?;
    let id = client.next_secret_id(&others, now);
    let row = dir.accounts.sealed_client_secret(&client, id.clone(), secret, now);
    dir.store
        .write(work!(|tx, client, row| -> Fault {
            let (pool, id) = (&client.pool, &client.id);
            let mut clients = tx.clients();
            clients.get_for_update(pool, id).await?.ok_or_else(|| crate::no_such_client(id.as_str()))?;
            let present = clients.list_secrets(pool, id).await?;
            if present.len() >= Client::SECRETS_MAX {
                return Err(fault::limit_exceeded(say::CLIENT_SECRETS_MAX));
            }
            if present.iter().any(|other| other.id == row.id) {
                return Err(fault::too_many_requests("Too many requests"));
            }
            clients.insert_secret(pool, id, row).await?;
            Ok(())
        }))
        .await?;
    let made = ClientSecretDescriptorType {
        client_secret_id: Some(id),
        client_secret_value: drawn,
        client_secret_create_date: Some(now),
    };
    Ok(Output { client_secret_descriptor: Some(made) })
}
