//! Lists the account's user pools in the caller's region, a page at a time.

use crate::{Directory, listing};
use contract::Fault;
use contract::cognito_idp::list_user_pools::{Input, Output};
use contract::cognito_idp::types::UserPoolDescriptionType;
use model::{Caller, Pool};
use store::work;

/// Pages by id; the token is bound to account and region.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let binding = ["ListUserPools", caller.account.as_str(), caller.region.as_str()];
    let after = listing::open(dir, &binding, input.next_token.as_deref())?;
    let limit = listing::page_size(Some(input.max_results));
    let (account, region) = (caller.account.clone(), caller.region.clone());
    let pools = dir
        .store
        .read(work!(|tx, account, region, after, limit| -> Fault {
            Ok(tx.pools().list(account, region, after.as_deref().unwrap_or_default(), *limit).await?)
        }))
        .await?;
    let next_token = listing::next(dir, &binding, &pools, |pool| pool.id.as_str().to_owned());
    Ok(Output { user_pools: Some(pools.items.into_iter().map(described).collect()), next_token })
}

fn described(pool: Pool) -> UserPoolDescriptionType {
    UserPoolDescriptionType {
        id: Some(pool.id.as_str().to_owned()),
        name: Some(pool.name),
        lambda_config: pool.settings.lambda_config,
        last_modified_date: Some(pool.modified),
        creation_date: Some(pool.created),
        ..UserPoolDescriptionType::default()
    }
}
