//! Lists the managed policies attached to a group.

use crate::whom::Whom;
use crate::{Access, attachments, listing};
use contract::Fault;
use contract::iam::list_attached_group_policies::{Input, Output};
use model::Caller;

/// Pages by the policies' names; the marker is bound to the group and the path.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let prefix = listing::below(input.path_prefix);
    let binding = ["ListAttachedGroupPolicies", caller.account.as_str(), &input.group_name, &prefix];
    let listing = access.listing(&binding, input.marker.as_deref(), input.max_items)?;
    let all = attachments::list(access, caller, Whom::Group(input.group_name.clone()), &prefix).await?;
    let (attached_policies, (is_truncated, marker)) = listing.page(all, attachments::key);
    Ok(Output { attached_policies: Some(attached_policies), is_truncated, marker })
}
