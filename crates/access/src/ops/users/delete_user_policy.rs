//! Removes an inline policy of a user.

use crate::whom::Whom;
use crate::{Access, inline};
use contract::Fault;
use contract::iam::delete_user_policy::{Input, Output};
use model::Caller;

/// A policy that is not there is refused.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    inline::delete(access, caller, Whom::User(input.user_name), input.policy_name).await?;
    Ok(Output {})
}
