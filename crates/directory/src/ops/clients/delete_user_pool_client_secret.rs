//! Ends one of an app client's two secrets: what proves itself with it is turned away from the next request on.

use crate::{Directory, say};
use contract::Fault;
use contract::cognito_idp::delete_user_pool_client_secret::{Input, Output};
use contract::cognito_idp::fault;
use model::Caller;
use store::work;

/// Under the client's lock, so that two calls at once cannot take both.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (_, client) = dir.require_client(caller, &input.user_pool_id, input.client_id.reveal()).await?;
    let secret = input.client_secret_id;
    dir.store
        .write(work!(|tx, client, secret| -> Fault {
            let (pool, id) = (&client.pool, &client.id);
            let mut clients = tx.clients();
            clients.get_for_update(pool, id).await?.ok_or_else(|| crate::no_such_client(id.as_str()))?;
            let present = clients.list_secrets(pool, id).await?;
            if present.iter().all(|row| row.id != *secret) {
                return Err(fault::resource_not_found(say::NO_SUCH_CLIENT_SECRET));
            }
            if present.len() == 1 {
                return Err(fault::invalid_parameter(say::LAST_CLIENT_SECRET));
            }
            clients.delete_secret(pool, id, secret).await?;
            Ok(())
        }))
        .await?;
    Ok(Output {})
}
