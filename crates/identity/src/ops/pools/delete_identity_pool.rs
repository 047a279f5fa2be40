//! Deletes an identity pool with its identities. Credentials they were given stop working with the same stroke.

use crate::refused::Refused;
use crate::{Identity, pools};
use contract::Fault;
use contract::cognito_identity::delete_identity_pool::{Input, Output};
use kernel::EntropyExt;
use model::{Caller, DomainEvent, EventKind};
use store::work;

/// Nobody can come to an identity whose pool is gone, so none of them need be touched here.
pub async fn run(identity: &Identity, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (id, account) = (identity.pool_id(caller, &input.identity_pool_id)?, caller.account.clone());
    let (pool, at) = (id.clone(), identity.clock.now());
    let event = DomainEvent { id: identity.entropy.uuid(), account, pool, kind: EventKind::PoolDeleted, at };
    identity
        .store
        .write(work!(|tx, id, event| -> Refused {
            pools::for_update(tx, id, &event.account).await?;
            tx.identity_pools().delete(id).await?;
            Ok(tx.domain_events().append(event).await?)
        }))
        .await?;
    Ok(Output {})
}
