//! Credentials of a role for an identity: the enhanced flow. Nobody signs the call.

use crate::resolution::Wanted;
use crate::{Identity, say};
use contract::Fault;
use contract::cognito_identity::get_credentials_for_identity::{Input, Output};
use model::{Caller, Identity as Row};
use tokens::IdentityClaims;

/// Somebody who signed in meanwhile may be answered with another identity than they asked for: theirs.
pub async fn run(identity: &Identity, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (known, pool) = identity.public_identity(caller, &input.identity_id).await?;
    let (sent, custom) = (input.logins.as_ref(), input.custom_role_arn.as_deref());
    let id = known.identity.id.clone();
    let (row, credentials) = match identity.own_token(&pool, &id, sent).await? {
        Some(token) => {
            let row = vouched_for(known.identity, &token)?;
            let of = identity.candidate_by_own_token(&pool, &row, token, custom)?;
            let credentials = identity.credentials(caller, &of).await?;
            (row, credentials)
        }
        None => {
            let proofs = identity.proofs(&pool, sent).await?;
            let row = identity.resolved_as(known, Wanted::of(&pool, Some(id), &proofs)).await?;
            let of = identity.candidate(&pool, &row, &proofs, custom)?;
            let credentials = identity.credentials(caller, &of).await?;
            (row, credentials)
        }
    };
    Ok(Output { identity_id: Some(row.id.to_string()), credentials: Some(credentials) })
}

/// The identity that a token of ours speaks for, if it still does.
fn vouched_for(row: Row, token: &IdentityClaims) -> Result<Row, Fault> {
    if token.speaks_for(&row) { Ok(row) } else { Err(say::forbidden(row.id.as_str())) }
}
