//! Shows an inline policy of a role.

use crate::whom::Whom;
use crate::{Access, inline};
use contract::Fault;
use contract::iam::get_role_policy::{Input, Output};
use model::Caller;

/// The document travels percent-encoded (CR-12).
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let role = Whom::Role(input.role_name.clone());
    let policy_document = inline::get(access, caller, &role, &input.policy_name).await?;
    Ok(Output { role_name: input.role_name, policy_name: input.policy_name, policy_document })
}
