//! Shows an OpenID Connect provider.

use crate::refused::Refused;
use crate::{Access, providers, tags};
use contract::Fault;
use contract::iam::get_open_id_connect_provider::{Input, Output};
use model::Caller;
use store::work;

/// The url comes without its scheme, as trust policies name it.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (account, arn) = (caller.account.clone(), input.open_id_connect_provider_arn);
    let provider =
        access.store.read(work!(|tx, account, arn| -> Refused { providers::oidc(tx, account, arn).await })).await?;
    Ok(Output {
        url: Some(provider.url),
        client_id_list: Some(provider.client_ids),
        thumbprint_list: Some(provider.thumbprints),
        create_date: Some(provider.created),
        tags: tags::any(provider.tags),
    })
}
