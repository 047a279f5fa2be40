//! Notes an OpenID Connect provider whose tokens roles may trust.

use crate::refused::Refused;
use crate::{Access, providers, say, tags};
use contract::Fault;
use contract::iam::create_open_id_connect_provider::{Input, Output};
use model::{Caller, OidcProvider};
use store::work;

/// Nothing is fetched: tokens are verified by the keys the issuer publishes when they come. Thumbprints are kept for
/// those who read them back.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let provider = OidcProvider {
        account: caller.account.clone(),
        url: providers::issuer(&input.url)?.to_owned(),
        client_ids: providers::client_ids(input.client_id_list.unwrap_or_default())?,
        thumbprints: providers::thumbprints(input.thumbprint_list.unwrap_or_default())?,
        tags: Vec::new(),
        created: access.clock.now(),
    };
    let provider = tags::taken(provider.tagged(tags::read(input.tags.unwrap_or_default())))?;
    let (arn, shown) = (provider.arn(), tags::any(provider.tags.clone()));
    let url = input.url;
    access
        .store
        .write(work!(|tx, provider, url| -> Refused {
            let made = tx.iam_providers().insert_oidc(provider).await?;
            if made { Ok(()) } else { Err(say::provider_exists(url).into()) }
        }))
        .await?;
    Ok(Output { open_id_connect_provider_arn: Some(arn), tags: shown })
}
