//! Lists the account's SAML providers.

use crate::Access;
use crate::refused::Refused;
use contract::Fault;
use contract::iam::list_saml_providers::{Input, Output};
use contract::iam::types::SAMLProviderListEntry;
use model::{Caller, SamlProvider};
use store::work;

/// The contract knows no pages here.
pub async fn run(access: &Access, caller: &Caller, _input: Input) -> Result<Output, Fault> {
    let account = caller.account.clone();
    let all =
        access.store.read(work!(|tx, account| -> Refused { Ok(tx.iam_providers().list_saml(account).await?) })).await?;
    Ok(Output { saml_provider_list: Some(all.into_iter().map(entry).collect()) })
}

fn entry(provider: SamlProvider) -> SAMLProviderListEntry {
    SAMLProviderListEntry {
        arn: Some(provider.arn()),
        valid_until: Some(provider.valid_until),
        create_date: Some(provider.created),
    }
}
