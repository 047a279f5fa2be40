//! A token that speaks for an identity: the classic flow, where the client takes it to STS itself.

use crate::resolution::Wanted;
use crate::{Identity, say};
use contract::Fault;
use contract::cognito_identity::get_open_id_token::{Input, Output};
use model::{Caller, IdentityPool};
use std::time::Duration;

/// How long the token is good (identity-pools.md 7).
const LIFETIME: Duration = Duration::from_secs(600);

/// Only where the pool has the classic flow open. Roles that depend on mappings cannot be had by it.
pub async fn run(identity: &Identity, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (known, pool) = identity.public_identity(caller, &input.identity_id).await?;
    open(&pool)?;
    let proofs = identity.proofs(&pool, input.logins.as_ref()).await?;
    let wanted = Wanted::of(&pool, Some(known.identity.id.clone()), &proofs);
    let row = identity.resolved_as(known, wanted).await?;
    let tags = identity.tags_of(&pool, &proofs).map_err(|error| say::tags_do_not_fit(&error))?;
    let amr = proofs.amr(&pool);
    let token = identity.tokens.issue(&pool, &row, &amr, &tags, LIFETIME).await.map_err(say::broken)?;
    Ok(Output { identity_id: Some(row.id.to_string()), token: Some(token) })
}

fn open(pool: &IdentityPool) -> Result<(), Fault> {
    if !pool.classic {
        return Err(say::classic_is_closed());
    }
    if !pool.roles.mappings.is_empty() {
        return Err(say::classic_knows_no_mappings());
    }
    Ok(())
}
