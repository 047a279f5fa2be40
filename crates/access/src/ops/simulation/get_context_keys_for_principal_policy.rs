//! Lists the context keys that the policies of a user, group or role ask for.

use crate::Access;
use contract::Fault;
use contract::iam::get_context_keys_for_principal_policy::{Input, Output};
use model::Caller;

/// Keys of its own policies, its groups' and its boundary, and of those the request adds.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let holder = access.holder(caller, input.policy_source_arn).await?;
    let parts = access.held(&holder, input.policy_input_list.as_deref())?;
    Ok(Output { context_key_names: Some(parts.context_keys()) })
}
