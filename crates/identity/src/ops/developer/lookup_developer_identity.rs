//! Finds the identity of a developer's user, or the developer's users of an identity.

use crate::refused::Refused;
use crate::{Identity, developers, listing, say};
use contract::Fault;
use contract::cognito_identity::lookup_developer_identity::{Input, Output};
use kernel::IdentityId;
use model::{Caller, IdentityPool};
use store::work;

/// With both given they must belong together, and are answered as they came.
pub async fn run(identity: &Identity, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let pool = identity.pool_of_call(caller, &input.identity_pool_id).await?;
    let provider = pool.developer_provider.as_deref().ok_or_else(say::not_the_developer_provider)?;
    let named = match input.identity_id.as_deref() {
        Some(text) => Some(in_pool(identity, caller, &pool, text).await?),
        None => None,
    };
    let Some(identifier) = input.developer_user_identifier else {
        let id = named.ok_or_else(say::nobody_is_looked_up)?;
        return listed(identity, id, provider, input.max_results, input.next_token.as_deref()).await;
    };
    let (asked, login) = (pool.id.clone(), developers::login(provider, &identifier));
    let found = identity
        .store
        .read(work!(|tx, asked, login| -> Refused { Ok(tx.identities().owner_of(asked, login).await?) }))
        .await?;
    let id = found.ok_or_else(say::no_such_developer_user)?.identity.id;
    match named {
        Some(named) if named != id => Err(say::another_developer_user()),
        Some(_) => Ok(Output {
            identity_id: Some(id.to_string()),
            developer_user_identifier_list: Some(vec![identifier]),
            next_token: None,
        }),
        None => listed(identity, id, provider, input.max_results, input.next_token.as_deref()).await,
    }
}

async fn in_pool(identity: &Identity, caller: &Caller, pool: &IdentityPool, text: &str) -> Result<IdentityId, Fault> {
    let row = identity.require_identity(caller, text).await?.identity;
    if row.pool == pool.id { Ok(row.id) } else { Err(say::no_such_identity(text)) }
}

async fn listed(
    identity: &Identity,
    id: IdentityId,
    provider: &str,
    asked: Option<i64>,
    token: Option<&str>,
) -> Result<Output, Fault> {
    let binding = ["LookupDeveloperIdentity", id.as_str()];
    let after = identity.page_after(&binding, token)?;
    let (wanted, provider, limit) = (id.clone(), provider.to_owned(), listing::page_size(asked));
    let page = identity
        .store
        .read(work!(|tx, wanted, provider, after, limit| -> Refused {
            Ok(tx.identities().list_identifiers(wanted, provider, after.as_deref(), *limit).await?)
        }))
        .await?;
    let next_token = identity.page_next(&binding, &page, Clone::clone);
    Ok(Output { identity_id: Some(id.to_string()), developer_user_identifier_list: Some(page.items), next_token })
}
