//! Puts tags on an identity pool.

use crate::refused::Refused;
use crate::{Identity, pools, tags};
use contract::Fault;
use contract::cognito_identity::tag_resource::{Input, Output};
use model::{Caller, IdentityPool};
use store::work;

/// A key that is there gets the new value.
pub async fn run(identity: &Identity, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (id, account) = (identity.tagged(caller, &input.resource_arn)?, caller.account.clone());
    let (new, now) = (input.tags, identity.clock.now());
    identity
        .store
        .write(work!(|tx, id, account, new, now| -> Refused {
            let pool = pools::for_update(tx, id, account).await?;
            let tags = tags::put(pool.tags, new.clone())?;
            pools::save(tx, IdentityPool { tags, ..pool }, *now).await
        }))
        .await?;
    Ok(Output {})
}
