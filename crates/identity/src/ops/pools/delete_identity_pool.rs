//! Deletes an identity pool with its identities. Credentials they were given stop working with the same stroke.

use crate::refused::Refused;
use crate::{Identity, pools};
use contract::Fault;
use contract::cognito_identity::delete_identity_pool::{Input, Output};
use model::Caller;
use store::work;

/// Nobody can come to an identity whose pool is gone, so none of them need be touched here.
pub async fn run(identity: &Identity, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (id, account) = (identity.pool_id(caller, &input.identity_pool_id)?, caller.account.clone());
    identity
        .store
        .write(work!(|tx, id, account| -> Refused {
            let pool = pools::for_update(tx, id, account).await?;
            Ok(tx.identity_pools().delete(&pool.id).await?)
        }))
        .await?;
    Ok(Output {})
}
