//! Shows a version of a managed policy with its document.

use crate::refused::Refused;
use crate::{Access, policies, say};
use contract::Fault;
use contract::iam::get_policy_version::{Input, Output};
use model::Caller;
use store::work;

/// The document travels percent-encoded (CR-12).
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let account = caller.account.clone();
    let (version, default) = access
        .store
        .read(work!(|tx, account, input| -> Refused {
            let found = policies::require(tx, account, &input.policy_arn).await?;
            let number = policies::version_number(&input.policy_arn, &input.version_id)?;
            let version = found.version(tx, number).await?;
            let version = version.ok_or_else(|| say::no_such_version(&input.policy_arn, &input.version_id))?;
            Ok((version, found.default_version()))
        }))
        .await?;
    Ok(Output { policy_version: Some(policies::version_shown(version, default, true)) })
}
