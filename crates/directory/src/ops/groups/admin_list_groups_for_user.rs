//! Lists the groups a person is in, a page at a time.

use crate::{Directory, groups, listing};
use contract::Fault;
use contract::cognito_idp::admin_list_groups_for_user::{Input, Output};
use model::Caller;
use store::Page;

/// Pages by name; the token is bound to the person, by whatever name they are called.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let pool = dir.pool(caller, &input.user_pool_id).await?;
    let (user, all) = dir.accounts.admin_groups_of(&pool, input.username.reveal()).await?;
    let binding = ["AdminListGroupsForUser", pool.id.as_str(), user.sub.as_str()];
    let after = listing::open(dir, &binding, input.next_token.as_deref())?.unwrap_or_default();
    // A person is in a hundred groups at most: they were all read in one look.
    let mut items: Vec<_> = all.into_iter().filter(|group| group.name > after).collect();
    let limit = listing::page_size(input.limit) as usize;
    let more = items.len() > limit;
    items.truncate(limit);
    let page = Page { items, more };
    let next_token = listing::next(dir, &binding, &page, |group| group.name.clone());
    Ok(Output { groups: Some(page.items.into_iter().map(groups::described).collect()), next_token })
}
