//! Shows a group.

use crate::{Directory, groups};
use contract::Fault;
use contract::cognito_idp::get_group::{Input, Output};
use model::{Caller, Refusal};
use store::work;

/// Pool, then group, as it stands now.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let pool = dir.pool(caller, &input.user_pool_id).await?;
    let (pool, name) = (pool.id.clone(), input.group_name);
    let group = dir.store.read(work!(|tx, pool, name| -> Refusal { tx.groups().require(pool, name).await })).await?;
    Ok(Output { group: Some(groups::described(group)) })
}
