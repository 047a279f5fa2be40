//! Lists the MFA devices of a user, of which there are none. Terraform asks before it deletes a user.

use crate::{Access, empty};
use contract::Fault;
use contract::iam::list_mfa_devices::{Input, Output};
use model::Caller;

/// The user must be there.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    empty::of_user(access, caller, input.user_name).await?;
    Ok(Output { mfa_devices: Vec::new(), is_truncated: Some(false), marker: None })
}
