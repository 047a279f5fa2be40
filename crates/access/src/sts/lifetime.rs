//! How long temporary credentials last.

use super::say;
use contract::Fault;
use std::time::Duration;

/// What a role's session lasts when nobody says, and the most that a chain of roles, and root, get.
const HOUR_SECS: i64 = 3600;
/// What sessions of a user last when nobody says.
const HALF_DAY_SECS: i64 = 12 * HOUR_SECS;

/// A role's session: within what the role allows, and within an hour for who came here by a role already.
pub fn of_role(asked: Option<i64>, max_session_secs: i64, chained: bool) -> Result<Duration, Fault> {
    let secs = asked.unwrap_or(HOUR_SECS);
    if chained && secs > HOUR_SECS {
        return Err(say::longer_than_a_chain_allows());
    }
    if secs > max_session_secs {
        return Err(say::longer_than_the_role_allows());
    }
    Ok(lasting(secs))
}

/// A session of lasting keys. Root's end after an hour, whatever was asked for.
#[must_use]
pub fn of_keys(asked: Option<i64>, root: bool) -> Duration {
    lasting(if root { asked.unwrap_or(HOUR_SECS).min(HOUR_SECS) } else { asked.unwrap_or(HALF_DAY_SECS) })
}

fn lasting(secs: i64) -> Duration {
    Duration::from_secs(u64::try_from(secs).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cr_21_a_session_lasts_no_longer_than_its_role_allows_and_an_hour_in_a_chain() {
        let secs = |asked, most, chained| of_role(asked, most, chained).map(|time| time.as_secs()).ok();
        assert_eq!(secs(None, 3600, false), Some(3600));
        assert_eq!(secs(Some(43_200), 43_200, false), Some(43_200));
        assert_eq!(secs(Some(3601), 3600, false), None);
        assert_eq!(secs(None, 43_200, true), Some(3600));
        assert_eq!(secs(Some(3600), 43_200, true), Some(3600));
        assert_eq!(secs(Some(3601), 43_200, true), None);
    }

    #[test]
    fn sessions_of_root_end_after_an_hour_and_those_of_users_after_half_a_day() {
        assert_eq!(of_keys(None, false).as_secs(), 43_200);
        assert_eq!(of_keys(Some(129_600), false).as_secs(), 129_600);
        assert_eq!(of_keys(None, true).as_secs(), 3600);
        assert_eq!(of_keys(Some(129_600), true).as_secs(), 3600);
        assert_eq!(of_keys(Some(900), true).as_secs(), 900);
    }
}
