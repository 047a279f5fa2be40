//! Signs a person out everywhere: every token handed out before ends.

use crate::Directory;
use contract::Fault;
use contract::cognito_idp::global_sign_out::{Input, Output};
use model::{Caller, Refusal};

/// Moves the person's generation.
pub async fn run(dir: &Directory, _caller: &Caller, input: Input) -> Result<Output, Fault> {
    // The operation declares no UserNotFound: the token of somebody deleted has ended with them.
    let ended = |refusal| if matches!(refusal, Refusal::NoSuchUser) { Refusal::AccessTokenRevoked } else { refusal };
    let bearer = dir.tokens.bearer(&input.access_token).await.map_err(ended)?;
    dir.tokens.sign_out_everywhere(&bearer).await.map_err(ended)?;
    Ok(Output {})
}
