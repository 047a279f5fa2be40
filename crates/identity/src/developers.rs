//! The developer's own users: an administrator's word ties their identifiers to identities (identity-pools.md 5).

use crate::{Identity, say};
use contract::Fault;
use model::{Caller, IdentityPool, Login};
use std::sync::Arc;

/// A developer's user as identities keep them.
#[must_use]
pub fn login(provider: &str, identifier: &str) -> Login {
    Login { provider: provider.to_owned(), subject: identifier.to_owned(), developer: true }
}

impl Identity {
    /// The pool of a call that names a developer provider, which must be the pool's.
    pub(crate) async fn pool_of_developer(
        &self,
        caller: &Caller,
        pool: &str,
        provider: &str,
    ) -> Result<Arc<IdentityPool>, Fault> {
        let pool = self.pool_of_call(caller, pool).await?;
        let theirs = pool.developer_provider.as_deref() == Some(provider);
        if theirs { Ok(pool) } else { Err(say::not_the_developer_provider()) }
    }
}
