//! One rate: a single number that threads share without a lock.

use std::sync::atomic::{AtomicU64, Ordering};

pub(super) const SECOND: u64 = 1_000_000_000;

/// How fast a bucket fills, and how much it holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rate {
    pub(super) rps: u32,
    pub(super) burst: u32,
}

/// All of a second's may come at once.
impl From<u32> for Rate {
    fn from(rps: u32) -> Self {
        Self { rps, burst: rps }
    }
}

impl Rate {
    /// The time one takes.
    fn interval(self) -> u64 {
        SECOND / u64::from(self.rps.max(1))
    }

    /// How far ahead of time a burst may be.
    fn tolerance(self) -> u64 {
        self.interval() * u64::from(self.burst.saturating_sub(1))
    }

    /// The furthest moment at which a bucket can be full. One beyond it was written before the clock was set back; the
    /// second second is for debts, and for threads that read the clock a little apart.
    fn horizon(self, now: u64) -> u64 {
        now + (self.tolerance() + self.interval()).max(SECOND) + SECOND
    }

    fn arrival(self, full_at: u64, now: u64) -> u64 {
        if full_at > self.horizon(now) { now } else { full_at.max(now) }
    }
}

/// Generic cell rate algorithm (ITU-T I.371, annex A): the moment at which the bucket is full again, in nanoseconds.
#[derive(Debug, Default)]
pub(super) struct Bucket(AtomicU64);

impl Bucket {
    /// Takes one; otherwise says how long until one is there.
    pub(super) fn take(&self, rate: impl Into<Rate>, now: u64) -> Result<(), u64> {
        let rate = rate.into();
        let taken = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |full_at| {
            let start = rate.arrival(full_at, now);
            (start - now <= rate.tolerance()).then_some(start + rate.interval())
        });
        taken.map(drop).map_err(|full_at| (rate.arrival(full_at, now) - now).saturating_sub(rate.tolerance()))
    }

    /// Whether one could be taken now; takes none.
    pub(super) fn look(&self, rate: impl Into<Rate>, now: u64) -> Result<(), u64> {
        let rate = rate.into();
        let ahead = rate.arrival(self.0.load(Ordering::Relaxed), now) - now;
        match ahead.saturating_sub(rate.tolerance()) {
            0 => Ok(()),
            wait => Err(wait),
        }
    }

    /// Takes one that was only looked at before. Requests that ran side by side may leave a debt, of a second at most.
    pub(super) fn spend(&self, rate: impl Into<Rate>, now: u64) {
        let rate = rate.into();
        let spend = |full_at| Some((rate.arrival(full_at, now) + rate.interval()).min(rate.horizon(now)));
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, spend);
    }

    pub(super) fn is_full(&self, now: u64) -> bool {
        self.0.load(Ordering::Relaxed) <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: u64 = 1_767_268_800 * SECOND;

    fn passing(bucket: &Bucket, rps: u32, now: u64) -> usize {
        (0..10_000).take_while(|_| bucket.take(rps, now).is_ok()).count()
    }

    #[test]
    fn up_46_a_burst_of_exactly_the_rate_then_one_per_interval() {
        for rps in [1, 5, 10, 15, 25, 30, 120, 360] {
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
    fn a_burst_may_be_larger_than_the_rate_and_fills_again_at_the_rate() {
        let (bucket, rate) = (Bucket::default(), Rate { rps: 100, burst: 250 });
        let passing = |now: u64| (0..10_000).take_while(|_| bucket.take(rate, now).is_ok()).count();
        assert_eq!(passing(START), 250);
        assert_eq!(passing(START + SECOND), 100);
        assert_eq!(passing(START + 3 * SECOND), 200);
        assert_eq!(passing(START + 60 * SECOND), 250, "no more than full");
        assert_eq!(passing(START - 3600 * SECOND), 250, "a clock that was set back locks nobody out");
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

    #[test]
    fn sm_33_what_is_spent_afterwards_counts_and_a_debt_is_paid_back() {
        let bucket = Bucket::default();
        for _ in 0..10 {
            assert_eq!(bucket.look(10, START), Ok(()), "looking takes nothing");
        }
        for _ in 0..15 {
            bucket.spend(10, START);
        }
        assert_eq!(bucket.look(10, START), Err(6 * SECOND / 10), "five too many, and one to come");
        assert_eq!(bucket.look(10, START + SECOND / 2), Err(SECOND / 10));
        assert_eq!(bucket.look(10, START + 6 * SECOND / 10), Ok(()));
        for _ in 0..10_000 {
            bucket.spend(10, START);
        }
        assert_eq!(bucket.look(10, START + 2 * SECOND), Ok(()), "no debt lasts longer than that");
    }
}
