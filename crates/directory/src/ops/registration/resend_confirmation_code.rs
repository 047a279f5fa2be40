//! Sends a new sign-up code; the older one is no longer good.

use crate::{Directory, delivery};
use contract::Fault;
use contract::cognito_idp::resend_confirmation_code::{Input, Output};
use model::Caller;

/// Unknown names are answered like known ones where the client masks existence.
pub async fn run(dir: &Directory, _caller: &Caller, input: Input) -> Result<Output, Fault> {
    let through = dir.accounts.through(input.client_id.reveal()).await?;
    let username = input.username.reveal();
    dir.accounts.prove_client(&through, username, input.secret_hash.as_ref().map(|h| h.reveal().as_str())).await?;
    let sent = dir.accounts.resend_confirmation(&through, username).await?;
    Ok(Output { code_delivery_details: Some(delivery::details(sent)) })
}
