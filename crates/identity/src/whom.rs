//! The identity and the pool that a call names.

use crate::refused::Refused;
use crate::{Identity, say};
use contract::Fault;
use kernel::{IdentityId, IdentityPoolId};
use model::{Caller, IdentityPool, Known};
use std::sync::Arc;
use store::{StoreError, work};

/// An identity id. What cannot be one is nobody's.
pub fn identity_id(text: &str) -> Result<IdentityId, Fault> {
    IdentityId::parse(text).map_err(|_| say::no_such_identity(text))
}

impl Identity {
    /// The pool of a public call; its settings may be a second old. Nobody signed for a region, so the id's own counts.
    pub(crate) async fn public_pool(&self, caller: &Caller, text: &str) -> Result<Arc<IdentityPool>, Fault> {
        let id = IdentityPoolId::parse(text).map_err(|_| say::no_such_pool(text))?;
        self.known_pool(caller, &id).await?.ok_or_else(|| say::no_such_pool(text))
    }

    /// The pool of an administrator's call about identities; its settings may be a second old.
    pub(crate) async fn pool_of_call(&self, caller: &Caller, text: &str) -> Result<Arc<IdentityPool>, Fault> {
        let id = self.pool_id(caller, text)?;
        self.known_pool(caller, &id).await?.ok_or_else(|| say::no_such_pool(text))
    }

    async fn known_pool(&self, caller: &Caller, id: &IdentityPoolId) -> Result<Option<Arc<IdentityPool>>, Refused> {
        Ok(self.store.identity_pool(id).await?.filter(|pool| pool.account == caller.account))
    }

    /// The identity of a public call with its pool. Who holds the id need not know the pool.
    pub(crate) async fn public_identity(
        &self,
        caller: &Caller,
        text: &str,
    ) -> Result<(Known, Arc<IdentityPool>), Fault> {
        let id = identity_id(text)?;
        let known = self.known(&id).await?.filter(|known| known.identity.account == caller.account);
        let known = known.ok_or_else(|| say::no_such_identity(text))?;
        // A pool that is gone takes its identities along; those that are still being cleared away are gone too.
        let pool = self.known_pool(caller, &known.identity.pool).await?.ok_or_else(|| say::no_such_identity(text))?;
        Ok((known, pool))
    }

    /// The identity of an administrator's call. It lives in one region and account: elsewhere it does not exist.
    pub(crate) async fn require_identity(&self, caller: &Caller, text: &str) -> Result<Known, Fault> {
        let id = identity_id(text)?;
        let known = self.known(&id).await?.filter(|known| {
            known.identity.account == caller.account && known.identity.id.region() == caller.region.as_str()
        });
        known.ok_or_else(|| say::no_such_identity(text))
    }

    async fn known(&self, id: &IdentityId) -> Result<Option<Known>, Refused> {
        let id = id.clone();
        Ok(self.store.read(work!(|tx, id| -> StoreError { tx.identities().get_known(id).await })).await?)
    }
}
