//! Replaces an app client's settings; id and secrets stay.

use crate::{Directory, client_settings};
use contract::Fault;
use contract::cognito_idp::update_user_pool_client::{Input, Output};
use model::{Caller, Client};
use store::work;

/// What the call leaves out goes back to its default.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (pool, found) = dir.require_client(caller, &input.user_pool_id, input.client_id.reveal()).await?;
    let now = dir.clock.now();
    let (pool_id, client_id) = (pool.id.clone(), found.id.clone());
    let client = dir
        .store
        .write(work!(|tx, pool, pool_id, client_id, input, now| -> Fault {
            let client =
                tx.clients().get(pool_id, client_id).await?.ok_or_else(|| crate::no_such_client(client_id.as_str()))?;
            let settings = client_settings::updated(pool, &client, input.clone())?;
            let name = settings.client_name.clone().unwrap_or_else(|| client.name.clone());
            let client = Client { name, settings, modified: *now, ..client };
            tx.clients().save(&client).await?;
            Ok(client)
        }))
        .await?;
    let secret = dir.accounts.original_client_secret(&client).await?;
    Ok(Output { user_pool_client: Some(client_settings::described(&client, secret)) })
}
