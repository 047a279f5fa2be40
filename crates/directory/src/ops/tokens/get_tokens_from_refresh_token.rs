//! New tokens for a sign-in that still lives; the call newer clients make instead of REFRESH_TOKEN_AUTH.

use crate::{Directory, challenge};
use contract::Fault;
use contract::cognito_idp::get_tokens_from_refresh_token::{Input, Output};
use model::{Caller, Refusal};

/// The client proves itself with the secret itself, never with a hash. Takes no writer unless tokens are rotated.
pub async fn run(dir: &Directory, _caller: &Caller, input: Input) -> Result<Output, Fault> {
    let through = dir.accounts.through(input.client_id.reveal()).await?;
    if !dir.accounts.client_secret_fits(&through, input.client_secret.as_ref()).await? {
        return Err(Refusal::SecretWrong(through.client.id.as_str().to_owned()).into());
    }
    let set = dir.tokens.refresh(&through.pool, &through.client, &input.refresh_token).await.map_err(declared)?;
    Ok(Output { authentication_result: Some(challenge::result(set)) })
}

/// The operation declares no PasswordResetRequired: whoever must reset signs in anew afterwards, and hears so there.
fn declared(refusal: Refusal) -> Refusal {
    if matches!(refusal, Refusal::ResetRequired) { Refusal::RefreshTokenRevoked } else { refusal }
}
