//! Lists the versions of a managed policy, newest first, without their documents.

use crate::refused::Refused;
use crate::{Access, policies};
use contract::Fault;
use contract::iam::list_policy_versions::{Input, Output};
use model::{Caller, PolicyVersion};
use store::work;

/// Pages by number; the marker is bound to the policy.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let binding = ["ListPolicyVersions", caller.account.as_str(), &input.policy_arn];
    let listing = access.listing(&binding, input.marker.as_deref(), input.max_items)?;
    let (account, arn) = (caller.account.clone(), input.policy_arn);
    let (versions, default) = access
        .store
        .read(work!(|tx, account, arn| -> Refused {
            let found = policies::require(tx, account, arn).await?;
            Ok((found.versions(tx).await?, found.default_version()))
        }))
        .await?;
    let (versions, (is_truncated, marker)) = listing.page(versions, place);
    let shown = versions.into_iter().map(|version| policies::version_shown(version, default, false)).collect();
    Ok(Output { versions: Some(shown), is_truncated, marker })
}

/// The newer, the earlier in the list.
fn place(version: &PolicyVersion) -> String {
    format!("{:020}", i64::MAX - version.number)
}
