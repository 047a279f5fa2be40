//! Shows which claims of a provider's tokens become tags of a session.

use crate::{Identity, tag_maps};
use contract::Fault;
use contract::cognito_identity::get_principal_tag_attribute_map::{Input, Output};
use model::Caller;

/// Of a provider nothing was set for, an empty map (identity-pools.md 9).
pub async fn run(identity: &Identity, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let mut pool = identity.require_pool(caller, &input.identity_pool_id).await?;
    let provider = tag_maps::provider(&pool, &input.identity_provider_name, &identity.aliases);
    let map = provider.and_then(|provider| pool.tag_maps.remove(&provider)).unwrap_or_default();
    let (use_defaults, principal_tags) = tag_maps::shown(map);
    Ok(Output {
        identity_pool_id: Some(pool.id.to_string()),
        identity_provider_name: Some(input.identity_provider_name),
        use_defaults,
        principal_tags,
    })
}
