//! Shows an identity pool.

use crate::{Identity, pools};
use contract::Fault;
use contract::cognito_identity::describe_identity_pool::{Input, Output};
use model::Caller;

/// As it stands in its row.
pub async fn run(identity: &Identity, caller: &Caller, input: Input) -> Result<Output, Fault> {
    Ok(pools::shown(identity.require_pool(caller, &input.identity_pool_id).await?))
}
