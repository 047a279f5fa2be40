//! Lists the tags of a user.

use crate::refused::Refused;
use crate::{Access, tags, whom};
use contract::Fault;
use contract::iam::list_user_tags::{Input, Output};
use model::Caller;
use store::work;

/// Pages by key; the marker is bound to what is tagged.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let binding = ["ListUserTags", caller.account.as_str(), &input.user_name];
    let listing = access.listing(&binding, input.marker.as_deref(), input.max_items)?;
    let (account, named) = (caller.account.clone(), input.user_name);
    let all = access
        .store
        .read(work!(|tx, account, named| -> Refused { Ok(whom::user(tx, account, named).await?.tags) }))
        .await?;
    let (tags, (is_truncated, marker)) = listing.page(tags::shown(all), tags::key);
    Ok(Output { tags, is_truncated, marker })
}
