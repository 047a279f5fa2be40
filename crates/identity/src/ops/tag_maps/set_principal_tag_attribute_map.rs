//! Sets which claims of a provider's tokens become tags of a session.

use crate::refused::Refused;
use crate::{Identity, pools, say, tag_maps};
use contract::Fault;
use contract::cognito_identity::set_principal_tag_attribute_map::{Input, Output};
use model::Caller;
use store::work;

/// Replaces the provider's map; an empty one is none.
pub async fn run(identity: &Identity, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (id, account) = (identity.pool_id(caller, &input.identity_pool_id)?, caller.account.clone());
    let (name, map) = (input.identity_provider_name, tag_maps::read(input.use_defaults, input.principal_tags)?);
    let (use_defaults, principal_tags) = tag_maps::shown(map.clone());
    let answer = Output {
        identity_pool_id: Some(id.to_string()),
        identity_provider_name: Some(name.clone()),
        use_defaults,
        principal_tags,
    };
    let (aliases, now) = (identity.aliases.clone(), identity.clock.now());
    identity
        .store
        .write(work!(|tx, id, account, name, map, aliases, now| -> Refused {
            let mut pool = pools::for_update(tx, id, account).await?;
            let provider = tag_maps::provider(&pool, name, aliases);
            let provider = provider.ok_or_else(|| say::not_a_configured_provider(name))?;
            if map.defaults || !map.tags.is_empty() {
                pool.tag_maps.insert(provider, map.clone());
            } else {
                pool.tag_maps.remove(&provider);
            }
            pools::save(tx, pool, *now).await
        }))
        .await?;
    Ok(answer)
}
