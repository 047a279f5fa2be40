//! Temporary credentials for a user or root with the rights they have anyway.

use crate::Access;
use crate::sts::{lifetime, say};
use contract::Fault;
use contract::sts::get_session_token::{Input, Output};
use model::{AwsSession, Caller, SessionOf};

/// Only lasting keys can ask: sessions do not prolong themselves.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    if input.serial_number.is_some() || input.token_code.is_some() {
        return Err(say::no_such_device());
    }
    let user = access.by_lasting_key(caller, "GetSessionToken").await?;
    let lifetime = lifetime::of_keys(input.duration_seconds, user.is_none());

    let generation = access.generation(caller, user.as_ref()).await?;
    let of = user.map_or(SessionOf::Root, |user| SessionOf::User { id: user.id, path: user.path, name: user.name });
    let session = AwsSession::begin(of, generation, access.clock.now(), lifetime, &*access.entropy);
    let issued = access.issued(&caller.account, &session, input.minimum_session_token_size)?;
    Ok(Output {
        credentials: Some(issued.credentials),
        session_token_utilization: issued.utilization,
        session_token_size: issued.size,
    })
}
