//! Replaces what a pool is set to.

use crate::providers::{self, Given};
use crate::refused::Refused;
use crate::{Identity, pools, say, tags};
use contract::Fault;
use contract::cognito_identity::update_identity_pool::{Input, Output};
use model::{Caller, IdentityPool};
use std::collections::BTreeMap;
use store::work;

/// What is left out returns to its default, with two exceptions: the developer provider's name, which nothing changes
/// once it is set, and the tags, which have operations of their own (identity-pools.md 3).
pub async fn run(identity: &Identity, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (id, account) = (identity.pool_id(caller, &input.identity_pool_id)?, caller.account.clone());
    let given = Given {
        user_pools: input.cognito_identity_providers,
        social: input.supported_login_providers,
        oidc: input.open_id_connect_provider_arns,
        saml: input.saml_provider_arns,
    };
    let wanted = Wanted {
        name: input.identity_pool_name,
        guests: input.allow_unauthenticated_identities,
        classic: input.allow_classic_flow.unwrap_or(false),
        developer_provider: input.developer_provider_name,
        providers: providers::read(given, &identity.aliases)?,
        tags: input.identity_pool_tags.map(|new| tags::put(BTreeMap::new(), new)).transpose()?,
    };
    let (aliases, now) = (identity.aliases.clone(), identity.clock.now());
    let changed = identity
        .store
        .write(work!(|tx, id, account, wanted, aliases, now| -> Refused {
            let pool = wanted.clone().over(pools::for_update(tx, id, account).await?)?;
            providers::must_exist(tx, account, &pool.providers, aliases).await?;
            pools::save(tx, pool, *now).await
        }))
        .await?;
    Ok(pools::shown(changed))
}

/// What a pool is to be set to.
#[derive(Clone)]
struct Wanted {
    name: String,
    guests: bool,
    classic: bool,
    developer_provider: Option<String>,
    providers: model::Providers,
    tags: Option<BTreeMap<String, String>>,
}

impl Wanted {
    fn over(self, pool: IdentityPool) -> Result<IdentityPool, Fault> {
        let developer_provider = match (pool.developer_provider, self.developer_provider) {
            (Some(set), Some(wanted)) if set != wanted => return Err(say::developer_provider_stays()),
            (set, wanted) => set.or(wanted),
        };
        if let Some(name) = &developer_provider {
            providers::developer_name(name, &self.providers)?;
        }
        Ok(IdentityPool {
            name: self.name,
            guests: self.guests,
            classic: self.classic,
            developer_provider,
            providers: self.providers,
            tags: self.tags.unwrap_or(pool.tags),
            ..pool
        })
    }
}
