//! Lists the managed policies attached to a user.

use crate::whom::Whom;
use crate::{Access, attachments, listing};
use contract::Fault;
use contract::iam::list_attached_user_policies::{Input, Output};
use model::Caller;

/// Pages by the policies' names; the marker is bound to the user and the path.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let prefix = listing::below(input.path_prefix);
    let binding = ["ListAttachedUserPolicies", caller.account.as_str(), &input.user_name, &prefix];
    let listing = access.listing(&binding, input.marker.as_deref(), input.max_items)?;
    let all = attachments::list(access, caller, Whom::User(input.user_name.clone()), &prefix).await?;
    let (attached_policies, (is_truncated, marker)) = listing.page(all, attachments::key);
    Ok(Output { attached_policies: Some(attached_policies), is_truncated, marker })
}
