//! Shows an inline policy of a user.

use crate::whom::Whom;
use crate::{Access, inline};
use contract::Fault;
use contract::iam::get_user_policy::{Input, Output};
use model::Caller;

/// The document travels percent-encoded (CR-12).
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let user = Whom::User(input.user_name.clone());
    let policy_document = inline::get(access, caller, &user, &input.policy_name).await?;
    Ok(Output { user_name: input.user_name, policy_name: input.policy_name, policy_document })
}
