//! A token family: everything that came out of one sign-in. Its id is `origin_jti` in the tokens.

use kernel::{ClientId, Sub, Time, UserPoolId};
use std::time::Duration;

/// The longest grace a client can set (`RetryGracePeriodSeconds`): what was replaced before that needs no remembering.
const GRACE_MAX: Duration = Duration::from_secs(60);
/// Replacements that are remembered within that time. Who rotates faster than once a second shortens his own grace.
const REPLACED_MAX: usize = 64;

/// One sign-in and the refresh token that prolongs it (tokens.md 7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Family {
    /// The pool.
    pub pool: UserPoolId,
    /// `origin_jti`.
    pub id: uuid::Uuid,
    /// Who signed in.
    pub sub: Sub,
    /// Through which client.
    pub client: ClientId,
    /// The person's generation at the sign-in; once the person's has moved on, the family is dead.
    pub user_generation: i64,
    /// Ended by RevokeToken.
    pub revoked: bool,
    /// When the person proved who they are.
    pub auth_time: Time,
    /// The sign-in's event.
    pub event_id: uuid::Uuid,
    /// SHA-256 of the refresh token's handle.
    pub token_hash: Vec<u8>,
    /// How often the refresh token was rotated.
    pub sequence: i64,
    /// When the latest refresh tokens were replaced, oldest first; the last entry is about the current one's
    /// predecessor. Only what a grace may still ask for.
    pub replaced: Vec<Time>,
    /// The refresh token ends here.
    pub expires: Time,
}

/// How a refresh token of a family stands to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The family's current one.
    Current,
    /// Replaced, and within its grace.
    InGrace,
    /// Replaced, and its grace is over: whoever presents it now is not the only one who has it.
    Spent,
    /// None that this family knows.
    Unknown,
}

impl Family {
    /// Whether tokens of this family are honoured while the person stands at `user_generation`.
    #[must_use]
    pub fn lives(&self, user_generation: i64) -> bool {
        !self.revoked && self.user_generation == user_generation
    }

    /// How a token with this sequence stands; `fits` says whether its hash is the current one's.
    #[must_use]
    pub fn standing(&self, sequence: i64, fits: bool, grace: Duration, now: Time) -> Standing {
        let Some(back) = self.sequence.checked_sub(sequence).and_then(|n| usize::try_from(n).ok()) else {
            return Standing::Unknown;
        };
        let Some(before_last) = back.checked_sub(1) else {
            return if fits { Standing::Current } else { Standing::Unknown };
        };
        match self.replaced.iter().rev().nth(before_last) {
            // Without a grace no clock is asked: one that lags behind the node that rotated must not make one.
            Some(at) if !grace.is_zero() && now < *at + grace => Standing::InGrace,
            _ => Standing::Spent,
        }
    }

    /// The family with its next refresh token. The end of its life stays where it was.
    #[must_use]
    pub fn rotated(mut self, token_hash: Vec<u8>, now: Time) -> Self {
        // Only from the front: the entries are counted from the back.
        let old = self.replaced.iter().take_while(|at| **at + GRACE_MAX <= now).count();
        let too_many = (self.replaced.len() + 1).saturating_sub(REPLACED_MAX);
        self.replaced.drain(..old.max(too_many).min(self.replaced.len()));
        self.replaced.push(now);
        self.sequence += 1;
        self.token_hash = token_hash;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tk_19_a_family_dies_with_its_revocation_or_with_the_persons_generation() {
        let family = family();
        assert!(family.lives(3));
        assert!(!family.lives(4));
        assert!(!Family { revoked: true, ..family }.lives(3));
    }

    #[test]
    fn tk_15_without_a_grace_a_replaced_token_is_spent_even_for_a_clock_that_lags() {
        let at = Time::from_secs;
        let family = family().rotated(vec![1], at(105));
        assert_eq!(family.standing(0, false, Duration::ZERO, at(104)), Standing::Spent);
        assert_eq!(family.standing(0, false, Duration::from_secs(5), at(104)), Standing::InGrace);
    }

    fn family() -> Family {
        Family {
            pool: UserPoolId::parse("r_p").unwrap(),
            id: uuid::Uuid::nil(),
            sub: Sub::parse("s").unwrap(),
            client: ClientId::parse("c").unwrap(),
            user_generation: 3,
            revoked: false,
            auth_time: Time::default(),
            event_id: uuid::Uuid::nil(),
            token_hash: vec![],
            sequence: 0,
            replaced: vec![],
            expires: Time::default(),
        }
    }

    #[test]
    fn tk_14_each_token_has_its_own_grace_and_is_spent_after_it() {
        let grace = Duration::from_secs(10);
        let at = Time::from_secs;
        let twice = family().rotated(vec![1], at(100)).rotated(vec![2], at(105));
        assert_eq!(twice.sequence, 2);
        let stands = |sequence, fits, now| twice.standing(sequence, fits, grace, at(now));
        assert_eq!(stands(2, true, 900), Standing::Current);
        assert_eq!(stands(2, false, 105), Standing::Unknown);
        assert_eq!(stands(3, false, 105), Standing::Unknown);
        assert_eq!((stands(1, false, 114), stands(1, false, 115)), (Standing::InGrace, Standing::Spent));
        assert_eq!((stands(0, false, 109), stands(0, false, 110)), (Standing::InGrace, Standing::Spent));
        assert_eq!(twice.standing(1, false, Duration::ZERO, at(105)), Standing::Spent, "no grace, no second use");
    }

    #[test]
    fn what_no_grace_can_ask_for_is_not_remembered() {
        let at = Time::from_secs;
        let slow = (0..50).fold(family(), |f, n| f.rotated(vec![], at(n * 60)));
        assert_eq!(slow.replaced, [at(49 * 60)]);
        let fast = (0..1000).fold(family(), |f, _| f.rotated(vec![], at(5)));
        assert_eq!((fast.replaced.len(), fast.sequence), (REPLACED_MAX, 1000));
        let grace = Duration::from_secs(60);
        assert_eq!(fast.standing(936, false, grace, at(5)), Standing::InGrace);
        assert_eq!(fast.standing(935, false, grace, at(5)), Standing::Spent);
    }
}
