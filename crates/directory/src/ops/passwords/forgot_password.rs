//! Sends a code with which a person may set a new password.

use crate::{Directory, delivery};
use contract::Fault;
use contract::cognito_idp::forgot_password::{Input, Output};
use model::Caller;

/// Whoever cannot be helped is answered like somebody who can where the client masks existence.
pub async fn run(dir: &Directory, _caller: &Caller, input: Input) -> Result<Output, Fault> {
    let through = dir.accounts.through(input.client_id.reveal()).await?;
    let hash = input.secret_hash.as_ref().map(|hash| hash.reveal().as_str());
    let sent = dir.accounts.forgot_password(&through, input.username.reveal(), hash).await?;
    Ok(Output { code_delivery_details: Some(delivery::details(sent)) })
}
