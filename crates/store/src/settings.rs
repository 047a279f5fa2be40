//! Settings of pools, clients and identity pools, and what IAM principals may do, as of at most a second ago; at once
//! where they were written.
//!
//! Nearly every request looks at them and hardly any changes them, and reading their documents costs more than the
//! rest of a small request. Nothing else is cached: status, counters, one-time things, secrets and keys are read per
//! request, and what Describe and List answer comes from the rows (DESIGN, decision 3).

use crate::tx::Touched;
use crate::{Store, StoreError, work};
use kernel::{AccountId, ClientId, Copies, IdentityId, IdentityPoolId, Stopwatch, UserPoolId};
use model::{Client, Grants, IamRole, Identity, IdentityPool, Pool, Refusal};
use quick_cache::sync::Cache;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How long another node's change may go unseen.
const AGE_MAX: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(crate) struct Settings {
    pools: Shelf<UserPoolId, Pool>,
    clients: Shelf<ClientId, Client>,
    identity_pools: Shelf<IdentityPoolId, IdentityPool>,
    grants: Cache<(AccountId, String), Kept<Grants>>,
    documents: Cache<(AccountId, String), Kept<String>>,
    root: Cache<(), Kept<i64>>,
    generations: Cache<IdentityId, Kept<i64>>,
    /// Moves with every committed change of settings on this node. What was read under an older epoch is not used.
    epoch: AtomicU64,
    /// The same for where identities stand, of which many change all the time: each moves with those of its stripe.
    stripes: Vec<AtomicU64>,
}

/// What nearly every request looks at: kept for all, and copied for each thread that asks.
#[derive(Debug)]
struct Shelf<K: Send, T: Send + Sync> {
    shared: Cache<K, Kept<T>>,
    near: Copies<K, Kept<T>>,
}

impl<K: Clone + Eq + Hash + Send, T: Send + Sync> Shelf<K, T> {
    fn new(most: usize) -> Self {
        Self { shared: Cache::new(most), near: Copies::new(NEAR_MAX) }
    }
}

/// How many settings of a kind a thread has a copy of.
const NEAR_MAX: usize = 64;

/// Identities are looked at anew together with one in so many others.
const STRIPES: usize = 1024;

#[derive(Debug)]
struct Kept<T> {
    value: Arc<T>,
    epoch: u64,
    read: Stopwatch,
}

impl<T> Kept<T> {
    fn is_good(&self, epoch: u64) -> bool {
        self.epoch == epoch && self.read.elapsed() < AGE_MAX
    }
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Self { value: Arc::clone(&self.value), epoch: self.epoch, read: self.read }
    }
}

impl Settings {
    pub(crate) fn new() -> Self {
        Self {
            pools: Shelf::new(1024),
            clients: Shelf::new(4096),
            identity_pools: Shelf::new(1024),
            grants: Cache::new(1024),
            documents: Cache::new(256),
            root: Cache::new(16),
            generations: Cache::new(16_384),
            epoch: AtomicU64::new(0),
            stripes: (0..STRIPES).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    /// These changes were committed. Called before their writer hears of it.
    pub(crate) fn forget(&self, touched: &Touched) {
        if touched.settings {
            self.forget_all();
        }
        for stripe in touched.identities.iter().filter_map(|id| self.stripe(id)) {
            stripe.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// Nothing that is kept is used any more.
    pub(crate) fn forget_all(&self) {
        self.epoch.fetch_add(1, Ordering::AcqRel);
    }

    fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Acquire)
    }

    /// The epoch of what is kept about an identity. Neither part ever goes back, so that the sum stays while both do.
    fn epoch_of(&self, id: &IdentityId) -> u64 {
        let stripe = self.stripe(id).map_or(0, |stripe| stripe.load(Ordering::Acquire));
        self.epoch().wrapping_add(stripe)
    }

    fn stripe(&self, id: &IdentityId) -> Option<&AtomicU64> {
        let mut hasher = DefaultHasher::new();
        id.hash(&mut hasher);
        let number = hasher.finish().checked_rem(u64::try_from(self.stripes.len()).ok()?)?;
        self.stripes.get(usize::try_from(number).ok()?)
    }

    /// What is kept under the key, or what the question finds now. What is not there is asked for each time.
    async fn kept_or<K: Clone + Eq + Hash, T>(
        &self,
        place: fn(&Self) -> &Cache<K, Kept<T>>,
        key: &K,
        question: impl Future<Output = Result<Option<T>, StoreError>>,
    ) -> Result<Option<Arc<T>>, StoreError> {
        self.kept_since(place(self), key, || self.epoch(), question).await
    }

    /// The same with a copy for each thread, which is good for as long as what it was copied from.
    async fn kept_near<K: Clone + Eq + Hash + Send, T: Clone + Send + Sync>(
        &self,
        place: fn(&Self) -> &Shelf<K, T>,
        key: &K,
        question: impl Future<Output = Result<Option<T>, StoreError>>,
    ) -> Result<Option<Arc<T>>, StoreError> {
        let Shelf { shared, near } = place(self);
        let epoch = self.epoch();
        if let Some(kept) = near.get(key).filter(|kept| kept.is_good(epoch)) {
            return Ok(Some(kept.value));
        }
        let found = self.kept_since(shared, key, || self.epoch(), question).await?;
        let Some(kept) = shared.get(key).filter(|kept| kept.is_good(epoch)) else { return Ok(found) };
        let copy = Kept { value: Arc::new(T::clone(&kept.value)), ..kept };
        near.put(key, copy.clone());
        Ok(Some(copy.value))
    }

    /// The same with an epoch of its own.
    async fn kept_since<K: Clone + Eq + Hash, T>(
        &self,
        cache: &Cache<K, Kept<T>>,
        key: &K,
        epoch: impl Fn() -> u64,
        question: impl Future<Output = Result<Option<T>, StoreError>>,
    ) -> Result<Option<Arc<T>>, StoreError> {
        let epoch = epoch();
        if let Some(kept) = cache.get(key).filter(|kept| kept.is_good(epoch)) {
            return Ok(Some(kept.value));
        }
        // Both are noted before the row is read: a change that comes in between makes what is kept unusable. A future
        // does nothing until it is awaited.
        let read = Stopwatch::start();
        Ok(question.await?.map(|found| {
            let value = Arc::new(found);
            cache.insert(key.clone(), Kept { value: Arc::clone(&value), epoch, read });
            value
        }))
    }
}

impl Store {
    /// A pool as of at most a second ago.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn pool(&self, id: &UserPoolId) -> Result<Option<Arc<Pool>>, StoreError> {
        let wanted = id.clone();
        let read = self.read(work!(|tx, wanted| -> StoreError { tx.pools().get(wanted).await }));
        self.settings().kept_near(|settings| &settings.pools, id, read).await
    }

    /// A client, by its id alone, as of at most a second ago. Its secrets are read per request.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn client(&self, id: &ClientId) -> Result<Option<Arc<Client>>, StoreError> {
        let wanted = id.clone();
        let read = self.read(work!(|tx, wanted| -> StoreError { tx.clients().get_anywhere(wanted).await }));
        self.settings().kept_near(|settings| &settings.clients, id, read).await
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

    /// An identity pool as of at most a second ago.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn identity_pool(&self, id: &IdentityPoolId) -> Result<Option<Arc<IdentityPool>>, StoreError> {
        let wanted = id.clone();
        let read = self.read(work!(|tx, wanted| -> StoreError { tx.identity_pools().get(wanted).await }));
        self.settings().kept_near(|settings| &settings.identity_pools, id, read).await
    }

    /// What an IAM user (`AIDA…`) or role (`AROA…`) may do, as of at most a second ago; `None` when it is gone. Sessions
    /// of temporary credentials end with it (DESIGN decision 3: within two seconds on every node).
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn grants(&self, account: &AccountId, id: &str) -> Result<Option<Arc<Grants>>, StoreError> {
        let key = (account.clone(), id.to_owned());
        let wanted = key.clone();
        let read = self.read(work!(|tx, wanted| -> StoreError {
            let (account, id) = wanted;
            if id.starts_with(IamRole::PREFIX) {
                tx.iam_grants().of_role(account, id).await
            } else {
                tx.iam_grants().of_user(account, id).await
            }
        }));
        self.settings().kept_or(|settings| &settings.grants, &key, read).await
    }

    /// The generation of root, as of at most a second ago: it moves when a root key is ended or switched off,
    /// and root's sessions end.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn root_generation(&self) -> Result<i64, StoreError> {
        let read = self.read(work!(|tx| -> StoreError { tx.access_keys().get_root_generation().await.map(Some) }));
        self.settings().kept_or(|settings| &settings.root, &(), read).await.map(|kept| kept.map_or(0, |count| *count))
    }

    /// The document in force of a managed policy, as of at most a second ago.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn policy_document(&self, account: &AccountId, arn: &str) -> Result<Option<Arc<String>>, StoreError> {
        let key = (account.clone(), arn.to_owned());
        let wanted = key.clone();
        let read =
            self.read(work!(|tx, wanted| -> StoreError { tx.iam_grants().get_document(&wanted.0, &wanted.1).await }));
        self.settings().kept_or(|settings| &settings.documents, &key, read).await
    }

    /// Where an identity of an identity pool stands, as of at most a second ago; `None` when it is disabled or gone, or its
    /// pool is. Identities are made and linked all the time: of others than the one that changed next to nothing is
    /// forgotten.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn identity_generation(&self, id: &IdentityId) -> Result<Option<Arc<i64>>, StoreError> {
        let wanted = id.clone();
        let read = self.read(work!(|tx, wanted| -> StoreError {
            let row = tx.identities().get(wanted).await?;
            Ok(row.filter(Identity::enabled).map(|row| row.generation))
        }));
        let settings = self.settings();
        settings.kept_since(&settings.generations, id, || settings.epoch_of(id), read).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Time;
    use std::collections::BTreeMap;

    #[test]
    fn a_thread_that_has_a_copy_sees_what_another_changed_at_once() {
        let settings = Settings::new();
        let id = IdentityPoolId::parse("eu-west-1:0a").unwrap();
        let pool = |guests: bool| IdentityPool {
            id: id.clone(),
            account: AccountId::parse("123456789012").unwrap(),
            name: "p".into(),
            guests,
            classic: false,
            developer_provider: None,
            providers: model::Providers::default(),
            roles: model::PoolRoles::default(),
            tag_maps: BTreeMap::new(),
            tags: BTreeMap::new(),
            created: Time::default(),
            updated: Time::default(),
            version: 0,
        };
        let ask = |now: bool| {
            let asked = settings.kept_near(|all| &all.identity_pools, &id, async { Ok(Some(pool(now))) });
            crate::work::poll_once(Box::pin(asked)).unwrap().unwrap().guests
        };
        std::thread::scope(|scope| {
            let (turn, turns) = std::sync::mpsc::channel();
            let (said, answers) = std::sync::mpsc::channel();
            scope.spawn(move || turns.iter().for_each(|now| said.send((ask(now), ask(!now))).unwrap()));
            let other = |now: bool| {
                turn.send(now).unwrap();
                answers.recv().unwrap()
            };
            assert_eq!((ask(false), other(true)), (false, (false, false)), "kept for all");
            settings.forget_all();
            assert_eq!(other(true), (true, true), "its copy is over");
            assert!(ask(false), "and what it read is kept for all");
            drop(turn);
        });
    }

    #[tokio::test]
    async fn what_was_read_before_an_identity_ended_is_not_kept() {
        let settings = Settings::new();
        let id = |n: u8| IdentityId::parse(&format!("eu-west-1:{n}a")).unwrap();
        let (one, other) = (id(1), id(2));
        let ended = |id: &IdentityId| Touched { settings: false, identities: vec![id.clone()] };
        let ask = async |id: &IdentityId, question: &dyn Fn() -> i64| {
            let asked = async { Ok(Some(question())) };
            let kept = settings.kept_since(&settings.generations, id, || settings.epoch_of(id), asked).await;
            *kept.unwrap().unwrap()
        };
        // Its end is committed while the row of before is on its way here.
        let overtaken = || {
            settings.forget(&ended(&one));
            7
        };
        assert_eq!(ask(&one, &overtaken).await, 7, "who asked before may hear of before");
        assert_eq!(ask(&one, &|| 8).await, 8, "who asks after may not");
        assert_eq!(ask(&other, &|| 1).await, 1);
        settings.forget(&ended(&one));
        assert_eq!(ask(&one, &|| 9).await, 9);
        assert_eq!(ask(&other, &|| 2).await, 1, "that of another is kept");
        settings.forget_all();
        assert_eq!(ask(&other, &|| 2).await, 2);
    }
}
