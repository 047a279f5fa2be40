//! Forgets a SAML provider. Roles that name it trust nobody by that.

use crate::refused::Refused;
use crate::{Access, providers, say};
use contract::Fault;
use contract::iam::delete_saml_provider::{Input, Output};
use model::Caller;
use store::work;

/// One that is not there is refused.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (account, arn) = (caller.account.clone(), input.saml_provider_arn);
    let name = providers::saml_name(&account, &arn)?.to_owned();
    access
        .store
        .write(work!(|tx, account, arn, name| -> Refused {
            let gone = tx.iam_providers().delete_saml(account, name).await?;
            if gone { Ok(()) } else { Err(say::no_such_saml_provider(arn).into()) }
        }))
        .await?;
    Ok(Output {})
}
