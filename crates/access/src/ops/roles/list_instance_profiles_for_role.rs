//! Lists the instance profiles of a role, of which there are none. Terraform asks before it deletes a role.

use crate::{Access, empty};
use contract::Fault;
use contract::iam::list_instance_profiles_for_role::{Input, Output};
use model::Caller;

/// The role must be there.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    empty::of_role(access, caller, input.role_name).await?;
    Ok(Output { instance_profiles: Vec::new(), is_truncated: Some(false), marker: None })
}
