//! Shows a person to themselves, as far as their client may read.

use crate::{Directory, attributes};
use contract::Fault;
use contract::cognito_idp::get_user::{Input, Output};
use kernel::Secret;
use model::Caller;

/// The token names everything; no writer is taken.
pub async fn run(dir: &Directory, _caller: &Caller, input: Input) -> Result<Output, Fault> {
    let bearer = dir.tokens.bearer(&input.access_token).await?;
    Ok(Output {
        user_attributes: attributes::readable(&bearer.user, &bearer.client),
        username: Secret::new(bearer.user.username),
        ..Output::default()
    })
}
