//! Lists the groups a user is in.

use crate::refused::Refused;
use crate::{Access, groups, whom};
use contract::Fault;
use contract::iam::list_groups_for_user::{Input, Output};
use model::Caller;
use model::access::folded;
use store::work;

/// Pages by name; the marker is bound to the user.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let binding = ["ListGroupsForUser", caller.account.as_str(), &input.user_name];
    let listing = access.listing(&binding, input.marker.as_deref(), input.max_items)?;
    let (account, name) = (caller.account.clone(), input.user_name);
    let all = access
        .store
        .read(work!(|tx, account, name| -> Refused {
            let user = whom::user(tx, account, name).await?;
            Ok(tx.iam_groups().list_of(account, &user.id).await?)
        }))
        .await?;
    let (all, (is_truncated, marker)) = listing.page(all, |group| folded(&group.name));
    Ok(Output { groups: all.into_iter().map(groups::shown).collect(), is_truncated, marker })
}
