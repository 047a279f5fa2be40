//! Lists a pool's app clients, a page at a time.

use crate::{Directory, listing};
use contract::Fault;
use contract::cognito_idp::list_user_pool_clients::{Input, Output};
use contract::cognito_idp::types::{ClientTypeType, UserPoolClientDescription};
use kernel::Secret;
use model::{Caller, Client};
use store::work;

/// Pages by id. Every client is a REGULAR one until dynamic registration exists, so the other type lists nobody.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (pool, _) = dir.require_pool(caller, &input.user_pool_id).await?;
    let binding = ["ListUserPoolClients", pool.id.as_str()];
    let after = listing::open(dir, &binding, input.next_token.as_deref())?;
    if input.client_type == Some(ClientTypeType::Dcr) {
        return Ok(Output { user_pool_clients: Some(Vec::new()), next_token: None });
    }
    let limit = listing::page_size(input.max_results);
    let id = pool.id.clone();
    let clients = dir
        .store
        .read(work!(|tx, id, after, limit| -> Fault {
            Ok(tx.clients().list(id, after.as_deref().unwrap_or_default(), *limit).await?)
        }))
        .await?;
    let next_token = listing::next(dir, &binding, &clients, |client| client.id.as_str().to_owned());
    Ok(Output { user_pool_clients: Some(clients.items.into_iter().map(described).collect()), next_token })
}

fn described(client: Client) -> UserPoolClientDescription {
    UserPoolClientDescription {
        client_id: Some(Secret::new(client.id.as_str().to_owned())),
        user_pool_id: Some(client.pool.as_str().to_owned()),
        client_name: Some(client.name),
    }
}
