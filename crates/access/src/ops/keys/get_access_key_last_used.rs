//! Shows whose key it is and when it last signed.

use crate::refused::Refused;
use crate::{Access, say};
use contract::Fault;
use contract::iam::get_access_key_last_used::{Input, Output};
use contract::iam::types::AccessKeyLastUsed;
use kernel::AccountId;
use model::access_key::ROOT;
use model::{AccessKeyStatus, AccessKeyUse, Caller};
use store::{Tx, work};

/// What a key that never signed was used for. Observed.
const NEVER: &str = "N/A";

/// An ended key is none any more.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (account, id) = (caller.account.clone(), input.access_key_id);
    let (user_name, used) = access
        .store
        .read(work!(|tx, account, id| -> Refused {
            let Some(name) = owner(tx, account, id).await? else { return Err(say::no_such_key(id).into()) };
            Ok((name, tx.access_keys().get_use(id).await?))
        }))
        .await?;
    Ok(Output { user_name: Some(user_name), access_key_last_used: Some(shown(used)) })
}

async fn owner(tx: &mut Tx, account: &AccountId, id: &str) -> Result<Option<String>, Refused> {
    let key = tx.access_keys().get(id).await?.filter(|key| key.status != AccessKeyStatus::Ended);
    let Some(key) = key else { return Ok(None) };
    if key.principal == ROOT {
        return Ok(Some(key.principal));
    }
    Ok(tx.iam_users().get_by_id(account, &key.principal).await?.map(|user| user.name))
}

fn shown(used: Option<AccessKeyUse>) -> AccessKeyLastUsed {
    match used {
        Some(used) => {
            AccessKeyLastUsed { last_used_date: Some(used.at), service_name: used.service, region: used.region }
        }
        None => AccessKeyLastUsed { last_used_date: None, service_name: NEVER.to_owned(), region: NEVER.to_owned() },
    }
}
