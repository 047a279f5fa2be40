//! The account a key belongs to, whatever became of the key.

use crate::Access;
use crate::refused::Refused;
use crate::sts::say;
use contract::Fault;
use contract::sts::get_access_key_info::{Input, Output};
use kernel::entropy::BASE32;
use model::Caller;
use model::aws_session::ACCESS_KEY_PREFIX;
use store::work;

/// Lasting keys are looked up. Temporary ones are in no table; those of this form are this account's, as it is the only
/// one there is.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let id = input.access_key_id;
    let temporary = id.strip_prefix(ACCESS_KEY_PREFIX);
    let known = match temporary {
        Some(drawn) => drawn.len() == 16 && drawn.bytes().all(|byte| BASE32.contains(&byte)),
        None => access.store.read(work!(|tx, id| -> Refused { Ok(tx.access_keys().get(id).await?.is_some()) })).await?,
    };
    if known { Ok(Output { account: Some(caller.account.to_string()) }) } else { Err(say::no_such_access_key()) }
}
