//! Lists the tags of a SAML provider.

use crate::refused::Refused;
use crate::{Access, providers, tags};
use contract::Fault;
use contract::iam::list_saml_provider_tags::{Input, Output};
use model::Caller;
use store::work;

/// Pages by key; the marker is bound to what is tagged.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let binding = ["ListSAMLProviderTags", caller.account.as_str(), &input.saml_provider_arn];
    let listing = access.listing(&binding, input.marker.as_deref(), input.max_items)?;
    let (account, named) = (caller.account.clone(), input.saml_provider_arn);
    let all = access
        .store
        .read(work!(|tx, account, named| -> Refused { Ok(providers::saml(tx, account, named).await?.tags) }))
        .await?;
    let (tags, (is_truncated, marker)) = listing.page(tags::shown(all), tags::key);
    Ok(Output { tags, is_truncated, marker })
}
