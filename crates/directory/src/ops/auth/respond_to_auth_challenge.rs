//! A person answers what the sign-in asked.

use crate::Directory;
use crate::challenge::outcome;
use contract::Fault;
use contract::cognito_idp::respond_to_auth_challenge::{Input, Output};
use model::Caller;
use signin::{Answer, Parameters};

/// Everything is the engine's.
pub async fn run(dir: &Directory, _caller: &Caller, input: Input) -> Result<Output, Fault> {
    let through = dir.accounts.through(input.client_id.reveal()).await?;
    let parameters = Parameters::new(input.challenge_responses);
    let answer = Answer { through, challenge: input.challenge_name, session: input.session, parameters };
    Ok(outcome!(dir.signin.answer(answer).await?))
}
