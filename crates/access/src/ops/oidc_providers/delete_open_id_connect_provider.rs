//! Forgets an OpenID Connect provider. Roles that name it trust nobody by that.

use crate::refused::Refused;
use crate::{Access, providers};
use contract::Fault;
use contract::iam::delete_open_id_connect_provider::{Input, Output};
use model::Caller;
use store::work;

/// One that is not there is no error: the service's manual says so.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let url = providers::oidc_url(&caller.account, &input.open_id_connect_provider_arn)?.to_owned();
    let account = caller.account.clone();
    access
        .store
        .write(work!(|tx, account, url| -> Refused { Ok(tx.iam_providers().delete_oidc(account, url).await?) }))
        .await?;
    Ok(Output {})
}
