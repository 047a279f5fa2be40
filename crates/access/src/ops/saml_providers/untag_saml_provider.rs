//! Takes tags from a SAML provider.

use crate::refused::Refused;
use crate::{Access, providers, say};
use contract::Fault;
use contract::iam::untag_saml_provider::{Input, Output};
use model::Caller;
use store::work;

/// A key that is not there is passed over.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (account, named, keys) = (caller.account.clone(), input.saml_provider_arn, input.tag_keys);
    access
        .store
        .write(work!(|tx, account, named, keys| -> Refused {
            let provider = providers::saml_for_update(tx, account, named).await?;
            let there = tx.iam_providers().save_saml(&provider.untagged(keys)).await?;
            if there { Ok(()) } else { Err(say::no_such_saml_provider(named).into()) }
        }))
        .await?;
    Ok(Output {})
}
