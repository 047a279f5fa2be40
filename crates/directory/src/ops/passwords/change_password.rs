//! Somebody signed in replaces their password.

use crate::Directory;
use contract::Fault;
use contract::cognito_idp::change_password::{Input, Output};
use model::Caller;

/// Token, then the present password, then policy and history of the next.
pub async fn run(dir: &Directory, _caller: &Caller, input: Input) -> Result<Output, Fault> {
    let bearer = dir.tokens.bearer(&input.access_token).await?;
    dir.signin.change_password(bearer, input.previous_password.as_ref(), &input.proposed_password).await?;
    Ok(Output {})
}
