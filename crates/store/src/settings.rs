//! Settings of pools and clients, and what IAM principals may do, as of at most a second ago; at once where they were written.
//!
//! Nearly every request looks at them and hardly any changes them, and reading their documents costs more than the
//! rest of a small request. Nothing else is cached: status, counters, one-time things, secrets and keys are read per
//! request, and what Describe and List answer comes from the rows (DESIGN, decision 3).

use crate::{Store, StoreError, work};
use kernel::{AccountId, ClientId, Stopwatch, UserPoolId};
use model::{Client, Grants, IamRole, Pool, Refusal};
use quick_cache::sync::Cache;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How long another node's change may go unseen.
const AGE_MAX: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(crate) struct Settings {
    pools: Cache<UserPoolId, Kept<Pool>>,
    clients: Cache<ClientId, Kept<Client>>,
    grants: Cache<(AccountId, String), Kept<Grants>>,
    documents: Cache<(AccountId, String), Kept<String>>,
    /// Moves with every committed change of settings on this node. What was read under an older epoch is not used.
    epoch: AtomicU64,
}

#[derive(Debug)]
struct Kept<T> {
    value: Arc<T>,
    epoch: u64,
    read: Stopwatch,
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Self { value: Arc::clone(&self.value), epoch: self.epoch, read: self.read }
    }
}

impl Settings {
    pub(crate) fn new() -> Self {
        Self {
            pools: Cache::new(1024),
            clients: Cache::new(4096),
            grants: Cache::new(1024),
            documents: Cache::new(256),
            epoch: AtomicU64::new(0),
        }
    }

    /// A change of settings was committed. Called before its writer hears of it.
    pub(crate) fn changed(&self) {
        self.epoch.fetch_add(1, Ordering::AcqRel);
    }

    fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Acquire)
    }

    fn fresh<T>(&self, kept: Option<Kept<T>>) -> Option<Arc<T>> {
        let kept = kept.filter(|k| k.epoch == self.epoch() && k.read.elapsed() < AGE_MAX)?;
        Some(kept.value)
    }
}

impl Store {
    /// A pool as of at most a second ago.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn pool(&self, id: &UserPoolId) -> Result<Option<Arc<Pool>>, StoreError> {
        let settings = self.settings();
        if let Some(pool) = settings.fresh(settings.pools.get(id)) {
            return Ok(Some(pool));
        }
        // Both are noted before the row is read: a change that comes in between makes what is kept unusable.
        let (epoch, read) = (settings.epoch(), Stopwatch::start());
        let wanted = id.clone();
        let found = self.read(work!(|tx, wanted| -> StoreError { tx.pools().get(wanted).await })).await?;
        Ok(found.map(|pool| {
            let value = Arc::new(pool);
            settings.pools.insert(id.clone(), Kept { value: Arc::clone(&value), epoch, read });
            value
        }))
    }

    /// A client, by its id alone, as of at most a second ago. Its secrets are read per request.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn client(&self, id: &ClientId) -> Result<Option<Arc<Client>>, StoreError> {
        let settings = self.settings();
        if let Some(client) = settings.fresh(settings.clients.get(id)) {
            return Ok(Some(client));
        }
        let (epoch, read) = (settings.epoch(), Stopwatch::start());
        let wanted = id.clone();
        let found = self.read(work!(|tx, wanted| -> StoreError { tx.clients().get_anywhere(wanted).await })).await?;
        Ok(found.map(|client| {
            let value = Arc::new(client);
            settings.clients.insert(id.clone(), Kept { value: Arc::clone(&value), epoch, read });
            value
        }))
    }

    /// A pool that must be there, as of at most a second ago.
    ///
    /// # Errors
    /// [`Refusal::NoSuchPool`], or what the database refused.
    pub async fn require_pool(&self, id: &UserPoolId) -> Result<Arc<Pool>, Refusal> {
        self.pool(id).await?.ok_or_else(|| Refusal::NoSuchPool(id.to_string()))
    }

    /// A client that must be there, as of at most a second ago.
    ///
    /// # Errors
    /// [`Refusal::NoSuchClient`], or what the database refused.
    pub async fn require_client(&self, id: &ClientId) -> Result<Arc<Client>, Refusal> {
        self.client(id).await?.ok_or_else(|| Refusal::NoSuchClient(id.to_string()))
    }

    /// What an IAM user (`AIDA…`) or role (`AROA…`) may do, as of at most a second ago; `None` when it is gone. Sessions
    /// of temporary credentials end with it (DESIGN decision 3: within two seconds on every node).
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn grants(&self, account: &AccountId, id: &str) -> Result<Option<Arc<Grants>>, StoreError> {
        let settings = self.settings();
        let key = (account.clone(), id.to_owned());
        if let Some(grants) = settings.fresh(settings.grants.get(&key)) {
            return Ok(Some(grants));
        }
        let (epoch, read) = (settings.epoch(), Stopwatch::start());
        let wanted = key.clone();
        let found = self
            .read(work!(|tx, wanted| -> StoreError {
                let (account, id) = wanted;
                if id.starts_with(IamRole::PREFIX) {
                    tx.iam_grants().of_role(account, id).await
                } else {
                    tx.iam_grants().of_user(account, id).await
                }
            }))
            .await?;
        Ok(found.map(|grants| {
            let value = Arc::new(grants);
            settings.grants.insert(key, Kept { value: Arc::clone(&value), epoch, read });
            value
        }))
    }

    /// The document in force of a managed policy, as of at most a second ago.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn policy_document(&self, account: &AccountId, arn: &str) -> Result<Option<Arc<String>>, StoreError> {
        let settings = self.settings();
        let key = (account.clone(), arn.to_owned());
        if let Some(document) = settings.fresh(settings.documents.get(&key)) {
            return Ok(Some(document));
        }
        let (epoch, read) = (settings.epoch(), Stopwatch::start());
        let wanted = key.clone();
        let found =
            self.read(work!(|tx, wanted| -> StoreError { tx.iam_grants().get_document(&wanted.0, &wanted.1).await }));
        Ok(found.await?.map(|document| {
            let value = Arc::new(document);
            settings.documents.insert(key, Kept { value: Arc::clone(&value), epoch, read });
            value
        }))
    }
}
