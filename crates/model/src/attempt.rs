//! Lockout: how many failures there were, and until when nobody may try (authentication.md 11).

use kernel::Time;
use std::time::Duration;

/// Failures that are free of a lock.
const FREE_FAILURES: u32 = 5;
/// The longest lock, and the quiet time after which failures are forgotten.
const QUIET: Duration = Duration::from_secs(15 * 60);

/// Nobody may try before this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lock {
    /// End of the lock.
    pub until: Time,
}

/// The failures of one person (or of one unknown name). Passwords and codes are counted apart; the lock is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Attempts {
    /// Consecutive password failures, attempts under way included.
    pub password_failures: u32,
    /// Consecutive code failures, attempts under way included.
    pub code_failures: u32,
    /// When the last attempt was taken.
    pub last: Time,
    /// End of the lock, if one was ever set.
    pub locked_until: Time,
}

impl Attempts {
    /// Takes an attempt at a password before the proof is looked at, so that parallel guesses cannot outrun the limit.
    /// An attempt during the lock changes nothing.
    ///
    /// # Errors
    /// [`Lock`] while the person is locked.
    pub fn take_password(mut self, now: Time) -> Result<Self, Lock> {
        self = self.opened(now)?;
        self.password_failures = self.password_failures.saturating_add(1);
        self.locked(now, self.password_failures)
    }

    /// The same for one-time codes.
    ///
    /// # Errors
    /// [`Lock`] while the person is locked.
    pub fn take_code(mut self, now: Time) -> Result<Self, Lock> {
        self = self.opened(now)?;
        self.code_failures = self.code_failures.saturating_add(1);
        self.locked(now, self.code_failures)
    }

    /// An attempt that was taken and never looked at, for want of our own resources, is taken back; others stay.
    #[must_use]
    pub fn password_unjudged(mut self) -> Self {
        self.password_failures = self.password_failures.saturating_sub(1);
        if self.password_failures < FREE_FAILURES {
            self.locked_until = Time::default();
        }
        self
    }

    /// A right password gives the attempts back.
    #[must_use]
    pub fn password_proved(mut self) -> Self {
        self.password_failures = 0;
        self.locked_until = Time::default();
        self
    }

    /// A right code gives the attempts back.
    #[must_use]
    pub fn code_proved(mut self) -> Self {
        self.code_failures = 0;
        self.locked_until = Time::default();
        self
    }

    /// Nothing is held against the person: the row can go.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.password_failures == 0 && self.code_failures == 0
    }

    fn opened(mut self, now: Time) -> Result<Self, Lock> {
        if now < self.locked_until {
            return Err(Lock { until: self.locked_until });
        }
        // Quiet time begins where the lock ends: nobody can try during a lock, so that counting from the last attempt would
        // let whoever waits for the end of the longest lock begin with a clean slate.
        if now.since(self.last.max(self.locked_until)) >= QUIET {
            self.password_failures = 0;
            self.code_failures = 0;
        }
        Ok(self)
    }

    #[allow(clippy::unnecessary_wraps)] // keeps the two callers one line each
    fn locked(mut self, now: Time, failures: u32) -> Result<Self, Lock> {
        self.last = now;
        if let Some(beyond) = failures.checked_sub(FREE_FAILURES) {
            let secs = 2u64.checked_pow(beyond).unwrap_or(u64::MAX);
            self.locked_until = now + Duration::from_secs(secs).min(QUIET);
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn au_31_locks_double_from_the_fifth_failure_and_stop_at_fifteen_minutes() {
        let mut now = Time::from_secs(1_000_000);
        let mut attempts = Attempts::default();
        for _ in 0..4 {
            attempts = attempts.take_password(now).unwrap();
            assert!(attempts.locked_until <= now);
        }
        // At the cap the count goes on: whoever waits patiently for the end of each lock stays there.
        for expected in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900] {
            attempts = attempts.take_password(now).unwrap();
            assert_eq!(attempts.locked_until.since(now).as_secs(), expected);
            // Just before the end the door is shut and nothing is counted.
            let before = attempts;
            assert!(attempts.take_password(attempts.locked_until - Duration::from_millis(1)).is_err());
            assert_eq!(before, attempts);
            now = attempts.locked_until;
        }
    }

    #[test]
    fn au_31_failures_are_forgotten_after_a_success_or_fifteen_quiet_minutes() {
        let now = Time::from_secs(1_000_000);
        let mut attempts = Attempts::default();
        for _ in 0..4 {
            attempts = attempts.take_password(now).unwrap();
        }
        assert!(attempts.password_proved().is_clean());
        let later = attempts.take_password(now + QUIET).unwrap();
        assert_eq!(later.password_failures, 1);
        let sooner = attempts.take_password(now + QUIET - Duration::from_millis(1)).unwrap();
        assert_eq!(sooner.password_failures, 5);
    }

    #[test]
    fn sm_26_quiet_time_is_counted_from_the_end_of_the_lock() {
        let mut now = Time::from_secs(1_000_000);
        let mut attempts = Attempts::default();
        while attempts.locked_until.since(now) < QUIET {
            now = now.max(attempts.locked_until);
            attempts = attempts.take_password(now).unwrap();
        }
        let failures = attempts.password_failures;
        let just_before = attempts.locked_until + QUIET - Duration::from_millis(1);
        assert_eq!(attempts.take_password(just_before).unwrap().password_failures, failures + 1);
        assert_eq!(attempts.take_password(attempts.locked_until + QUIET).unwrap().password_failures, 1);
    }

    #[test]
    fn st_10_codes_and_passwords_are_counted_apart_under_one_lock() {
        let now = Time::from_secs(1_000_000);
        let mut attempts = Attempts::default();
        for _ in 0..5 {
            attempts = attempts.take_code(now).unwrap();
        }
        assert_eq!(attempts.password_failures, 0);
        assert!(attempts.take_password(now).is_err(), "the lock of the codes holds for passwords");
    }
}
