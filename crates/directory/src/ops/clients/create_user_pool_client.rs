//! Makes an app client, with a secret if asked for.

use crate::{Directory, client_settings};
use contract::Fault;
use contract::cognito_idp::create_user_pool_client::{Input, Output};
use contract::cognito_idp::fault;
use kernel::{ClientId, Secret};
use model::{Caller, Client, Refusal};
use store::work;

/// The secret is sealed before it is stored and shown in this answer.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (pool, _) = dir.require_pool(caller, &input.user_pool_id).await?;
    let secret = secret_for(dir, &input)?;
    let settings = client_settings::created(&pool, input)?;
    let now = dir.clock.now();
    let client = Client {
        pool: pool.id.clone(),
        id: ClientId::draw(&*dir.entropy),
        name: settings.client_name.clone().unwrap_or_default(),
        settings,
        confidential: secret.is_some(),
        created: now,
        modified: now,
    };
    let first = client.original_secret_id();
    let row = secret.as_ref().map(|secret| dir.accounts.sealed_client_secret(&client, first, secret, now));
    let (stored, account) = (client.clone(), caller.account.clone());
    dir.store
        .write(work!(|tx, stored, account, row| -> Refusal {
            tx.pools().require_for_update(&stored.pool, account).await?;
            tx.clients().insert(stored).await?;
            if let Some(row) = row {
                tx.clients().insert_secret(&stored.pool, &stored.id, row).await?;
            }
            Ok(())
        }))
        .await?;
    Ok(Output { user_pool_client: Some(client_settings::described(&client, secret)) })
}

fn secret_for(dir: &Directory, input: &Input) -> Result<Option<Secret<String>>, Fault> {
    match (&input.client_secret, input.generate_secret) {
        (Some(_), Some(true)) => {
            Err(fault::invalid_parameter("Only one of GenerateSecret and ClientSecret can be given."))
        }
        (Some(given), _) => Ok(Some(given.clone())),
        (None, Some(true)) => Ok(Some(crate::drawn_client_secret(dir))),
        (None, _) => Ok(None),
    }
}
