//! Lists the people in a group, a page at a time.

use crate::{Directory, attributes, listing};
use contract::Fault;
use contract::cognito_idp::list_users_in_group::{Input, Output};
use model::{Caller, Refusal};
use store::work;

/// Pages by sub; the token is bound to pool and group.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let pool = dir.pool(caller, &input.user_pool_id).await?;
    let name = input.group_name;
    let binding = ["ListUsersInGroup", pool.id.as_str(), name.as_str()];
    let after = listing::open(dir, &binding, input.next_token.as_deref())?;
    let (id, asked, limit) = (pool.id.clone(), name.clone(), listing::page_size(input.limit));
    let page = dir
        .store
        .read(work!(|tx, id, asked, after, limit| -> Refusal {
            let group = tx.groups().require(id, asked).await?;
            Ok(tx.users().list_in_group(&group, after.as_deref().unwrap_or_default(), *limit).await?)
        }))
        .await?;
    let next_token = listing::next(dir, &binding, &page, |user| user.sub.as_str().to_owned());
    let users = page.items.iter().map(|user| attributes::described(user, None)).collect();
    Ok(Output { users: Some(users), next_token })
}
