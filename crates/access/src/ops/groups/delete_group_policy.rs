//! Removes an inline policy of a group.

use crate::whom::Whom;
use crate::{Access, inline};
use contract::Fault;
use contract::iam::delete_group_policy::{Input, Output};
use model::Caller;

/// A policy that is not there is refused.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    inline::delete(access, caller, Whom::Group(input.group_name), input.policy_name).await?;
    Ok(Output {})
}
