//! Adds custom attributes to a pool's schema; nothing takes them out again.

use crate::{Directory, schema};
use contract::Fault;
use contract::cognito_idp::add_custom_attributes::{Input, Output};
use model::{Caller, Pool};
use store::work;

/// All of them or none. Reads and writes in one transaction, so that two calls never lose one another's attributes.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (id, account) = (dir.pool_id(caller, &input.user_pool_id)?, caller.account.clone());
    let (given, now) = (input.custom_attributes, dir.clock.now());
    dir.store
        .write(work!(|tx, id, account, given, now| -> Fault {
            let mut pool = tx.pools().require_for_update(id, account).await?;
            let known = pool.settings.schema_attributes.take().unwrap_or_default();
            pool.settings.schema_attributes = Some(schema::add(known, given.clone())?);
            tx.pools().save(&Pool { modified: *now, ..pool }).await?;
            Ok(())
        }))
        .await?;
    Ok(Output {})
}
