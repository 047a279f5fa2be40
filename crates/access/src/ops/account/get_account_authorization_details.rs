//! Shows everything about who may do what in the account, a page at a time.

use crate::refused::Refused;
use crate::{Access, authorization};
use authorization::{Detail, KINDS, Kind};
use contract::Fault;
use contract::iam::get_account_authorization_details::{Input, Output};
use model::Caller;
use store::{Page, work};

/// Most things on one page, whatever is asked for: each takes several questions.
const PAGE_MAX: u32 = 100;

/// Users, groups, roles, policies: kind by kind, each by name. The marker is bound to the filter.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let kinds: Vec<Kind> = KINDS
        .into_iter()
        .filter(|kind| input.filter.as_ref().is_none_or(|f| f.is_empty() || f.contains(&kind.of())))
        .collect();
    let told = format!("{kinds:?}");
    let binding = ["GetAccountAuthorizationDetails", caller.account.as_str(), &told];
    let listing = access.listing(&binding, input.marker.as_deref(), input.max_items)?;
    let most = usize::try_from(listing.limit.min(PAGE_MAX)).unwrap_or(1);
    let mut page: Page<(String, Detail)> = Page { items: Vec::new(), more: false };
    for kind in kinds {
        let after = match listing.after.split_once(':') {
            Some((at, _)) if kind.place() < at => continue,
            Some((at, key)) if kind.place() == at => key.to_owned(),
            _ => String::new(),
        };
        let room = u32::try_from(most - page.items.len()).unwrap_or(0);
        let account = caller.account.clone();
        let names = access
            .store
            .read(work!(|tx, account, after, kind, room| -> Refused {
                authorization::names(tx, account, *kind, after, *room).await
            }))
            .await?;
        page.more = names.more;
        for named in names.items {
            let account = caller.account.clone();
            let place = format!("{}:{}", kind.place(), named.key());
            let detail = access
                .store
                .read(work!(|tx, account, named| -> Refused { authorization::detail(tx, account, named).await }))
                .await?;
            page.items.push((place, detail));
        }
        if page.more {
            break;
        }
    }
    let (is_truncated, marker) = listing.end(&page, |(place, _)| place.clone());
    let details = page.items.into_iter().map(|(_, detail)| detail);
    Ok(authorization::gathered(details, Output { is_truncated, marker, ..Output::default() }))
}
