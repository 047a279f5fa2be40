//! Who is calling. Always answered, even under an explicit Deny: it is how clients find out what is wrong.

use crate::Access;
use crate::sts::say;
use contract::Fault;
use contract::sts::get_caller_identity::{Input, Output};
use kernel::AccountId;
use model::{Caller, Principal, SessionOf};

/// Account, ARN and unique id, of a user as it is called now.
pub async fn run(access: &Access, caller: &Caller, _input: Input) -> Result<Output, Fault> {
    let account = &caller.account;
    let (arn, user_id) = match &caller.principal {
        Principal::Root { .. } => (format!("arn:aws:iam::{account}:root"), account.to_string()),
        Principal::User { id, .. } => user(access, account, id).await?,
        Principal::Session(session) => match &session.of {
            SessionOf::User { id, .. } => user(access, account, id).await?,
            _ => (session.arn(account), session.user_id(account)),
        },
        Principal::Anonymous => return Err(say::nobody()),
    };
    Ok(Output { user_id: Some(user_id), account: Some(account.to_string()), arn: Some(arn) })
}

async fn user(access: &Access, account: &AccountId, id: &str) -> Result<(String, String), Fault> {
    let user = access.user_by_id(account, id.to_owned()).await?;
    Ok((user.arn(), user.id))
}
