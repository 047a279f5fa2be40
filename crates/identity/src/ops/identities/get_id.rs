//! The identity of somebody who signed in, or a new one for a guest. Nobody signs the call.

use crate::Identity;
use crate::resolution::Wanted;
use contract::Fault;
use contract::cognito_identity::get_id::{Input, Output};
use model::Caller;

/// Every guest is a new one: the client keeps the id, which is all that tells guests apart.
pub async fn run(identity: &Identity, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let pool = identity.public_pool(caller, &input.identity_pool_id).await?;
    if input.account_id.is_some_and(|account| account != pool.account.as_str()) {
        return Err(crate::say::no_such_pool(&input.identity_pool_id));
    }
    let proofs = identity.proofs(&pool, input.logins.as_ref()).await?;
    let row = identity.resolved(Wanted::of(&pool, None, &proofs)).await?;
    Ok(Output { identity_id: Some(row.id.to_string()) })
}
