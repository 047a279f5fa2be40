//! Attaches a managed policy to a group.

use crate::whom::Whom;
use crate::{Access, attachments};
use contract::Fault;
use contract::iam::attach_group_policy::{Input, Output};
use model::Caller;

/// What is attached already stays so.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    attachments::attach(access, caller, Whom::Group(input.group_name), input.policy_arn).await?;
    Ok(Output {})
}
