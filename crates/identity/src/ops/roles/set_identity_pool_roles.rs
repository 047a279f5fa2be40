//! Sets who gets which role.

use crate::refused::Refused;
use crate::{Identity, pools, role_settings};
use contract::Fault;
use contract::cognito_identity::set_identity_pool_roles::{Input, Output};
use model::{Caller, IdentityPool};
use store::work;

/// Replaces roles and mappings wholly: an empty map clears them, mappings that are left out are gone. Roles that trust
/// more than they should are told to operators and taken all the same.
pub async fn run(identity: &Identity, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (id, account) = (identity.pool_id(caller, &input.identity_pool_id)?, caller.account.clone());
    let (roles, mappings) = (input.roles, input.role_mappings);
    let (aliases, now) = (identity.aliases.clone(), identity.clock.now());
    let pool = identity
        .store
        .write(work!(|tx, id, account, roles, mappings, aliases, now| -> Refused {
            let pool = pools::for_update(tx, id, account).await?;
            let roles = role_settings::read(roles.clone(), mappings.clone(), &pool, aliases)?;
            let pool = IdentityPool { roles, ..pool };
            role_settings::told_by_pools_of_ours(tx, &pool, aliases).await?;
            pools::save(tx, pool, *now).await
        }))
        .await?;
    identity.warn_of_weak_roles(&caller.account, &pool).await;
    Ok(Output {})
}
