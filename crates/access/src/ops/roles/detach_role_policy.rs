//! Takes a managed policy from a role.

use crate::whom::Whom;
use crate::{Access, attachments};
use contract::Fault;
use contract::iam::detach_role_policy::{Input, Output};
use model::Caller;

/// A policy that is not attached is refused.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    attachments::detach(access, caller, Whom::Role(input.role_name), input.policy_arn).await?;
    Ok(Output {})
}
