//! Ends one sign-in by its refresh token.

use crate::Directory;
use contract::Fault;
use contract::cognito_idp::revoke_token::{Input, Output};
use model::{Caller, Refusal};

/// The client proves itself with the secret itself; a public one has none to send.
pub async fn run(dir: &Directory, _caller: &Caller, input: Input) -> Result<Output, Fault> {
    // The operation declares no ResourceNotFound: an unknown client is one that did not prove itself.
    let through = dir.accounts.through(input.client_id.reveal()).await.map_err(|refusal| match refusal {
        Refusal::NoSuchClient(_) => Refusal::RevokeUnauthorized,
        other => other,
    })?;
    let given = input.client_secret.as_ref();
    if !dir.accounts.client_secret_fits(&through, given).await? {
        return Err(Refusal::RevokeUnauthorized.into());
    }
    dir.tokens.revoke(&through.pool, &through.client, &input.token).await?;
    Ok(Output {})
}
