//! Shows a SAML provider with its metadata.

use crate::refused::Refused;
use crate::{Access, providers, tags};
use contract::Fault;
use contract::iam::get_saml_provider::{Input, Output};
use model::Caller;
use store::work;

/// The metadata comes as it was written.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (account, arn) = (caller.account.clone(), input.saml_provider_arn);
    let provider =
        access.store.read(work!(|tx, account, arn| -> Refused { providers::saml(tx, account, arn).await })).await?;
    Ok(Output {
        saml_metadata_document: Some(provider.metadata),
        create_date: Some(provider.created),
        valid_until: Some(provider.valid_until),
        tags: tags::any(provider.tags),
        ..Output::default()
    })
}
