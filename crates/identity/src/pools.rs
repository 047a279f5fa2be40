//! Identity pools between the wire and rows.

use crate::refused::Refused;
use crate::{Identity, say};
use contract::Fault;
use contract::cognito_identity::types::{CognitoIdentityProvider, IdentityPool as Shown};
use indexmap::IndexMap;
use kernel::{AccountId, IdentityPoolId, Time};
use model::{Caller, IdentityPool, UserPoolProvider};
use store::{Tx, work};

impl Identity {
    /// The id an administrator's call names. A pool lives in one region and account: elsewhere it does not exist.
    pub(crate) fn pool_id(&self, caller: &Caller, text: &str) -> Result<IdentityPoolId, Fault> {
        let id = IdentityPoolId::parse(text).ok();
        id.filter(|id| id.region() == caller.region.as_str()).ok_or_else(|| say::no_such_pool(text))
    }

    /// The pool of a call that shows it, from its row.
    pub(crate) async fn require_pool(&self, caller: &Caller, text: &str) -> Result<IdentityPool, Fault> {
        let id = self.pool_id(caller, text)?;
        let found = self.store.read(work!(|tx, id| -> Refused { Ok(tx.identity_pools().get(id).await?) })).await?;
        found.filter(|pool| pool.account == caller.account).ok_or_else(|| say::no_such_pool(text))
    }
}

/// The pool of a call that changes it, locked until the end of the transaction.
pub async fn for_update(tx: &mut Tx, id: &IdentityPoolId, account: &AccountId) -> Result<IdentityPool, Refused> {
    let found = tx.identity_pools().get_for_update(id).await?.filter(|pool| pool.account == *account);
    found.ok_or_else(|| say::no_such_pool(id.as_str()).into())
}

/// Writes a changed pool back and answers it as it now stands.
pub async fn save(tx: &mut Tx, pool: IdentityPool, now: Time) -> Result<IdentityPool, Refused> {
    let changed = IdentityPool { updated: now, ..pool };
    let written = tx.identity_pools().update(&changed).await?;
    if written { Ok(changed) } else { Err(say::changed_meanwhile().into()) }
}

/// A pool as it is described. What is not set is left out (identity-pools.md 3).
#[must_use]
pub fn shown(pool: IdentityPool) -> Shown {
    let user_pools: Vec<_> = pool.providers.user_pools.into_iter().map(shown_user_pool).collect();
    Shown {
        identity_pool_id: pool.id.to_string(),
        identity_pool_name: pool.name,
        allow_unauthenticated_identities: pool.guests,
        allow_classic_flow: Some(pool.classic),
        supported_login_providers: any(pool.providers.social.into_iter().collect(), IndexMap::is_empty),
        developer_provider_name: pool.developer_provider,
        open_id_connect_provider_arns: any(pool.providers.oidc, Vec::is_empty),
        cognito_identity_providers: any(user_pools, Vec::is_empty),
        saml_provider_arns: any(pool.providers.saml, Vec::is_empty),
        identity_pool_tags: Some(pool.tags.into_iter().collect()),
    }
}

fn shown_user_pool(provider: UserPoolProvider) -> CognitoIdentityProvider {
    CognitoIdentityProvider {
        provider_name: Some(provider.name),
        client_id: Some(provider.client_id),
        server_side_token_check: Some(provider.server_side_check),
    }
}

/// A member that is left out where it is empty.
pub fn any<T>(value: T, is_empty: impl FnOnce(&T) -> bool) -> Option<T> {
    if is_empty(&value) { None } else { Some(value) }
}
