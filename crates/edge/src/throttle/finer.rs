//! Rates below the account's: of one user pool, and of one person (security-messaging.md 10).

use super::bucket::Bucket;
use super::category::Category;
use kernel::UserPoolId;
use quick_cache::sync::Cache;
use std::convert::Infallible;
use std::sync::Arc;

/// Requests per second of one pool: per operation on its resources, all together on its clients.
pub(super) const PER_POOL: u32 = 5;
/// Pools and people that are counted at once. Whoever is forgotten has a full bucket again.
const COUNTED_MAX: usize = 16_384;

/// What has a bucket of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// An operation on a pool's resources.
    Operation(UserPoolId, &'static str),
    /// A category of operations on a pool's clients.
    Clients(UserPoolId, Category),
    /// Reading about a person, by the name the caller gives them.
    Reads(UserPoolId, String),
    /// Changing a person.
    Writes(UserPoolId, String),
}

impl Key {
    /// The bucket of a pool that a request draws on, where its category has one.
    pub(super) fn of_pool(category: Category, operation: &'static str, pool: &UserPoolId) -> Option<Self> {
        use Category as C;
        match category {
            C::UserPoolResourceRead | C::UserPoolResourceUpdate => Some(Self::Operation(pool.clone(), operation)),
            C::UserPoolClientRead | C::UserPoolClientUpdate => Some(Self::Clients(pool.clone(), category)),
            _ => None,
        }
    }

    /// The bucket of a person that a request draws on, where its category has one.
    pub(super) fn of_person(category: Category, pool: &UserPoolId, person: &str) -> Option<Self> {
        use Category as C;
        match category {
            C::UserRead | C::UserResourceRead => Some(Self::Reads(pool.clone(), person.to_owned())),
            C::UserUpdate | C::UserResourceUpdate | C::UserAccountRecovery => {
                Some(Self::Writes(pool.clone(), person.to_owned()))
            }
            _ => None,
        }
    }
}

/// Buckets by key, as many as are used.
#[derive(Debug)]
pub(super) struct Finer(Cache<Key, Arc<Bucket>>);

impl Default for Finer {
    fn default() -> Self {
        Self(Cache::new(COUNTED_MAX))
    }
}

impl Finer {
    pub(super) fn take(&self, key: &Key, rps: u32, now: u64) -> Result<(), u64> {
        self.bucket(key).take(rps, now)
    }

    pub(super) fn look(&self, key: &Key, rps: u32, now: u64) -> Result<(), u64> {
        self.0.get(key).map_or(Ok(()), |bucket| bucket.look(rps, now))
    }

    pub(super) fn spend(&self, key: &Key, rps: u32, now: u64) {
        self.bucket(key).spend(rps, now);
    }

    fn bucket(&self, key: &Key) -> Arc<Bucket> {
        match self.0.get_or_insert_with(key, || Ok::<_, Infallible>(Arc::default())) {
            Ok(bucket) => bucket,
            Err(never) => match never {},
        }
    }
}
