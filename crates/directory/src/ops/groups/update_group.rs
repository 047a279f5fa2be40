//! Changes a group; its name stays, and so does whatever the call leaves out.

use crate::{Directory, groups};
use contract::Fault;
use contract::cognito_idp::update_group::{Input, Output};
use model::{Caller, Group, Refusal};
use store::work;

/// Reads and writes in one transaction, so that two updates never mix. Tokens tell the change from the next refresh on.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let pool = dir.pool(caller, &input.user_pool_id).await?;
    let (pool, now) = (pool.id.clone(), dir.clock.now());
    let group = dir
        .store
        .write(work!(|tx, pool, input, now| -> Refusal {
            let found = tx.groups().require_for_update(pool, &input.group_name).await?;
            let group = Group {
                description: input.description.clone().or_else(|| found.description.clone()),
                role_arn: input.role_arn.clone().or_else(|| found.role_arn.clone()),
                precedence: input.precedence.or(found.precedence),
                modified: *now,
                ..found
            };
            tx.groups().save(&group).await?;
            Ok(group)
        }))
        .await?;
    Ok(Output { group: Some(groups::described(group)) })
}
