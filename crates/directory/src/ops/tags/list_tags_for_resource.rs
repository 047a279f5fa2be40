//! Shows the tags of a user pool as they stand in the database.

use crate::Directory;
use contract::Fault;
use contract::cognito_idp::list_tags_for_resource::{Input, Output};
use model::Caller;

/// An empty map where there are none.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let id = dir.pool_of_arn(caller, &input.resource_arn)?;
    let (pool, _) = dir.require_pool(caller, id.as_str()).await?;
    Ok(Output { tags: Some(pool.settings.user_pool_tags.unwrap_or_default()) })
}
