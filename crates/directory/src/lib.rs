//! User pools: the operations of `cognito-idp`, one file each under `ops/`.
//!
//! Knows: how an operation's request becomes calls on the stairs, and how their outcome becomes its answer. Never knows:
//! HTTP, SQL. To add an operation: `cargo xtask new-op NAME`; nothing else is edited by hand.

mod attributes;
mod challenge;
mod client_settings;
mod delivery;
pub mod fuzzing;
mod groups;
mod listing;
mod mfa_settings;
mod oauth_settings;
pub mod ops;
mod pool_settings;
mod rotation_settings;
mod say;
mod schema;
pub(crate) mod search;
mod sms_settings;
mod table;
mod tiers;
mod unserved;

pub use table::SERVED;
pub use tiers::Tiers;

use accounts::{Accounts, Through};
use contract::Fault;
use contract::cognito_idp::fault;
use kernel::entropy::LOWER_ALPHANUMERIC;
use kernel::{ClientId, Clock, Entropy, EntropyExt, Secret, UserPoolId};
use model::{Caller, Client, Pool};
use signin::Signin;
use std::sync::Arc;
use store::{Store, work};
use tokens::Tokens;

/// What the operations of user pools lean on.
#[derive(Debug, Clone)]
pub struct Directory {
    /// The database.
    pub store: Store,
    /// What is true of a person.
    pub accounts: Accounts,
    /// The sign-in engine.
    pub signin: Signin,
    /// The token engine.
    pub tokens: Tokens,
    /// What pool tiers mean here.
    pub tiers: Tiers,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}

impl Directory {
    /// The id an administrator's call names. A pool lives in one region and account: elsewhere it does not exist.
    fn pool_id(&self, caller: &Caller, text: &str) -> Result<UserPoolId, Fault> {
        UserPoolId::parse(text)
            .ok()
            .filter(|id| id.region() == caller.region.as_str())
            .ok_or_else(|| no_such_pool(text))
    }

    /// The id in the ARN of a pool. One of another account or region is not there.
    fn pool_of_arn(&self, caller: &Caller, arn: &str) -> Result<UserPoolId, Fault> {
        let no_pool = || fault::invalid_parameter(say::NO_POOL_ARN);
        let (place, id) = arn.split_once(":userpool/").ok_or_else(no_pool)?;
        if place.split(':').nth(2) != Some("cognito-idp") {
            return Err(no_pool());
        }
        let id = self.pool_id(caller, id)?;
        if id.arn(&caller.account) == arn { Ok(id) } else { Err(no_such_pool(id.as_str())) }
    }

    /// The pool of an administrator's call about people; its settings may be a second old.
    async fn pool(&self, caller: &Caller, text: &str) -> Result<Arc<Pool>, Fault> {
        let id = self.pool_id(caller, text)?;
        let pool = self.accounts.pool(id.as_str()).await?;
        if pool.account == caller.account { Ok(pool) } else { Err(no_such_pool(text)) }
    }

    /// Pool and client of an administrator's sign-in call.
    async fn through_pool(&self, caller: &Caller, pool: &str, client: &str) -> Result<Through, Fault> {
        let pool = self.pool(caller, pool).await?;
        Ok(self.accounts.through_pool(pool.id.as_str(), client).await?)
    }

    /// The pool of a call that shows or changes it, from its row, with the number of its people.
    async fn require_pool(&self, caller: &Caller, text: &str) -> Result<(Pool, i64), Fault> {
        let id = self.pool_id(caller, text)?;
        let found = self
            .store
            .read(work!(|tx, id| -> Fault {
                let Some(pool) = tx.pools().get(id).await? else { return Ok(None) };
                Ok(Some((pool, tx.pools().get_people(id).await?)))
            }))
            .await?;
        found.filter(|(pool, _)| pool.account == caller.account).ok_or_else(|| no_such_pool(text))
    }

    /// The client of a call that shows or changes it, from its row.
    async fn require_client(&self, caller: &Caller, pool: &str, client: &str) -> Result<(Pool, Client), Fault> {
        let (pool, _) = self.require_pool(caller, pool).await?;
        let id = ClientId::parse(client).map_err(|_| no_such_client(client))?;
        let pool_id = pool.id.clone();
        let found =
            self.store.read(work!(|tx, pool_id, id| -> Fault { Ok(tx.clients().get(pool_id, id).await?) })).await?;
        found.map(|found| (pool, found)).ok_or_else(|| no_such_client(client))
    }
}

/// A secret for a client that brings none of its own (user-pools.md 2).
fn drawn_client_secret(dir: &Directory) -> Secret<String> {
    Secret::new(dir.entropy.text(LOWER_ALPHANUMERIC, 51))
}

fn no_such_pool(id: &str) -> Fault {
    fault::resource_not_found(model::say::no_such_pool(id))
}

fn no_such_client(id: &str) -> Fault {
    fault::resource_not_found(model::say::no_such_client(id))
}
