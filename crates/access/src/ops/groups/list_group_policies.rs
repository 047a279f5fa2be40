//! Lists the names of a group's inline policies.

use crate::whom::Whom;
use crate::{Access, inline};
use contract::Fault;
use contract::iam::list_group_policies::{Input, Output};
use model::Caller;

/// Pages by name; the marker is bound to the group.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let binding = ["ListGroupPolicies", caller.account.as_str(), &input.group_name];
    let listing = access.listing(&binding, input.marker.as_deref(), input.max_items)?;
    let names = inline::names(access, caller, Whom::Group(input.group_name.clone())).await?;
    let (policy_names, (is_truncated, marker)) = listing.page(names, String::clone);
    Ok(Output { policy_names, is_truncated, marker })
}
