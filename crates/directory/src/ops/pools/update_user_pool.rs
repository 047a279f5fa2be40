//! Replaces a user pool's settings: what the call leaves out goes back to its default.

use crate::{Directory, pool_settings, sms_settings};
use contract::Fault;
use contract::cognito_idp::update_user_pool::{Input, Output};
use model::{Caller, Pool};
use store::work;

/// Reads and writes in one transaction, so that two updates never mix.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    sms_settings::check(caller.region.as_str(), input.sms_configuration.as_ref())?;
    let (now, tiers) = (dir.clock.now(), dir.tiers);
    let (id, account) = (dir.pool_id(caller, &input.user_pool_id)?, caller.account.clone());
    dir.store
        .write(work!(|tx, id, account, tiers, input, now| -> Fault {
            let pool = tx.pools().require_for_update(id, account).await?;
            let settings = pool_settings::updated(*tiers, &pool.settings, input.clone())?;
            let name = settings.name.clone().unwrap_or_else(|| pool.name.clone());
            tx.pools().save(&Pool { name, settings, modified: *now, ..pool }).await?;
            Ok(())
        }))
        .await?;
    Ok(Output {})
}
