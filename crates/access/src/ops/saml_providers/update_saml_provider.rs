//! Gives a SAML provider other metadata.

use crate::refused::Refused;
use crate::{Access, metadata, providers, say};
use contract::Fault;
use contract::iam::update_saml_provider::{Input, Output};
use model::Caller;
use store::work;

/// Without new metadata nothing changes; keys for encrypted assertions are refused.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let keys = input.add_private_key.is_some() || input.remove_private_key.is_some();
    if keys || input.assertion_encryption_mode.is_some() {
        return Err(say::encryption_not_served());
    }
    let now = access.clock.now();
    let document = input.saml_metadata_document;
    let until = document.as_deref().map(|document| metadata::valid_until(document, now)).transpose()?;
    let (account, arn, new) = (caller.account.clone(), input.saml_provider_arn, document.zip(until));
    let shown = arn.clone();
    access
        .store
        .write(work!(|tx, account, arn, new| -> Refused {
            let mut provider = providers::saml_for_update(tx, account, arn).await?;
            if let Some((document, until)) = new {
                provider.metadata.clone_from(document);
                provider.valid_until = *until;
            }
            let there = tx.iam_providers().save_saml(&provider).await?;
            if there { Ok(()) } else { Err(say::no_such_saml_provider(arn).into()) }
        }))
        .await?;
    Ok(Output { saml_provider_arn: Some(shown) })
}
