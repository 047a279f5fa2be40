//! Takes a managed policy from a group.

use crate::whom::Whom;
use crate::{Access, attachments};
use contract::Fault;
use contract::iam::detach_group_policy::{Input, Output};
use model::Caller;

/// A policy that is not attached is refused.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    attachments::detach(access, caller, Whom::Group(input.group_name), input.policy_arn).await?;
    Ok(Output {})
}
