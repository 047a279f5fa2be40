//! Lists the identity pools of the account in this region, by id.

use crate::refused::Refused;
use crate::{Identity, listing};
use contract::Fault;
use contract::cognito_identity::list_identity_pools::{Input, Output};
use contract::cognito_identity::types::IdentityPoolShortDescription;
use model::{Caller, IdentityPool};
use store::work;

/// The contract insists on `MaxResults`.
pub async fn run(identity: &Identity, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (account, region) = (caller.account.clone(), caller.region.clone());
    let binding = ["ListIdentityPools", account.as_str(), region.as_str()];
    let after = identity.page_after(&binding, input.next_token.as_deref())?;
    let limit = listing::page_size(Some(input.max_results));
    let page = identity
        .store
        .read(work!(|tx, account, region, after, limit| -> Refused {
            Ok(tx.identity_pools().list(account, region, after.as_deref(), *limit).await?)
        }))
        .await?;
    let binding = ["ListIdentityPools", caller.account.as_str(), caller.region.as_str()];
    let next_token = identity.page_next(&binding, &page, |pool| pool.id.to_string());
    Ok(Output { identity_pools: Some(page.items.into_iter().map(shown).collect()), next_token })
}

fn shown(pool: IdentityPool) -> IdentityPoolShortDescription {
    IdentityPoolShortDescription { identity_pool_id: Some(pool.id.to_string()), identity_pool_name: Some(pool.name) }
}
