//! Sends a person a code that proves an address or number of theirs; the older one is no longer good.

use crate::{Directory, delivery};
use contract::Fault;
use contract::cognito_idp::get_user_attribute_verification_code::{Input, Output};
use model::Caller;

/// The code goes to the value that waits for it, where one does.
pub async fn run(dir: &Directory, _caller: &Caller, input: Input) -> Result<Output, Fault> {
    let bearer = dir.tokens.bearer(&input.access_token).await?;
    let sent = dir.accounts.send_attribute_code(bearer, &input.attribute_name).await?;
    Ok(Output { code_delivery_details: Some(delivery::details(sent)) })
}
