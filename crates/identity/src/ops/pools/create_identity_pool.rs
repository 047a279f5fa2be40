//! Makes an identity pool.

use crate::providers::{self, Given};
use crate::refused::Refused;
use crate::{Identity, pools, tags};
use contract::Fault;
use contract::cognito_identity::create_identity_pool::{Input, Output};
use kernel::IdentityPoolId;
use model::{Caller, IdentityPool, PoolRoles};
use std::collections::BTreeMap;
use store::work;

/// Without roles nobody gets credentials yet: those are set by SetIdentityPoolRoles.
pub async fn run(identity: &Identity, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let now = identity.clock.now();
    let given = Given {
        user_pools: input.cognito_identity_providers,
        social: input.supported_login_providers,
        oidc: input.open_id_connect_provider_arns,
        saml: input.saml_provider_arns,
    };
    let providers = providers::read(given, &identity.aliases)?;
    if let Some(name) = &input.developer_provider_name {
        providers::developer_name(name, &providers)?;
    }
    let pool = IdentityPool {
        id: IdentityPoolId::draw(&caller.region, &*identity.entropy),
        account: caller.account.clone(),
        name: input.identity_pool_name,
        guests: input.allow_unauthenticated_identities,
        classic: input.allow_classic_flow.unwrap_or(false),
        developer_provider: input.developer_provider_name,
        providers,
        roles: PoolRoles::default(),
        tag_maps: BTreeMap::new(),
        tags: tags::put(BTreeMap::new(), input.identity_pool_tags.unwrap_or_default())?,
        created: now,
        updated: now,
        version: 1,
    };
    let (stored, aliases) = (pool.clone(), identity.aliases.clone());
    identity
        .store
        .write(work!(|tx, stored, aliases| -> Refused {
            providers::must_exist(tx, &stored.account, &stored.providers, aliases).await?;
            Ok(tx.identity_pools().insert(stored).await?)
        }))
        .await?;
    Ok(pools::shown(pool))
}
