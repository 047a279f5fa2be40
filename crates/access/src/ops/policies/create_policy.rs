//! Makes a managed policy with its first version.

use crate::policies::Found;
use crate::refused::Refused;
use crate::{Access, say, tags};
use contract::Fault;
use contract::iam::create_policy::{Input, Output};
use model::access::unique_id;
use model::{Caller, ManagedPolicy, PolicyVersion};
use store::work;

/// The name is taken by the insert, so that of any number of racers one makes it.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    access.check_managed(&input.policy_document)?;
    let now = access.clock.now();
    let version = PolicyVersion { number: 1, document: input.policy_document, created: now };
    let policy = ManagedPolicy {
        id: unique_id(ManagedPolicy::PREFIX, &*access.entropy),
        account: caller.account.clone(),
        name: input.policy_name,
        path: input.path.unwrap_or_else(|| "/".to_owned()),
        description: input.description.filter(|text| !text.is_empty()),
        default_version: version.number,
        newest_version: version.number,
        created: now,
        updated: now,
        tags: Vec::new(),
    };
    let policy = tags::taken(policy.tagged(tags::read(input.tags.unwrap_or_default())))?;
    let stored = policy.clone();
    access
        .store
        .write(work!(|tx, stored, version| -> Refused {
            if !tx.iam_policies().insert(stored).await? {
                return Err(say::policy_exists(&stored.name).into());
            }
            Ok(tx.iam_policies().insert_version(stored, version).await?)
        }))
        .await?;
    Ok(Output { policy: Some(Found::Account(policy).shown((0, 0))) })
}
