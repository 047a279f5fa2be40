//! A person changes their own attributes, as far as their client may write.

use crate::{Directory, attributes, delivery};
use contract::Fault;
use contract::cognito_idp::update_user_attributes::{Input, Output};
use model::Caller;

/// The token names everything; every contact that is verified automatically is told where its code went.
pub async fn run(dir: &Directory, _caller: &Caller, input: Input) -> Result<Output, Fault> {
    let bearer = dir.tokens.bearer(&input.access_token).await?;
    let given = attributes::read(Some(input.user_attributes));
    let sent = dir.accounts.update_attributes(bearer, given).await?;
    Ok(Output { code_delivery_details_list: Some(sent.into_iter().map(delivery::details).collect()) })
}
