//! Writes an inline policy of a role, over an older one of its name.

use crate::whom::Whom;
use crate::{Access, inline};
use contract::Fault;
use contract::iam::put_role_policy::{Input, Output};
use model::Caller;

/// The document stays as it is written; it counts against what a role's inline policies may hold together.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let role = Whom::Role(input.role_name);
    inline::put(access, caller, role, input.policy_name, input.policy_document).await?;
    Ok(Output {})
}
