//! Lists the tags of a managed policy.

use crate::refused::Refused;
use crate::{Access, policies, tags};
use contract::Fault;
use contract::iam::list_policy_tags::{Input, Output};
use model::Caller;
use store::work;

/// Pages by key; the marker is bound to what is tagged.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let binding = ["ListPolicyTags", caller.account.as_str(), &input.policy_arn];
    let listing = access.listing(&binding, input.marker.as_deref(), input.max_items)?;
    let (account, named) = (caller.account.clone(), input.policy_arn);
    let all = access
        .store
        .read(work!(|tx, account, named| -> Refused {
            let found = policies::require(tx, account, named).await?;
            Ok(found.tags())
        }))
        .await?;
    let (tags, (is_truncated, marker)) = listing.page(tags::shown(all), tags::key);
    Ok(Output { tags, is_truncated, marker })
}
