//! Lists the account's OpenID Connect providers.

use crate::Access;
use crate::refused::Refused;
use contract::Fault;
use contract::iam::list_open_id_connect_providers::{Input, Output};
use contract::iam::types::OpenIDConnectProviderListEntry;
use model::Caller;
use store::work;

/// The contract knows no pages here.
pub async fn run(access: &Access, caller: &Caller, _input: Input) -> Result<Output, Fault> {
    let account = caller.account.clone();
    let all =
        access.store.read(work!(|tx, account| -> Refused { Ok(tx.iam_providers().list_oidc(account).await?) })).await?;
    let entry = |provider: model::OidcProvider| OpenIDConnectProviderListEntry { arn: Some(provider.arn()) };
    Ok(Output { open_id_connect_provider_list: Some(all.into_iter().map(entry).collect()) })
}
