//! Request rates of the service, per account, region and category of operations (user-pools.md 20). Off unless configured.
//!
//! Each bucket is one number, the GCRA's theoretical arrival time: when the bucket would be full again.
//! Counted in this process: several nodes behind one address allow as many times the rate.

mod category;

use category::{CATEGORIES, Category};
use kernel::{AccountId, Clock, Region, Time};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// Account and region pairs that are counted apart at once. The region is what a caller claims, so its number is bounded.
const ROWS_MAX: usize = 64;
const SECOND: u64 = 1_000_000_000;

/// How long until the next request would pass, in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryAfter(pub u64);

/// The buckets of a server.
#[derive(Debug)]
pub struct Throttle {
    clock: Arc<dyn Clock>,
    categories: HashMap<&'static str, Category>,
    rows: RwLock<Vec<Row>>,
    /// Shared by everybody for whom no row is left.
    crowd: Buckets,
}

impl Throttle {
    /// Full buckets.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let named = |(category, _, operations): &(Category, u32, &'static [&'static str])| {
            let category = *category;
            operations.iter().map(move |&name| (name, category))
        };
        let categories = CATEGORIES.iter().flat_map(named).collect();
        Self { clock, categories, rows: RwLock::default(), crowd: Buckets::default() }
    }

    /// Counts one request for a user pool operation.
    ///
    /// # Errors
    /// [`RetryAfter`] when the category's rate is used up.
    pub fn take(&self, operation: &str, account: &AccountId, region: &Region) -> Result<(), RetryAfter> {
        let Some(&category) = self.categories.get(operation) else { return Ok(()) };
        let now = nanos(self.clock.now());
        self.counted(category, account, region, now).map_err(|wait| RetryAfter(wait.div_ceil(SECOND).max(1)))
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
        self.0.iter().all(|bucket| bucket.0.load(Ordering::Relaxed) <= now)
    }
}

/// Generic cell rate algorithm (ITU-T I.371, annex A): the moment at which the bucket is full again, in nanoseconds.
#[derive(Debug, Default)]
struct Bucket(AtomicU64);

impl Bucket {
    /// Takes one of `rps` per second, all of which may come at once; otherwise says how long until one is there.
    fn take(&self, rps: u32, now: u64) -> Result<(), u64> {
        let interval = SECOND / u64::from(rps.max(1));
        let tolerance = interval * u64::from(rps.saturating_sub(1));
        let taken = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |full_at| {
            let start = arrival(full_at, now);
            (start - now <= tolerance).then_some(start + interval)
        });
        taken.map(drop).map_err(|full_at| (arrival(full_at, now) - now).saturating_sub(tolerance))
    }
}

/// No bucket takes longer than a second to fill. A moment further ahead was written before the clock was set back;
/// the second second is for threads that read the clock a little apart.
fn arrival(full_at: u64, now: u64) -> u64 {
    if full_at > now + 2 * SECOND { now } else { full_at.max(now) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicI64;

    const START: u64 = 1_767_268_800 * SECOND;

    fn passing(bucket: &Bucket, rps: u32, now: u64) -> usize {
        (0..10_000).take_while(|_| bucket.take(rps, now).is_ok()).count()
    }

    #[test]
    fn up_46_a_burst_of_exactly_the_rate_then_one_per_interval() {
        for rps in [1, 15, 25, 30, 120, 360] {
            let bucket = Bucket::default();
            let interval = SECOND / u64::from(rps);
            assert_eq!(passing(&bucket, rps, START), rps as usize);
            for n in 1..=u64::from(rps) {
                assert_eq!(bucket.take(rps, START + n * interval - 1), Err(1), "{rps}: too early by a nanosecond");
                assert_eq!(passing(&bucket, rps, START + n * interval), 1, "{rps}");
            }
            assert_eq!(
                passing(&bucket, rps, START + 60 * SECOND),
                rps as usize,
                "a rest fills it, and no more than full"
            );
        }
    }

    #[test]
    fn up_46_a_clock_that_was_set_back_locks_nobody_out() {
        let bucket = Bucket::default();
        assert_eq!(passing(&bucket, 15, START), 15);
        assert_eq!(passing(&bucket, 15, START - 3600 * SECOND), 15);
        assert_eq!(
            passing(&bucket, 15, START - 3600 * SECOND - SECOND / 100),
            0,
            "a clock that only trembles gives nothing"
        );
    }

    #[test]
    fn up_46_threads_together_get_no_more_than_the_rate() {
        let bucket = Bucket::default();
        let passed: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| passing(&bucket, 360, START))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(passed, 360);
    }

    #[derive(Debug, Default)]
    struct Moved(AtomicI64);
    impl Clock for Moved {
        fn now(&self) -> Time {
            Time::from_millis(1_767_268_800_000 + self.0.load(Ordering::Relaxed))
        }
    }

    fn account() -> AccountId {
        AccountId::parse("123456789012").unwrap()
    }

    fn region(name: &str) -> Region {
        Region::parse(name).unwrap()
    }

    fn count(throttle: &Throttle, operation: &str, region: &Region) -> usize {
        (0..10_000).take_while(|_| throttle.take(operation, &account(), region).is_ok()).count()
    }

    #[test]
    fn sm_32_each_category_is_counted_apart() {
        let throttle = Throttle::new(Arc::new(Moved::default()));
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
        let throttle = Throttle::new(Arc::new(Moved::default()));
        let here = region("eu-west-1");
        assert_eq!(count(&throttle, "AdminRespondToAuthChallenge", &here), 360 + 120);
        assert_eq!(count(&throttle, "RespondToAuthChallenge", &here), 0);
        assert_eq!(count(&throttle, "InitiateAuth", &here), 0);
        let there = region("us-east-1");
        assert_eq!(count(&throttle, "InitiateAuth", &there), 120);
        assert_eq!(count(&throttle, "RespondToAuthChallenge", &there), 360);
    }

    #[test]
    fn sm_32_accounts_and_regions_are_counted_apart_in_bounded_memory() {
        let clock = Arc::new(Moved::default());
        let throttle = Throttle::new(clock.clone());
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
        let throttle = Throttle::new(clock.clone());
        let here = region("eu-west-1");
        assert_eq!(throttle.take("GetProvisionedLimit", &account(), &here), Ok(()));
        assert_eq!(throttle.take("GetProvisionedLimit", &account(), &here), Err(RetryAfter(1)));
        clock.0.store(999, Ordering::Relaxed);
        assert_eq!(throttle.take("GetProvisionedLimit", &account(), &here), Err(RetryAfter(1)));
        clock.0.store(1_000, Ordering::Relaxed);
        assert_eq!(throttle.take("GetProvisionedLimit", &account(), &here), Ok(()));
    }
}
