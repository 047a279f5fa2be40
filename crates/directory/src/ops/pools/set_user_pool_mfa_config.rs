//! Sets how a user pool asks for a second factor.

use crate::{Directory, mfa_settings};
use contract::Fault;
use contract::cognito_idp::set_user_pool_mfa_config::{Input, Output};
use model::{Caller, Pool};
use store::work;

/// Reads and writes in one transaction, so that two calls, or one and an UpdateUserPool, never mix.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (now, tiers) = (dir.clock.now(), dir.tiers);
    let (id, account) = (dir.pool_id(caller, &input.user_pool_id)?, caller.account.clone());
    let pool = dir
        .store
        .write(work!(|tx, id, account, tiers, input, now| -> Fault {
            let pool = tx.pools().require_for_update(id, account).await?;
            let pool = Pool { modified: *now, ..mfa_settings::set(*tiers, pool, input.clone())? };
            tx.pools().save(&pool).await?;
            Ok(pool)
        }))
        .await?;
    let shown = mfa_settings::described(&pool);
    Ok(Output {
        sms_mfa_configuration: shown.sms_mfa_configuration,
        software_token_mfa_configuration: shown.software_token_mfa_configuration,
        email_mfa_configuration: shown.email_mfa_configuration,
        mfa_configuration: shown.mfa_configuration,
        web_authn_configuration: shown.web_authn_configuration,
    })
}
