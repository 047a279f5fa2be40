//! Two samples of times, and whether they differ by more than noise.

use std::time::Duration;

/// A difference of medians below this shows nobody anything across a network.
const SMALL: f64 = 1e-3;
/// Nor does one below this share of the time itself.
const SMALL_SHARE: f64 = 0.02;

/// What was measured about one question.
pub struct Verdict {
    /// Median for names that exist, in seconds.
    pub known: f64,
    /// Median for names that do not.
    pub unknown: f64,
    /// Mann and Whitney's statistic as a normal deviate: beyond 4 or so the two samples are two distributions.
    pub z: f64,
}

impl Verdict {
    /// Compares two samples.
    pub fn of(known: &[Duration], unknown: &[Duration]) -> Self {
        let secs = |times: &[Duration]| -> Vec<f64> { times.iter().map(Duration::as_secs_f64).collect() };
        let (known, unknown) = (secs(known), secs(unknown));
        Self { z: mann_whitney(&known, &unknown), known: median(known), unknown: median(unknown) }
    }

    /// ST-11's bar: medians less than a millisecond or two percent apart.
    pub fn holds(&self) -> bool {
        let apart = (self.known - self.unknown).abs();
        apart < SMALL || apart < SMALL_SHARE * self.known.max(self.unknown)
    }
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(0.0)
}

/// How far the ranks of `first` among both lie from chance, in standard deviations. Positive: `first` is slower.
fn mann_whitney(first: &[f64], second: &[f64]) -> f64 {
    let mut all: Vec<(f64, bool)> =
        first.iter().map(|time| (*time, true)).chain(second.iter().map(|time| (*time, false))).collect();
    all.sort_by(|one, other| one.0.total_cmp(&other.0));
    // Times are in nanoseconds: ties are too rare to be worth their correction.
    let ranks: f64 = (1u32..).zip(&all).filter(|(_, (_, is_first))| *is_first).map(|(rank, _)| f64::from(rank)).sum();
    let (n, m) = (count(first), count(second));
    let u = ranks - n * (n + 1.0) / 2.0;
    (u - n * m / 2.0) / (n * m * (n + m + 1.0) / 12.0).sqrt().max(f64::MIN_POSITIVE)
}

fn count(times: &[f64]) -> f64 {
    f64::from(u32::try_from(times.len()).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(from: u64, step: u64) -> Vec<Duration> {
        (0..1000).map(|n| Duration::from_micros(from + n * step)).collect()
    }

    #[test]
    fn like_samples_hold_and_unlike_ones_do_not() {
        let same = Verdict::of(&times(1_000, 3), &times(1_001, 3));
        assert!(same.holds() && same.z.abs() < 1.0, "{}", same.z);
        let apart = Verdict::of(&times(9_000, 3), &times(1_000, 3));
        assert!(!apart.holds() && apart.z > 30.0, "{}", apart.z);
        let other_way = Verdict::of(&times(1_000, 3), &times(9_000, 3));
        assert!(!other_way.holds() && other_way.z < -30.0, "{}", other_way.z);
        let slow = Verdict::of(&times(100_000, 3), &times(101_500, 3));
        assert!(slow.holds(), "1.5 ms of 100 is less than two percent");
    }
}
