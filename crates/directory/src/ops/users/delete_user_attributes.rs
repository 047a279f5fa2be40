//! A person takes attributes of their own away, as far as their client may write.

use crate::Directory;
use contract::Fault;
use contract::cognito_idp::delete_user_attributes::{Input, Output};
use model::Caller;

/// The token names everything; the flag of a contact goes with it.
pub async fn run(dir: &Directory, _caller: &Caller, input: Input) -> Result<Output, Fault> {
    let bearer = dir.tokens.bearer(&input.access_token).await?;
    dir.accounts.delete_attributes(bearer, input.user_attribute_names).await?;
    Ok(Output {})
}
