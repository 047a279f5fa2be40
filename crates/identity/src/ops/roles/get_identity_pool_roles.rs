//! Shows who gets which role.

use crate::{Identity, role_settings};
use contract::Fault;
use contract::cognito_identity::get_identity_pool_roles::{Input, Output};
use model::Caller;

/// As it was set, each mapping under the key it was given.
pub async fn run(identity: &Identity, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let pool = identity.require_pool(caller, &input.identity_pool_id).await?;
    let (roles, role_mappings) = role_settings::shown(pool.roles);
    Ok(Output { identity_pool_id: Some(pool.id.to_string()), roles, role_mappings })
}
