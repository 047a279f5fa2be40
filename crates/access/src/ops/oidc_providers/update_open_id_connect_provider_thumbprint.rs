//! Puts other thumbprints in the place of a provider's.

use crate::refused::Refused;
use crate::{Access, providers, say};
use contract::Fault;
use contract::iam::update_open_id_connect_provider_thumbprint::{Input, Output};
use model::Caller;
use store::work;

/// All of them at once.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let prints = providers::thumbprints(input.thumbprint_list)?;
    let (account, arn) = (caller.account.clone(), input.open_id_connect_provider_arn);
    access
        .store
        .write(work!(|tx, account, arn, prints| -> Refused {
            let mut provider = providers::oidc_for_update(tx, account, arn).await?;
            provider.thumbprints.clone_from(prints);
            let there = tx.iam_providers().save_oidc(&provider).await?;
            if there { Ok(()) } else { Err(say::no_such_oidc_provider(arn).into()) }
        }))
        .await?;
    Ok(Output {})
}
