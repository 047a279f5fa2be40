//! A pool's signing keys, unsealed and prepared once, and its key set as published.

use crate::Tokens;
use bytes::Bytes;
use crypto::jose::{JwtError, SigningKey, Unverified, VerifyingKey};
use crypto::{Context, Purpose};
use kernel::{Copies, Stopwatch, Time, UserPoolId};
use model::{KeyUse, Refusal, SigningKeyRow};
use quick_cache::sync::Cache;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use store::work;

/// How long another node's change may go unseen (DESIGN decision 3).
const FRESH: Duration = Duration::from_secs(1);
/// Pools whose keys stay prepared; others are prepared again when asked for.
const POOLS_MAX: usize = 2_000;
/// A retired key is published until its last token has expired: a day, and a little for clocks (oauth-oidc.md 9.2).
pub(crate) const PUBLISHED_AFTER_RETIREMENT: Duration = Duration::from_secs(25 * 3600);

/// Prepared keys by pool.
pub(crate) struct KeyCache {
    pools: Cache<UserPoolId, Arc<Cached>>,
    /// Copies for each thread.
    near: Copies<UserPoolId, Cached>,
    /// How often something was forgotten. What was read before is good no more, also when it comes to be kept after.
    forgotten: AtomicU64,
}

/// How many pools' keys a thread has a copy of.
const NEAR_MAX: usize = 64;

#[derive(Clone)]
struct Cached {
    keys: Arc<PoolKeys>,
    read: ReadAt,
    /// How often something had been forgotten before.
    forgotten: u64,
}

impl Cached {
    fn is_good(&self, forgotten: u64, now: Time) -> bool {
        self.forgotten == forgotten && self.read.is_fresh(now)
    }
}

/// When rows were read. The stopwatch decides how old they are: a clock that is set back would keep a withdrawn key for as
/// long. The clock has its say too, for which keys are published depends on the hour.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReadAt(Stopwatch, Time);

impl ReadAt {
    /// They are about to be read.
    pub(crate) fn now(now: Time) -> Self {
        Self(Stopwatch::start(), now)
    }

    /// Whether they are believed still.
    pub(crate) fn is_fresh(self, now: Time) -> bool {
        self.0.elapsed() < FRESH && now.since(self.1) < FRESH
    }
}

impl Default for KeyCache {
    fn default() -> Self {
        Self { pools: Cache::new(POOLS_MAX), near: Copies::new(NEAR_MAX), forgotten: AtomicU64::new(0) }
    }
}

impl KeyCache {
    /// The next look is at the database.
    pub(crate) fn forget(&self, pool: &UserPoolId) {
        self.pools.remove(pool);
        self.forgotten.fetch_add(1, Ordering::AcqRel);
    }
}

impl fmt::Debug for KeyCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyCache({} pools)", self.pools.len())
    }
}

/// One prepared key.
#[derive(Clone)]
struct Prepared {
    key_use: KeyUse,
    kid: String,
    not_before: Time,
    retired: Option<Time>,
    signer: Arc<SigningKey>,
    verifier: Arc<VerifyingKey>,
}

/// All keys of a pool.
pub(crate) struct PoolKeys {
    prepared: Vec<Prepared>,
    /// The key set as published.
    pub jwks: Bytes,
}

impl PoolKeys {
    /// The same with nothing that others count, but for the keys themselves.
    fn copied(&self) -> Self {
        Self { prepared: self.prepared.clone(), jwks: Bytes::copy_from_slice(&self.jwks) }
    }

    /// The keys that sign now: ID tokens first, access tokens second.
    pub fn signers(&self, now: Time) -> Result<(Arc<SigningKey>, Arc<SigningKey>), Refusal> {
        let newest = |key_use| {
            let usable = |key: &&Prepared| {
                key.key_use == key_use && key.not_before <= now && key.retired.is_none_or(|end| now < end)
            };
            let found = self.prepared.iter().filter(usable).max_by_key(|key| key.not_before);
            found.map(|key| key.signer.clone()).ok_or_else(|| Refusal::internal("the pool has no signing key"))
        };
        Ok((newest(KeyUse::Id)?, newest(KeyUse::Access)?))
    }

    /// The payload of a token signed by one of the pool's keys for access tokens.
    pub fn verify_access(&self, token: Unverified<'_>) -> Result<Vec<u8>, JwtError> {
        self.verify(token, KeyUse::Access)
    }

    /// The payload of a token signed by one of the pool's keys for ID tokens.
    pub fn verify_id(&self, token: Unverified<'_>) -> Result<Vec<u8>, JwtError> {
        self.verify(token, KeyUse::Id)
    }

    fn verify(&self, token: Unverified<'_>, key_use: KeyUse) -> Result<Vec<u8>, JwtError> {
        let kid = token.kid().ok_or(JwtError::UnknownKey)?;
        let known = self.prepared.iter().find(|key| key.key_use == key_use && key.kid == kid);
        token.verify(&known.ok_or(JwtError::UnknownKey)?.verifier)
    }
}

/// Where a pool's private key is sealed to.
#[must_use]
pub fn key_context<'a>(key: &'a [&'a str; 2]) -> Context<'a> {
    Context { purpose: Purpose::SigningKey, table: "signing_keys", key, column: "private_key", version: 1 }
}

impl Tokens {
    /// The pool's keys, at most a second old.
    pub(crate) async fn pool_keys(&self, pool: &UserPoolId) -> Result<Arc<PoolKeys>, Refusal> {
        let (now, forgotten) = (self.clock.now(), self.keys.forgotten.load(Ordering::Acquire));
        if let Some(near) = self.keys.near.get(pool).filter(|near| near.is_good(forgotten, now)) {
            return Ok(near.keys);
        }
        match self.keys.pools.get(pool) {
            Some(cached) if cached.is_good(forgotten, now) => {
                let copy = Arc::new(cached.keys.copied());
                self.keys.near.put(pool, Cached { keys: Arc::clone(&copy), ..*cached });
                Ok(copy)
            }
            other => {
                let read = ReadAt::now(now);
                let keys = self.read_keys(pool, other.map(|cached| cached.keys.clone()), now).await?;
                let cached = Cached { keys: Arc::clone(&keys), read, forgotten };
                self.keys.pools.insert(pool.clone(), Arc::new(cached));
                Ok(keys)
            }
        }
    }

    async fn read_keys(
        &self,
        pool: &UserPoolId,
        old: Option<Arc<PoolKeys>>,
        now: Time,
    ) -> Result<Arc<PoolKeys>, Refusal> {
        let id = pool.clone();
        let rows = self.store.read(work!(|tx, id| -> Refusal { Ok(tx.signing_keys().list(id).await?) })).await?;
        let published = rows.iter().filter(|row| row.retired.is_none_or(|end| now < end + PUBLISHED_AFTER_RETIREMENT));
        let rows: Vec<&SigningKeyRow> = published.collect();
        let mut prepared = Vec::with_capacity(rows.len());
        for row in &rows {
            // Unsealing and parsing a private key is slow; a key that is prepared already never changes.
            let known = old.as_ref().and_then(|keys| keys.prepared.iter().find(|key| key.kid == row.kid));
            prepared.push(match known {
                Some(known) => Prepared { not_before: row.not_before, retired: row.retired, ..known.clone() },
                None => self.prepare(row)?,
            });
        }
        let set: Vec<&str> = rows.iter().map(|row| row.jwk.as_str()).collect();
        let jwks = Bytes::from(format!("{{\"keys\":[{}]}}", set.join(",")));
        Ok(Arc::new(PoolKeys { prepared, jwks }))
    }

    fn prepare(&self, row: &SigningKeyRow) -> Result<Prepared, Refusal> {
        let key = [row.pool.as_str(), row.kid.as_str()];
        let der = self.keyring.open(&key_context(&key), &row.sealed).map_err(Refusal::internal)?;
        let signer = SigningKey::from_pkcs8(der.reveal()).map_err(Refusal::internal)?;
        let verifier = signer.verifying_key().map_err(Refusal::internal)?;
        Ok(Prepared {
            key_use: row.key_use,
            kid: row.kid.clone(),
            not_before: row.not_before,
            retired: row.retired,
            signer: Arc::new(signer),
            verifier: Arc::new(verifier),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Issuer, IssuerStyle, Parts};
    use crypto::Keyring;
    use crypto::offload::{CryptoPool, PoolSettings};
    use kernel::{Clock, SystemEntropy};
    use std::sync::atomic::{AtomicI64, Ordering};
    use store::{Place, SqliteOptions, Store};

    #[derive(Debug, Default)]
    struct Moved(AtomicI64);
    impl Clock for Moved {
        fn now(&self) -> Time {
            Time::from_millis(self.0.load(Ordering::Relaxed))
        }
    }

    #[test]
    fn rl_07_a_clock_that_is_set_back_makes_nothing_younger() {
        let (noon, midnight) = (Time::from_secs(86_400 + 43_200), Time::from_secs(86_400));
        let read = ReadAt::now(noon);
        assert!(read.is_fresh(noon) && !read.is_fresh(noon + FRESH));
        std::thread::sleep(FRESH);
        for now in [noon, midnight] {
            assert!(!read.is_fresh(now), "{now:?}");
        }
    }

    /// Tokens over an empty database, with keys in stock.
    async fn stocked(clock: &Arc<Moved>) -> (Tokens, Store) {
        let store = Store::open_sqlite(Place::Temporary, SqliteOptions::default()).unwrap();
        store.migrate(clock.now()).await.unwrap();
        let tokens = Tokens::new(Parts {
            store: store.clone(),
            keyring: Arc::new(Keyring::draw(&SystemEntropy)),
            crypto: Arc::new(CryptoPool::start(PoolSettings::for_cores(2)).unwrap()),
            issuer: Issuer::new(IssuerStyle::Aws, ""),
            clock: clock.clone(),
            entropy: Arc::new(SystemEntropy),
        });
        tokens.fill_stock().await.unwrap();
        (tokens, store)
    }

    async fn insert(store: &Store, row: SigningKeyRow) {
        store.write(work!(|tx, row| -> Refusal { Ok(tx.signing_keys().insert(row).await?) })).await.unwrap();
    }

    #[tokio::test]
    async fn a_waiting_key_that_another_node_brings_forward_signs_once_its_row_is_read_again() {
        let clock = Arc::new(Moved::default());
        let (tokens, store) = stocked(&clock).await;
        let pool = UserPoolId::parse("r_p").unwrap();
        let rows = tokens.keys_for_new_pool(&pool).await.unwrap();
        let waiting = rows.iter().find(|row| row.key_use == KeyUse::Id).unwrap().kid.clone();
        for row in rows {
            let not_before = if row.kid == waiting { Time::from_secs(86_400) } else { row.not_before };
            insert(&store, SigningKeyRow { not_before, ..row }).await;
        }
        assert!(tokens.pool_keys(&pool).await.unwrap().signers(clock.now()).is_err(), "it waits");
        let (id, kid) = (pool.clone(), waiting.clone());
        let forward = work!(|tx, id, kid| -> Refusal { Ok(tx.signing_keys().bring_forward(id, kid).await?) });
        assert!(store.write(forward).await.unwrap());
        clock.0.store(10_000, Ordering::Relaxed);
        let (signs, _) = tokens.pool_keys(&pool).await.unwrap().signers(clock.now()).unwrap();
        assert_eq!(signs.kid(), waiting);
    }

    #[tokio::test]
    async fn what_is_forgotten_is_read_anew_by_whoever_has_a_copy() {
        let clock = Arc::new(Moved::default());
        let (tokens, store) = stocked(&clock).await;
        let pool = UserPoolId::parse("r_p").unwrap();
        let mut rows = tokens.keys_for_new_pool(&pool).await.unwrap().into_iter();
        insert(&store, rows.next().unwrap()).await;
        let known = async || tokens.pool_keys(&pool).await.unwrap().prepared.len();
        assert_eq!((known().await, known().await, known().await), (1, 1, 1));
        insert(&store, rows.next().unwrap()).await;
        assert_eq!(known().await, 1, "the copy is a moment old");
        let before = tokens.keys.pools.get(&pool).unwrap();
        tokens.keys.forget(&pool);
        tokens.keys.pools.insert(pool.clone(), before);
        assert_eq!(known().await, 2, "what somebody read before comes to be kept after");
    }

    #[tokio::test]
    async fn tk_32_keys_are_prepared_once_and_kept_while_their_rows_are_read_again() {
        let clock = Arc::new(Moved::default());
        let (tokens, store) = stocked(&clock).await;
        let pool = UserPoolId::parse("r_p").unwrap();
        for row in tokens.keys_for_new_pool(&pool).await.unwrap() {
            insert(&store, row).await;
        }
        let (id, access) = tokens.pool_keys(&pool).await.unwrap().signers(clock.now()).unwrap();
        assert!(!Arc::ptr_eq(&id, &access) && id.kid() != access.kid(), "the two uses have different keys");
        let twice = (tokens.pool_keys(&pool).await.unwrap(), tokens.pool_keys(&pool).await.unwrap());
        assert!(Arc::ptr_eq(&twice.0, &twice.1), "nor are the rows read per request");
        let at_once = tokens.pool_keys(&pool).await.unwrap().signers(clock.now()).unwrap();
        assert!(Arc::ptr_eq(&id, &at_once.0), "nothing is prepared per request");
        clock.0.store(10_000, Ordering::Relaxed);
        let later = tokens.pool_keys(&pool).await.unwrap().signers(clock.now()).unwrap();
        assert!(Arc::ptr_eq(&id, &later.0) && Arc::ptr_eq(&access, &later.1), "nor when the rows are read again");
        assert_eq!(format!("{:?}", tokens.keys), "KeyCache(1 pools)");
    }
}
