//! Stops asking a next hop that does not answer, so that nobody waits for it in vain (RL-19).

use kernel::Time;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::time::Duration;

/// One or two failures may be about their messages; three in a row are about the road.
const FAILURES: u32 = 3;
/// How long nobody asks. Short: the first attempt after it finds out, at the cost of one message's pause.
const REST: Duration = Duration::from_secs(10);

/// One per kind of next hop. Two racing attempts may count one failure twice or miss one; nothing depends on it.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    failures: AtomicU32,
    rests_until: AtomicI64,
}

impl Breaker {
    /// Whether to leave the next hop alone for now.
    pub(super) fn rests(&self, now: Time) -> bool {
        now.millis() < self.rests_until.load(Ordering::Relaxed)
    }

    /// Somebody answered; a refusal is an answer.
    pub(super) fn answered(&self) {
        self.failures.store(0, Ordering::Relaxed);
        self.rests_until.store(0, Ordering::Relaxed);
    }

    /// Nobody answered.
    pub(super) fn silent(&self, now: Time) {
        if self.failures.fetch_add(1, Ordering::Relaxed).saturating_add(1) >= FAILURES {
            self.rests_until.store((now + REST).millis(), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rl_19_three_silences_make_a_rest_and_one_answer_ends_it() {
        let (breaker, now) = (Breaker::default(), Time::from_secs(1_000));
        breaker.silent(now);
        breaker.silent(now);
        breaker.answered();
        breaker.silent(now);
        breaker.silent(now);
        assert!(!breaker.rests(now), "not in a row");
        breaker.silent(now);
        assert!(breaker.rests(now) && breaker.rests(now + REST - Duration::from_millis(1)));
        assert!(!breaker.rests(now + REST), "then somebody may ask");
        breaker.silent(now + REST);
        assert!(breaker.rests(now + REST), "and one silence is enough to rest again");
        breaker.answered();
        assert!(!breaker.rests(now + REST));
    }
}
