//! Removes a user pool with everything in it.

use crate::{Directory, say};
use contract::Fault;
use contract::cognito_idp::delete_user_pool::{Input, Output};
use contract::cognito_idp::fault;
use contract::cognito_idp::types::DeletionProtectionType;
use model::Caller;
use store::work;

/// The pool's own row goes first and for all; what hung on it is swept in bounded steps behind it.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (id, account) = (dir.pool_id(caller, &input.user_pool_id)?, caller.account.clone());
    let now = dir.clock.now();
    dir.store
        .write(work!(|tx, id, account, now| -> Fault {
            let pool = tx.pools().require_for_update(id, account).await?;
            if pool.settings.deletion_protection == Some(DeletionProtectionType::Active) {
                return Err(fault::invalid_parameter(say::DELETION_PROTECTED));
            }
            tx.pools().delete(id, *now).await?;
            Ok(())
        }))
        .await?;
    Ok(Output {})
}
