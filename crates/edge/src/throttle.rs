//! Request rates of the service, per account, region and category of operations (user-pools.md 20), and below them those
//! of one user pool: off unless configured. Rates of one person, and of one source address: on unless configured.
//!
//! Counted in this process: several nodes behind one address allow as many times the rate.

mod bucket;
mod category;
mod finer;
mod source;

pub use source::{SourceRate, Sources};

use bucket::{Bucket, SECOND};
use category::{CATEGORIES, Category};
use finer::{Finer, Key, PER_POOL};
use kernel::{AccountId, Clock, Region, Time, UserPoolId};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// Account and region pairs that are counted apart at once. The region is what a caller claims, so its number is bounded.
const ROWS_MAX: usize = 64;

/// How long until the next request would pass, in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryAfter(pub u64);

impl RetryAfter {
    const fn of(nanos: u64) -> Self {
        let secs = nanos.div_ceil(SECOND);
        Self(if secs == 0 { 1 } else { secs })
    }
}

/// Which rates are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// The service's, by category of operations, and those of one user pool.
    pub service: bool,
    /// Reads a second of one person, and as many writes; 0: any number.
    pub person_rps: u32,
}

impl Kept {
    /// Reads a second of one person, and as many writes (security-messaging.md 10).
    pub const PERSON_RPS: u32 = 10;

    /// Whether any is.
    #[must_use]
    pub const fn any(self) -> bool {
        self.service || self.person_rps > 0
    }
}

/// The buckets of a server.
#[derive(Debug)]
pub struct Throttle {
    clock: Arc<dyn Clock>,
    kept: Kept,
    categories: HashMap<&'static str, Category>,
    rows: RwLock<Vec<Row>>,
    /// Shared by everybody for whom no row is left.
    crowd: Buckets,
    finer: Finer,
}

/// Whose rate a request draws on, below the account's.
#[derive(Debug, Clone, Copy)]
pub struct Whose<'a> {
    /// The pool.
    pub pool: &'a UserPoolId,
    /// The person, as the request names them.
    pub person: Option<&'a str>,
}

impl Throttle {
    /// Full buckets.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, kept: Kept) -> Self {
        let named = |(category, _, operations): &(Category, u32, &'static [&'static str])| {
            let category = *category;
            operations.iter().map(move |&name| (name, category))
        };
        let categories = CATEGORIES.iter().flat_map(named).collect();
        Self { clock, kept, categories, rows: RwLock::default(), crowd: Buckets::default(), finer: Finer::default() }
    }

    /// Counts one request for a user pool operation, before anything of it is read. Answers to challenges are counted
    /// by [`Throttle::take_answer`], once it is known what they answer.
    ///
    /// # Errors
    /// [`RetryAfter`] when the category's rate is used up.
    pub fn take(&self, operation: &str, account: &AccountId, region: &Region) -> Result<(), RetryAfter> {
        match self.categories.get(operation).filter(|_| self.kept.service) {
            None | Some(Category::ChallengeAnswer) => Ok(()),
            Some(&category) => self.counted(category, account, region, self.now()).map_err(RetryAfter::of),
        }
    }

    /// Counts an answer to a challenge. One that sets a new password recovers an account and is counted as that
    /// (user-pools.md 20).
    ///
    /// # Errors
    /// [`RetryAfter`] when the rate is used up.
    pub fn take_answer(
        &self,
        operation: &str,
        challenge: Option<&str>,
        account: &AccountId,
        region: &Region,
    ) -> Result<(), RetryAfter> {
        if !self.kept.service || self.categories.get(operation) != Some(&Category::ChallengeAnswer) {
            return Ok(());
        }
        let sets_password = challenge == Some("NEW_PASSWORD_REQUIRED");
        let category = if sets_password { Category::UserAccountRecovery } else { Category::ChallengeAnswer };
        self.counted(category, account, region, self.now()).map_err(RetryAfter::of)
    }

    /// Counts one request of a caller who has proved who they are against the rates of the pool and the person it is
    /// about.
    ///
    /// # Errors
    /// [`RetryAfter`] when one of them is used up.
    pub fn take_of(&self, operation: &'static str, whose: Whose<'_>) -> Result<(), RetryAfter> {
        let now = self.now();
        self.keys(operation, whose).try_for_each(|(key, rps)| self.finer.take(&key, rps, now)).map_err(RetryAfter::of)
    }

    /// Whether the rates of the pool and the person would let a request pass. Takes nothing: whoever only claims to be
    /// somebody must not use up what is theirs.
    ///
    /// # Errors
    /// [`RetryAfter`] when one of them is used up.
    pub fn look_of(&self, operation: &'static str, whose: Whose<'_>) -> Result<(), RetryAfter> {
        let now = self.now();
        self.keys(operation, whose).try_for_each(|(key, rps)| self.finer.look(&key, rps, now)).map_err(RetryAfter::of)
    }

    /// Counts a request that was let pass by [`Throttle::look_of`] and has proved whose it was.
    pub fn spend_of(&self, operation: &'static str, whose: Whose<'_>) {
        let now = self.now();
        self.keys(operation, whose).for_each(|(key, rps)| self.finer.spend(&key, rps, now));
    }

    /// The buckets a request draws on, with their rates.
    fn keys(&self, operation: &'static str, whose: Whose<'_>) -> impl Iterator<Item = (Key, u32)> {
        let Kept { service, person_rps } = self.kept;
        let category = self.categories.get(operation).copied();
        let of_pool = category.filter(|_| service).and_then(|category| Key::of_pool(category, operation, whose.pool));
        let of_person = category.zip(whose.person.filter(|_| person_rps > 0));
        let of_person = of_person.and_then(|(category, person)| Key::of_person(category, whose.pool, person));
        of_pool.map(|key| (key, PER_POOL)).into_iter().chain(of_person.map(|key| (key, person_rps)))
    }

    fn now(&self) -> u64 {
        nanos(self.clock.now())
    }

    fn counted(&self, category: Category, account: &AccountId, region: &Region, now: u64) -> Result<(), u64> {
        if let Some(row) = find(&self.rows.read().unwrap_or_else(PoisonError::into_inner), account, region) {
            return row.buckets.take(category, now);
        }
        let mut rows = self.rows.write().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have placed it between the two locks.
        if find(&rows, account, region).is_none() {
            if rows.len() >= ROWS_MAX {
                // Full buckets remember nothing, so forgetting them changes nothing.
                rows.retain(|row| !row.buckets.are_full(now));
            }
            if rows.len() < ROWS_MAX {
                rows.push(Row { account: account.clone(), region: region.clone(), buckets: Buckets::default() });
            }
        }
        find(&rows, account, region).map_or(&self.crowd, |row| &row.buckets).take(category, now)
    }
}

fn find<'r>(rows: &'r [Row], account: &AccountId, region: &Region) -> Option<&'r Row> {
    rows.iter().find(|row| row.region == *region && row.account == *account)
}

fn nanos(time: Time) -> u64 {
    u64::try_from(time.millis()).unwrap_or(0).saturating_mul(SECOND / 1000)
}

#[derive(Debug)]
struct Row {
    account: AccountId,
    region: Region,
    buckets: Buckets,
}

/// A bucket per category.
#[derive(Debug, Default)]
struct Buckets([Bucket; CATEGORIES.len()]);

impl Buckets {
    fn take(&self, category: Category, now: u64) -> Result<(), u64> {
        let own = self.draw(category, now);
        match category {
            // security-messaging.md 10: what overflows the answers' own bucket counts against UserAuthentication.
            Category::ChallengeAnswer => {
                own.or_else(|wait| self.draw(Category::UserAuthentication, now).map_err(|other| wait.min(other)))
            }
            _ => own,
        }
    }

    fn draw(&self, category: Category, now: u64) -> Result<(), u64> {
        let at = category as usize;
        match (self.0.get(at), CATEGORIES.get(at)) {
            (Some(bucket), Some((_, rps, _))) => bucket.take(*rps, now),
            // The table has a line for every category, as its test says.
            _ => Ok(()),
        }
    }

    fn are_full(&self, now: u64) -> bool {
        self.0.iter().all(|bucket| bucket.is_full(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicI64, Ordering};

    #[derive(Debug, Default)]
    pub(super) struct Moved(pub(super) AtomicI64);
    impl Clock for Moved {
        fn now(&self) -> Time {
            Time::from_millis(1_767_268_800_000 + self.0.load(Ordering::Relaxed))
        }
    }

    const ALL: Kept = Kept { service: true, person_rps: Kept::PERSON_RPS };

    fn account() -> AccountId {
        AccountId::parse("123456789012").unwrap()
    }

    fn region(name: &str) -> Region {
        Region::parse(name).unwrap()
    }

    fn count(throttle: &Throttle, operation: &str, region: &Region) -> usize {
        let once = |_: &i32| match throttle.take(operation, &account(), region) {
            Ok(()) => throttle.take_answer(operation, None, &account(), region).is_ok(),
            Err(_) => false,
        };
        (0..10_000).take_while(once).count()
    }

    #[test]
    fn sm_32_each_category_is_counted_apart() {
        let throttle = Throttle::new(Arc::new(Moved::default()), ALL);
        let here = region("eu-west-1");
        for (category, rps, operations) in &CATEGORIES {
            let one = operations.first().unwrap();
            let expected = match category {
                // UserAuthentication was emptied before, so nothing is left to overflow into.
                Category::ChallengeAnswer => 360,
                _ => *rps as usize,
            };
            assert_eq!(count(&throttle, one, &here), expected, "{category:?}");
            for sharing in *operations {
                assert_eq!(count(&throttle, sharing, &here), 0, "{sharing} shares the bucket");
            }
        }
        assert_eq!(count(&throttle, "AddCustomAttributes", &here), 10_000, "in no category");
    }

    #[test]
    fn sm_32_answers_to_challenges_have_three_times_the_rate_and_overflow_into_sign_in() {
        let throttle = Throttle::new(Arc::new(Moved::default()), ALL);
        let here = region("eu-west-1");
        assert_eq!(count(&throttle, "AdminRespondToAuthChallenge", &here), 360 + 120);
        assert_eq!(count(&throttle, "RespondToAuthChallenge", &here), 0);
        assert_eq!(count(&throttle, "InitiateAuth", &here), 0);
        let there = region("us-east-1");
        assert_eq!(count(&throttle, "InitiateAuth", &there), 120);
        assert_eq!(count(&throttle, "RespondToAuthChallenge", &there), 360);
    }

    #[test]
    fn sm_32_a_new_password_for_a_challenge_counts_as_recovery_of_the_account() {
        let throttle = Throttle::new(Arc::new(Moved::default()), ALL);
        let here = region("eu-west-1");
        let answer = |challenge| throttle.take_answer("RespondToAuthChallenge", challenge, &account(), &here).is_ok();
        assert_eq!((0..100).take_while(|_| answer(Some("NEW_PASSWORD_REQUIRED"))).count(), 30);
        assert_eq!(count(&throttle, "ForgotPassword", &here), 0, "they share the bucket");
        assert!(answer(Some("PASSWORD_VERIFIER")), "other answers have theirs");
        assert_eq!(count(&throttle, "InitiateAuth", &here), 120, "and nothing overflowed");
    }

    #[test]
    fn sm_32_one_pool_has_five_requests_per_operation_on_its_resources_and_five_on_its_clients() {
        let throttle = Throttle::new(Arc::new(Moved::default()), ALL);
        let (one, other) = (pool("eu-west-1_One"), pool("eu-west-1_Other"));
        let count = |operation, pool| {
            let whose = Whose { pool, person: None };
            (0..100).take_while(|_| throttle.take_of(operation, whose).is_ok()).count()
        };
        assert_eq!(count("CreateGroup", &one), 5);
        assert_eq!(count("UpdateGroup", &one), 5, "each operation apart");
        assert_eq!(count("CreateGroup", &other), 5, "each pool apart");
        assert_eq!(count("UpdateUserPoolClient", &one), 5);
        assert_eq!(count("CreateUserPoolClient", &one), 0, "clients together");
        assert_eq!(count("DescribeUserPoolClient", &one), 5, "reads apart from writes");
        assert_eq!(count("ListUsers", &one), 100, "the pool has no rate of its own for these");
    }

    #[test]
    fn sm_33_one_person_is_read_ten_times_a_second_and_written_ten_times() {
        let clock = Arc::new(Moved::default());
        let throttle = Throttle::new(clock.clone(), ALL);
        let pool = pool("eu-west-1_One");
        let count = |operation, person| {
            let whose = Whose { pool: &pool, person: Some(person) };
            (0..100).take_while(|_| throttle.take_of(operation, whose).is_ok()).count()
        };
        assert_eq!(count("AdminGetUser", "ana"), 10);
        assert_eq!(count("AdminListDevices", "ana"), 0, "reads together");
        assert_eq!(count("AdminUpdateUserAttributes", "ana"), 10, "writes apart from them");
        assert_eq!(count("AdminSetUserPassword", "ana"), 0, "writes together");
        assert_eq!(count("AdminGetUser", "bob"), 10, "each person apart");
        clock.0.store(100, Ordering::Relaxed);
        assert_eq!(count("AdminGetUser", "ana"), 1, "one more every tenth of a second");
    }

    #[test]
    fn sm_33_a_persons_rate_is_kept_where_the_services_are_not() {
        let kept = Kept { service: false, person_rps: 3 };
        let throttle = Throttle::new(Arc::new(Moved::default()), kept);
        let (pool, here) = (pool("eu-west-1_One"), region("eu-west-1"));
        let of = |person| Whose { pool: &pool, person };
        let count =
            |operation, person| (0..100).take_while(|_| throttle.take_of(operation, of(person)).is_ok()).count();
        assert_eq!(count("AdminGetUser", Some("ana")), 3);
        assert_eq!(count("CreateGroup", None), 100, "a pool's are the service's");
        for operation in ["AdminGetUser", "RespondToAuthChallenge", "ListUserPools"] {
            assert_eq!(super::tests::count(&throttle, operation, &here), 10_000, "{operation}");
        }
        let nobody = Throttle::new(Arc::new(Moved::default()), Kept { person_rps: 0, ..ALL });
        assert!((0..100).all(|_| nobody.take_of("AdminGetUser", of(Some("ana"))).is_ok()), "0: any number");
    }

    fn pool(id: &str) -> UserPoolId {
        UserPoolId::parse(id).unwrap()
    }

    #[test]
    fn sm_32_accounts_and_regions_are_counted_apart_in_bounded_memory() {
        let clock = Arc::new(Moved::default());
        let throttle = Throttle::new(clock.clone(), ALL);
        for n in 0..ROWS_MAX {
            assert_eq!(count(&throttle, "ListUserPools", &region(&format!("x-{n}"))), 15);
        }
        assert_eq!(count(&throttle, "ListUserPools", &region("one-more")), 15, "the crowd's bucket");
        assert_eq!(count(&throttle, "ListUserPools", &region("and-another")), 0, "is shared");
        let other = AccountId::parse("210987654321").unwrap();
        assert!(throttle.take("ListUserPools", &other, &region("x-0")).is_err(), "by other accounts too");
        clock.0.store(1_000, Ordering::Relaxed);
        assert_eq!(count(&throttle, "ListUserPools", &region("and-another")), 15, "rested rows make room");
        assert_eq!(throttle.rows.read().unwrap().len(), 1);
    }

    #[test]
    fn up_46_the_wait_is_told_in_whole_seconds() {
        let clock = Arc::new(Moved::default());
        let throttle = Throttle::new(clock.clone(), ALL);
        let here = region("eu-west-1");
        assert_eq!(throttle.take("GetProvisionedLimit", &account(), &here), Ok(()));
        assert_eq!(throttle.take("GetProvisionedLimit", &account(), &here), Err(RetryAfter(1)));
        clock.0.store(999, Ordering::Relaxed);
        assert_eq!(throttle.take("GetProvisionedLimit", &account(), &here), Err(RetryAfter(1)));
        clock.0.store(1_000, Ordering::Relaxed);
        assert_eq!(throttle.take("GetProvisionedLimit", &account(), &here), Ok(()));
    }
}
