//! Takes tags off a user pool.

use crate::Directory;
use contract::Fault;
use contract::cognito_idp::untag_resource::{Input, Output};
use model::{Caller, Pool};
use store::work;

/// A key that is not there is passed over.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (id, account) = (dir.pool_of_arn(caller, &input.resource_arn)?, caller.account.clone());
    dir.store
        .write(work!(|tx, id, account, input| -> Fault {
            let mut pool: Pool = tx.pools().require_for_update(id, account).await?;
            let tags = pool.settings.user_pool_tags.get_or_insert_default();
            tags.retain(|key, _| !input.tag_keys.contains(key));
            tx.pools().save(&pool).await?;
            Ok(())
        }))
        .await?;
    Ok(Output {})
}
