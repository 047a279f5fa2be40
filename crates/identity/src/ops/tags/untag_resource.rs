//! Takes tags from an identity pool.

use crate::refused::Refused;
use crate::{Identity, pools};
use contract::Fault;
use contract::cognito_identity::untag_resource::{Input, Output};
use model::Caller;
use store::work;

/// A key that is not there is passed over.
pub async fn run(identity: &Identity, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (id, account) = (identity.tagged(caller, &input.resource_arn)?, caller.account.clone());
    let (keys, now) = (input.tag_keys, identity.clock.now());
    identity
        .store
        .write(work!(|tx, id, account, keys, now| -> Refused {
            let mut pool = pools::for_update(tx, id, account).await?;
            pool.tags.retain(|key, _| !keys.contains(key));
            pools::save(tx, pool, *now).await
        }))
        .await?;
    Ok(Output {})
}
