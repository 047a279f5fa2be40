//! A person proves with the code that the address is theirs.

use crate::Directory;
use accounts::Confirmation;
use contract::Fault;
use contract::cognito_idp::confirm_sign_up::{Input, Output};
use kernel::Secret;
use model::Caller;

/// The code is used up in the commit that confirms.
pub async fn run(dir: &Directory, _caller: &Caller, input: Input) -> Result<Output, Fault> {
    let through = dir.accounts.through(input.client_id.reveal()).await?;
    let username = input.username.expose();
    dir.accounts.prove_client(&through, &username, input.secret_hash.as_ref().map(|h| h.reveal().as_str())).await?;
    let code = Secret::new(input.confirmation_code);
    let typed = Confirmation { username, code, force_alias: input.force_alias_creation.unwrap_or(false) };
    dir.accounts.confirm_sign_up(&through, typed).await?;
    Ok(Output { session: None })
}
