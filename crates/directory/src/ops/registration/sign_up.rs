//! A person signs up.

use crate::{Directory, attributes, delivery};
use accounts::SignUp;
use contract::Fault;
use contract::cognito_idp::sign_up::{Input, Output};
use model::Caller;

/// Client and its proof first; then the stair.
pub async fn run(dir: &Directory, _caller: &Caller, input: Input) -> Result<Output, Fault> {
    let through = dir.accounts.through(input.client_id.reveal()).await?;
    let username = input.username.expose();
    dir.accounts.prove_client(&through, &username, input.secret_hash.as_ref().map(|h| h.reveal().as_str())).await?;
    let asked = SignUp { username, password: input.password, attributes: attributes::read(input.user_attributes) };
    let done = dir.accounts.sign_up(&through, asked).await?;
    Ok(Output {
        user_confirmed: false,
        code_delivery_details: done.delivery.map(delivery::details),
        user_sub: done.user.sub.as_str().to_owned(),
        session: None,
    })
}
