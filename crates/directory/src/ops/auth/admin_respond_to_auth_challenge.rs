//! A back end with signed calls answers what the sign-in asked.

use crate::Directory;
use crate::challenge::outcome;
use contract::Fault;
use contract::cognito_idp::admin_respond_to_auth_challenge::{Input, Output};
use model::Caller;
use signin::{Answer, Parameters};

/// Everything is the engine's.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let through = dir.through_pool(caller, &input.user_pool_id, input.client_id.reveal()).await?;
    let parameters = Parameters::new(input.challenge_responses);
    let answer = Answer { through, challenge: input.challenge_name, session: input.session, parameters };
    Ok(outcome!(dir.signin.answer(answer).await?))
}
