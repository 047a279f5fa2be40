//! A person sets a new password with the code that was sent to them.

use crate::Directory;
use accounts::Reset;
use contract::Fault;
use contract::cognito_idp::confirm_forgot_password::{Input, Output};
use kernel::Secret;
use model::Caller;

/// The code is looked at first, and used up in the commit that sets the password.
pub async fn run(dir: &Directory, _caller: &Caller, input: Input) -> Result<Output, Fault> {
    let through = dir.accounts.through(input.client_id.reveal()).await?;
    let hash = input.secret_hash.as_ref().map(|hash| hash.reveal().as_str());
    let code = Secret::new(input.confirmation_code);
    let reset = Reset { username: input.username.expose(), code, password: input.password };
    dir.accounts.confirm_forgot_password(&through, reset, hash).await?;
    Ok(Output {})
}
