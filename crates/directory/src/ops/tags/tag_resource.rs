//! Puts tags on a user pool, over those it has.

use crate::{Directory, pool_settings};
use contract::Fault;
use contract::cognito_idp::tag_resource::{Input, Output};
use model::{Caller, Pool};
use store::work;

/// Counted together with those that are there, under the pool's lock.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (id, account) = (dir.pool_of_arn(caller, &input.resource_arn)?, caller.account.clone());
    dir.store
        .write(work!(|tx, id, account, input| -> Fault {
            let mut pool: Pool = tx.pools().require_for_update(id, account).await?;
            let tags = pool.settings.user_pool_tags.get_or_insert_default();
            tags.extend(input.tags.clone());
            pool_settings::check_tags(pool.settings.user_pool_tags.as_ref())?;
            tx.pools().save(&pool).await?;
            Ok(())
        }))
        .await?;
    Ok(Output {})
}
