//! Removes a group; the people who were in it stay.

use crate::Directory;
use contract::Fault;
use contract::cognito_idp::delete_group::{Input, Output};
use model::{Caller, Refusal};
use store::work;

/// The group's own row goes at once, and with it what tokens tell of it; its members' rows are swept behind it.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let pool = dir.pool(caller, &input.user_pool_id).await?;
    let (pool, name, now) = (pool.id.clone(), input.group_name, dir.clock.now());
    dir.store
        .write(work!(|tx, pool, name, now| -> Refusal {
            if tx.groups().delete(pool, name, *now).await? { Ok(()) } else { Err(Refusal::NoSuchGroup) }
        }))
        .await?;
    Ok(Output {})
}
