//! Notes a SAML provider by its metadata.

use crate::refused::Refused;
use crate::{Access, metadata, say, tags};
use contract::Fault;
use contract::iam::create_saml_provider::{Input, Output};
use model::{Caller, SamlProvider};
use store::work;

/// The metadata is kept as it is written.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    if input.assertion_encryption_mode.is_some() || input.add_private_key.is_some() {
        return Err(say::encryption_not_served());
    }
    let now = access.clock.now();
    let provider = SamlProvider {
        account: caller.account.clone(),
        name: input.name,
        valid_until: metadata::valid_until(&input.saml_metadata_document, now)?,
        metadata: input.saml_metadata_document,
        created: now,
        tags: Vec::new(),
    };
    let provider = tags::taken(provider.tagged(tags::read(input.tags.unwrap_or_default())))?;
    let (arn, shown) = (provider.arn(), tags::any(provider.tags.clone()));
    access
        .store
        .write(work!(|tx, provider| -> Refused {
            let made = tx.iam_providers().insert_saml(provider).await?;
            if made { Ok(()) } else { Err(say::saml_provider_exists(&provider.name).into()) }
        }))
        .await?;
    Ok(Output { saml_provider_arn: Some(arn), tags: shown })
}
