//! Shows a group and the users in it, a page at a time.

use crate::refused::Refused;
use crate::{Access, groups, users, whom};
use contract::Fault;
use contract::iam::get_group::{Input, Output};
use model::Caller;
use store::{Page, work};

/// Pages by the users' unique ids; the marker is bound to the group.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let binding = ["GetGroup", caller.account.as_str(), &input.group_name];
    let listing = access.listing(&binding, input.marker.as_deref(), input.max_items)?;
    let (account, name) = (caller.account.clone(), input.group_name);
    let (after, limit) = (listing.after.clone(), listing.limit);
    let (group, page) = access
        .store
        .read(work!(|tx, account, name, after, limit| -> Refused {
            let group = whom::group(tx, account, name).await?;
            let ids = tx.iam_groups().list_members(account, &group.id, after, *limit).await?;
            let mut items = Vec::with_capacity(ids.items.len());
            for id in &ids.items {
                items.extend(tx.iam_users().get_by_id(account, id).await?);
            }
            Ok((group, Page { items, more: ids.more }))
        }))
        .await?;
    let (is_truncated, marker) = listing.end(&page, |user| user.id.clone());
    let users = page.items.into_iter().map(users::listed).collect();
    Ok(Output { group: groups::shown(group), users, is_truncated, marker })
}
