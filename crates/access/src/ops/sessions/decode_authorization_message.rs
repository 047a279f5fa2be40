//! Opens the reasons of a denial for somebody who may read them. The caller who was denied holds them sealed.

use crate::Access;
use crate::sts::say;
use authority::open_denial;
use contract::Fault;
use contract::sts::decode_authorization_message::{Input, Output};
use model::Caller;

/// Only messages of this account open. What is none and what is too old are told alike.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let opened = open_denial(&access.keyring, &caller.account, &input.encoded_message, access.clock.now());
    let decoded_message = Some(opened.map_err(|_| say::message_invalid())?);
    Ok(Output { decoded_message })
}
