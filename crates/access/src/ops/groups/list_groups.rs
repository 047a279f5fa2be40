//! Lists the account's groups, a page at a time.

use crate::refused::Refused;
use crate::{Access, groups, listing};
use contract::Fault;
use contract::iam::list_groups::{Input, Output};
use model::Caller;
use model::access::folded;
use store::work;

/// Pages by name; the marker is bound to the path.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let prefix = listing::below(input.path_prefix);
    let binding = ["ListGroups", caller.account.as_str(), &prefix];
    let listing = access.listing(&binding, input.marker.as_deref(), input.max_items)?;
    let (account, after, limit) = (caller.account.clone(), listing.after.clone(), listing.limit);
    let page = access
        .store
        .read(work!(|tx, account, prefix, after, limit| -> Refused {
            Ok(tx.iam_groups().list(account, prefix, after, *limit).await?)
        }))
        .await?;
    let (is_truncated, marker) = listing.end(&page, |group| folded(&group.name));
    Ok(Output { groups: page.items.into_iter().map(groups::shown).collect(), is_truncated, marker })
}
