//! Makes a user pool with its signing keys.

use crate::{Directory, pool_settings, sms_settings};
use contract::Fault;
use contract::cognito_idp::create_user_pool::{Input, Output};
use kernel::UserPoolId;
use model::{Caller, Pool, Refusal};
use store::work;

/// Settings and defaults first, then one commit for the pool and its two signing keys.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let now = dir.clock.now();
    sms_settings::check(caller.region.as_str(), input.sms_configuration.as_ref())?;
    let settings = pool_settings::created(dir.tiers, input)?;
    let id = UserPoolId::draw(&caller.region, &*dir.entropy);
    let name = settings.name.clone().unwrap_or_default();
    let account = caller.account.clone();
    let pool = Pool { id, account, name, settings, mfa: Default::default(), created: now, modified: now };

    let keys = dir.tokens.keys_for_new_pool(&pool.id).await?;
    let stored = pool.clone();
    dir.store
        .write(work!(|tx, stored, keys| -> Refusal {
            tx.pools().insert(stored).await?;
            for key in keys {
                tx.signing_keys().insert(key).await?;
            }
            Ok(())
        }))
        .await?;
    Ok(Output { user_pool: Some(pool_settings::described(&pool, 0)) })
}
