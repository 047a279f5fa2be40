//! Deletes identities. Credentials handed out to them end with them.

use crate::Identity;
use crate::refused::Refused;
use contract::Fault;
use contract::cognito_identity::delete_identities::{Input, Output};
use contract::cognito_identity::enums::ErrorCode;
use contract::cognito_identity::types::UnprocessedIdentityId;
use kernel::IdentityId;
use model::{Caller, EventKind};
use store::work;

/// Of those that are not there nothing is left to do; those of another region or account are not the caller's.
pub async fn run(identity: &Identity, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (ours, elsewhere): (Vec<String>, Vec<String>) =
        input.identity_ids_to_delete.into_iter().partition(|id| is_here(caller, id));
    let wanted: Vec<IdentityId> = ours.iter().filter_map(|id| IdentityId::parse(id).ok()).collect();
    let (account, moment) = (caller.account.clone(), identity.moment());
    let strangers: Vec<String> = identity
        .store
        .write(work!(|tx, wanted, account, moment| -> Refused {
            let mut strangers = Vec::new();
            for id in wanted {
                let Some(row) = tx.identities().get(id).await? else { continue };
                if row.account != *account {
                    strangers.push(id.to_string());
                } else if tx.identities().delete(id).await? {
                    moment.append(tx, &row, EventKind::Deleted { identity: id.clone() }).await?;
                }
            }
            Ok(strangers)
        }))
        .await?;
    let refused =
        |id: String| UnprocessedIdentityId { identity_id: Some(id), error_code: Some(ErrorCode::AccessDenied) };
    Ok(Output { unprocessed_identity_ids: Some(elsewhere.into_iter().chain(strangers).map(refused).collect()) })
}

fn is_here(caller: &Caller, id: &str) -> bool {
    id.split_once(':').is_some_and(|(region, _)| region == caller.region.as_str())
}
