//! Lists the service credentials of a user, of which there are none. Terraform asks before it deletes a user.

use crate::{Access, empty};
use contract::Fault;
use contract::iam::list_service_specific_credentials::{Input, Output};
use model::Caller;

/// The user must be there, where one is asked about.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    if input.all_users != Some(true) {
        empty::of_user(access, caller, input.user_name).await?;
    }
    Ok(Output { service_specific_credentials: Some(Vec::new()), is_truncated: Some(false), marker: None })
}
