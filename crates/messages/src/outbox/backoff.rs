//! When to try again.

use kernel::{Entropy, EntropyExt};
use std::time::Duration;

const FIRST: Duration = Duration::from_secs(5);
/// A relay that comes back gets what waited for it within this time.
const LONGEST: Duration = Duration::from_secs(5 * 60);

/// Doubles with every try, up to five minutes, a fifth of it by chance, so that a relay that comes back is not met by
/// everything at once.
pub(super) fn pause(tries: u32, entropy: &dyn Entropy) -> Duration {
    let doubled = FIRST.saturating_mul(1u32 << tries.saturating_sub(1).min(10)).min(LONGEST);
    let [chance] = entropy.bytes::<1>();
    doubled.mul_f64(0.8 + 0.2 * f64::from(chance) / 255.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::SystemEntropy;

    #[test]
    fn pauses_double_and_stay_within_five_minutes() {
        let within = |tries, low: u64, high: u64| {
            let pause = pause(tries, &SystemEntropy).as_millis();
            assert!((u128::from(low * 800)..=u128::from(high * 1000)).contains(&pause), "{tries}: {pause}");
        };
        within(1, 5, 5);
        within(2, 10, 10);
        within(4, 40, 40);
        within(9, 300, 300);
        within(u32::MAX, 300, 300);
        within(0, 5, 5);
    }
}
