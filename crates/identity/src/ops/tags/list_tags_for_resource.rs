//! Lists the tags of an identity pool.

use crate::Identity;
use contract::Fault;
use contract::cognito_identity::list_tags_for_resource::{Input, Output};
use model::Caller;

/// All of them: there are fifty at most.
pub async fn run(identity: &Identity, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let id = identity.tagged(caller, &input.resource_arn)?;
    let pool = identity.require_pool(caller, id.as_str()).await?;
    Ok(Output { tags: Some(pool.tags.into_iter().collect()) })
}
