//! Lists the account's roles, a page at a time.

use crate::refused::Refused;
use crate::{Access, listing, roles, trust};
use contract::Fault;
use contract::iam::list_roles::{Input, Output};
use model::Caller;
use model::access::folded;
use store::work;

/// Roles of one page.
const PAGE_MAX: u32 = 100;

/// Pages by name; the marker is bound to the path.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let prefix = listing::below(input.path_prefix);
    let binding = ["ListRoles", caller.account.as_str(), &prefix];
    let listing = access.listing(&binding, input.marker.as_deref(), input.max_items)?;
    // Each role brings the names in its trust policy, and a block reads ten thousand rows at most. A page may be shorter than
    // what was asked for.
    let (account, after, limit) = (caller.account.clone(), listing.after.clone(), listing.limit.min(PAGE_MAX));
    let page = access
        .store
        .read(work!(|tx, account, prefix, after, limit| -> Refused {
            let mut page = tx.iam_roles().list(account, prefix, after, *limit).await?;
            for role in &mut page.items {
                *role = trust::as_it_stands(tx, role.clone()).await?;
            }
            Ok(page)
        }))
        .await?;
    let (is_truncated, marker) = listing.end(&page, |role| folded(&role.name));
    Ok(Output { roles: page.items.into_iter().map(roles::listed).collect(), is_truncated, marker })
}
