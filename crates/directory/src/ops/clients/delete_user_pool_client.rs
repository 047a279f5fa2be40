//! Removes an app client. Tokens it was handed are refused from now on, for their client is gone.

use crate::Directory;
use contract::Fault;
use contract::cognito_idp::delete_user_pool_client::{Input, Output};
use model::Caller;
use store::work;

/// Client, secrets and directory entry go in one commit.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (pool, client) = dir.require_client(caller, &input.user_pool_id, input.client_id.reveal()).await?;
    let (pool_id, id) = (pool.id.clone(), client.id.clone());
    dir.store
        .write(work!(|tx, pool_id, id| -> Fault {
            if tx.clients().delete(pool_id, id).await? { Ok(()) } else { Err(crate::no_such_client(id.as_str())) }
        }))
        .await?;
    Ok(Output {})
}
