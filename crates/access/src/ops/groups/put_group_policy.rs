//! Writes an inline policy of a group, over an older one of its name.

use crate::whom::Whom;
use crate::{Access, inline};
use contract::Fault;
use contract::iam::put_group_policy::{Input, Output};
use model::Caller;

/// The document stays as it is written; it counts against what a group's inline policies may hold together.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let group = Whom::Group(input.group_name);
    inline::put(access, caller, group, input.policy_name, input.policy_document).await?;
    Ok(Output {})
}
