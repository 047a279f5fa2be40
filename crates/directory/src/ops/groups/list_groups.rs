//! Lists a pool's groups, a page at a time.

use crate::{Directory, groups, listing};
use contract::Fault;
use contract::cognito_idp::list_groups::{Input, Output};
use model::Caller;
use store::work;

/// Pages by name; the token is bound to the pool.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let pool = dir.pool(caller, &input.user_pool_id).await?;
    let binding = ["ListGroups", pool.id.as_str()];
    let after = listing::open(dir, &binding, input.next_token.as_deref())?;
    let (id, limit) = (pool.id.clone(), listing::page_size(input.limit));
    let page = dir
        .store
        .read(work!(|tx, id, after, limit| -> Fault {
            Ok(tx.groups().list(id, after.as_deref().unwrap_or_default(), *limit).await?)
        }))
        .await?;
    let next_token = listing::next(dir, &binding, &page, |group| group.name.clone());
    Ok(Output { groups: Some(page.items.into_iter().map(groups::described).collect()), next_token })
}
