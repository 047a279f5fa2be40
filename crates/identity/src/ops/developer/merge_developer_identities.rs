//! Makes one identity of two of the developer's users. The destination's is the one that is left, whichever is older.

use crate::refused::Refused;
use crate::resolution::carry_out;
use crate::{Identity, developers, say};
use contract::Fault;
use contract::cognito_identity::merge_developer_identities::{Input, Output};
use kernel::IdentityPoolId;
use model::{Caller, Known, Login, merge_developers};
use store::{Tx, work};

/// All logins of the source go over; it is disabled, and its sessions end.
pub async fn run(identity: &Identity, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let provider = &input.developer_provider_name;
    let pool = identity.pool_of_developer(caller, &input.identity_pool_id, provider).await?.id.clone();
    let source = developers::login(provider, &input.source_user_identifier);
    let destination = developers::login(provider, &input.destination_user_identifier);
    let moment = identity.moment();
    let row = identity
        .store
        .write(work!(|tx, pool, source, destination, moment| -> Refused {
            let (from, to) = (owner(tx, pool, source).await?, owner(tx, pool, destination).await?);
            if from.identity.id == to.identity.id {
                return Ok(to.identity);
            }
            let plan =
                merge_developers(&from, &to).map_err(|error| say::unresolved(error, from.identity.id.as_str()))?;
            carry_out(tx, plan, &[from, to], moment).await
        }))
        .await?;
    Ok(Output { identity_id: Some(row.id.to_string()) })
}

async fn owner(tx: &mut Tx, pool: &IdentityPoolId, login: &Login) -> Result<Known, Refused> {
    Ok(tx.identities().owner_of(pool, login).await?.ok_or_else(say::no_such_developer_user)?)
}
