//! Shows an inline policy of a group.

use crate::whom::Whom;
use crate::{Access, inline};
use contract::Fault;
use contract::iam::get_group_policy::{Input, Output};
use model::Caller;

/// The document travels percent-encoded (CR-12).
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let group = Whom::Group(input.group_name.clone());
    let policy_document = inline::get(access, caller, &group, &input.policy_name).await?;
    Ok(Output { group_name: input.group_name, policy_name: input.policy_name, policy_document })
}
