//! A person removes themselves for good.

use crate::Directory;
use contract::Fault;
use contract::cognito_idp::delete_user::{Input, Output};
use model::Caller;

/// The token names everything; names, passwords, codes and sign-ins go with the person.
pub async fn run(dir: &Directory, _caller: &Caller, input: Input) -> Result<Output, Fault> {
    let bearer = dir.tokens.bearer(&input.access_token).await?;
    dir.accounts.delete_self(bearer).await?;
    Ok(Output {})
}
