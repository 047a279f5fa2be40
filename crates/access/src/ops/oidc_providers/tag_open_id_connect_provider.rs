//! Puts tags on an OIDC provider.

use crate::refused::Refused;
use crate::{Access, providers, say, tags};
use contract::Fault;
use contract::iam::tag_open_id_connect_provider::{Input, Output};
use model::Caller;
use store::work;

/// A key that is there gets the new value; its case does not count.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (account, named, new) = (caller.account.clone(), input.open_id_connect_provider_arn, tags::read(input.tags));
    access
        .store
        .write(work!(|tx, account, named, new| -> Refused {
            let provider = providers::oidc_for_update(tx, account, named).await?;
            let tagged = tags::taken(provider.tagged(new.clone()))?;
            let there = tx.iam_providers().save_oidc(&tagged).await?;
            if there { Ok(()) } else { Err(say::no_such_oidc_provider(named).into()) }
        }))
        .await?;
    Ok(Output {})
}
