//! A person proves with the code that an address or number is theirs.

use crate::Directory;
use contract::Fault;
use contract::cognito_idp::verify_user_attribute::{Input, Output};
use kernel::Secret;
use model::Caller;

/// The code is used up in the commit that verifies.
pub async fn run(dir: &Directory, _caller: &Caller, input: Input) -> Result<Output, Fault> {
    let bearer = dir.tokens.bearer(&input.access_token).await?;
    dir.accounts.verify_attribute(bearer, &input.attribute_name, Secret::new(input.code)).await?;
    Ok(Output {})
}
