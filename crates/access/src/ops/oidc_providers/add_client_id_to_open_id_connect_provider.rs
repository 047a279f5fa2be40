//! Takes one more audience from a provider's tokens.

use crate::refused::Refused;
use crate::{Access, providers, say};
use contract::Fault;
use contract::iam::add_client_id_to_open_id_connect_provider::{Input, Output};
use model::Caller;
use store::work;

/// One that is taken already stays so.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (account, arn, id) = (caller.account.clone(), input.open_id_connect_provider_arn, input.client_id);
    access
        .store
        .write(work!(|tx, account, arn, id| -> Refused {
            let mut provider = providers::oidc_for_update(tx, account, arn).await?;
            provider.client_ids.push(id.clone());
            provider.client_ids = providers::client_ids(provider.client_ids)?;
            let there = tx.iam_providers().save_oidc(&provider).await?;
            if there { Ok(()) } else { Err(say::no_such_oidc_provider(arn).into()) }
        }))
        .await?;
    Ok(Output {})
}
