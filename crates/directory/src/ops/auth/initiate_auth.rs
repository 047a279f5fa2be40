//! A person begins to sign in.

use crate::Directory;
use crate::challenge::outcome;
use contract::Fault;
use contract::cognito_idp::initiate_auth::{Input, Output};
use model::Caller;
use signin::{Parameters, Start};

/// Everything is the engine's.
pub async fn run(dir: &Directory, _caller: &Caller, input: Input) -> Result<Output, Fault> {
    let through = dir.accounts.through(input.client_id.reveal()).await?;
    let parameters = Parameters::new(input.auth_parameters);
    let step = dir.signin.start(Start { through, flow: input.auth_flow, parameters }).await?;
    Ok(outcome!(step))
}
