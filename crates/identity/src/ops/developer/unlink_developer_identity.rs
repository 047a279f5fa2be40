//! Takes one of the developer's users from an identity.

use crate::refused::Refused;
use crate::whom::identity_id;
use crate::{Identity, developers, say};
use contract::Fault;
use contract::cognito_identity::unlink_developer_identity::{Input, Output};
use model::{Caller, EventKind};
use store::work;

/// The next time the developer names them they are new. Without its last login the identity is nobody's.
pub async fn run(identity: &Identity, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let provider = &input.developer_provider_name;
    let pool = identity.pool_of_developer(caller, &input.identity_pool_id, provider).await?.id.clone();
    let id = identity_id(&input.identity_id)?;
    let login = developers::login(provider, &input.developer_user_identifier);
    let moment = identity.moment();
    identity
        .store
        .write(work!(|tx, pool, id, login, moment| -> Refused {
            let row = tx.identities().get(id).await?.filter(|row| row.pool == *pool);
            let row = row.ok_or_else(|| say::no_such_identity(id.as_str()))?;
            let owner = tx.identities().owner_of(pool, login).await?.ok_or_else(say::no_such_developer_user)?;
            if owner.identity.id != row.id {
                return Err(say::another_developer_user().into());
            }
            tx.identities().unlink(pool, id, login, moment.now).await?;
            let kind = EventKind::Unlinked { identity: row.id.clone(), providers: vec![login.provider.clone()] };
            moment.append(tx, &row, kind).await
        }))
        .await?;
    Ok(Output {})
}
