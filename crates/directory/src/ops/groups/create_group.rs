//! Makes a group; nobody is in it yet.

use crate::{Directory, groups};
use contract::Fault;
use contract::cognito_idp::create_group::{Input, Output};
use kernel::EntropyExt;
use model::group::GROUPS_PER_POOL_MAX;
use model::{Caller, Group, Refusal};
use store::work;

/// The name is taken and the limit looked at in one transaction, so that racers neither share a name nor pass the limit.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let pool = dir.pool(caller, &input.user_pool_id).await?;
    let now = dir.clock.now();
    let group = Group {
        pool: pool.id.clone(),
        id: dir.entropy.uuid(),
        name: input.group_name,
        description: input.description,
        role_arn: input.role_arn,
        precedence: input.precedence,
        created: now,
        modified: now,
    };
    let stored = group.clone();
    dir.store
        .write(work!(|tx, stored| -> Refusal {
            tx.pools().require(&stored.pool).await?;
            if !tx.groups().insert(stored).await? {
                return Err(Refusal::GroupTaken);
            }
            let within = tx.groups().get_count(&stored.pool).await? <= i64::from(GROUPS_PER_POOL_MAX);
            if within { Ok(()) } else { Err(Refusal::TooManyGroups) }
        }))
        .await?;
    Ok(Output { group: Some(groups::described(group)) })
}
