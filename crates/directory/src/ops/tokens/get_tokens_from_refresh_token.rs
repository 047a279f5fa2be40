//! New tokens for a sign-in that still lives; the call newer clients make instead of REFRESH_TOKEN_AUTH.

use crate::{Directory, challenge};
use contract::Fault;
use contract::cognito_idp::get_tokens_from_refresh_token::{Input, Output};
use model::{Caller, Refusal};

/// The client proves itself with the secret itself, never with a hash. Takes no writer.
pub async fn run(dir: &Directory, _caller: &Caller, input: Input) -> Result<Output, Fault> {
    let through = dir.accounts.through(input.client_id.reveal()).await?;
    if !dir.accounts.client_secret_fits(&through, input.client_secret.as_ref()).await? {
        return Err(Refusal::SecretWrong(through.client.id.as_str().to_owned()).into());
    }
    let found = dir.tokens.redeem_refresh(&through.pool, &through.client, &input.refresh_token).await?;
    let set = dir.tokens.issue(&through.pool, &through.client, &found).await?;
    Ok(Output { authentication_result: Some(challenge::result(set)) })
}
