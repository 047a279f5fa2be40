//! Two samples of times, and whether they differ by more than noise: docs/timing.md says why these tests and bars.

use std::time::Duration;

/// ST-11: a difference of medians below this shows nobody anything across a network.
const SMALL: f64 = 1e-3;
/// Nor does one below this share of the time itself.
const SMALL_SHARE: f64 = 0.02;
/// Cliff's delta beyond which one look at a clock tells too much: at a third, a guess from one answer is right twice out
/// of three times.
const DELTA_MAX: f64 = 1.0 / 3.0;
/// How often a run over all questions may cry wolf about questions that are answered alike.
const FALSE_ALARMS: f64 = 0.01;

/// What was measured about one question.
#[derive(Debug, Clone, Copy)]
pub struct Verdict {
    /// Median for names that exist, in seconds.
    pub known: f64,
    /// Median for names that do not.
    pub unknown: f64,
    /// Cliff's delta: the chance that a known name takes longer, less the chance that it is quicker.
    pub delta: f64,
    /// How likely so uneven ranks are where there is no difference (Mann and Whitney, two-sided); among several questions
    /// after Holm's correction.
    pub p: f64,
}

/// What a verdict comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// No difference was found.
    Alike,
    /// There is one, and it is below every bar.
    Small,
    /// There is one beyond a bar.
    Apart,
}

impl Verdict {
    /// Compares two samples.
    pub fn of(known: &[Duration], unknown: &[Duration]) -> Self {
        let secs = |times: &[Duration]| -> Vec<f64> { times.iter().map(Duration::as_secs_f64).collect() };
        let (known, unknown) = (secs(known), secs(unknown));
        let (z, delta) = mann_whitney(&known, &unknown);
        Self { p: two_sided(z), delta, known: median(known), unknown: median(unknown) }
    }

    /// What it comes to.
    pub fn word(&self) -> Word {
        let apart = (self.known - self.unknown).abs();
        let small = apart < SMALL || apart < SMALL_SHARE * self.known.max(self.unknown);
        match (self.p < FALSE_ALARMS, small && self.delta.abs() < DELTA_MAX) {
            (false, _) => Word::Alike,
            (true, true) => Word::Small,
            (true, false) => Word::Apart,
        }
    }
}

/// Holm's correction: of many questions one looks odd by accident, and the more are asked the odder it must look.
pub fn corrected(verdicts: &mut [Verdict]) {
    let mut by_p: Vec<&mut Verdict> = verdicts.iter_mut().collect();
    by_p.sort_by(|one, other| one.p.total_cmp(&other.p));
    let (mut left, mut least) = (count(by_p.len()), 0.0_f64);
    for verdict in by_p {
        least = least.max((verdict.p * left).min(1.0));
        verdict.p = least;
        left -= 1.0;
    }
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(0.0)
}

/// How far the ranks of `first` among both lie from chance, in standard deviations, and Cliff's delta. Positive: `first`
/// is slower.
fn mann_whitney(first: &[f64], second: &[f64]) -> (f64, f64) {
    let mut all: Vec<(f64, bool)> =
        first.iter().map(|time| (*time, true)).chain(second.iter().map(|time| (*time, false))).collect();
    all.sort_by(|one, other| one.0.total_cmp(&other.0));
    // Times are in nanoseconds: ties are too rare to be worth their correction.
    let ranks: f64 = (1u32..).zip(&all).filter(|(_, (_, is_first))| *is_first).map(|(rank, _)| f64::from(rank)).sum();
    let (n, m) = (count(first.len()), count(second.len()));
    let u = ranks - n * (n + 1.0) / 2.0;
    let deviation = (n * m * (n + m + 1.0) / 12.0).sqrt().max(f64::MIN_POSITIVE);
    ((u - n * m / 2.0) / deviation, 2.0 * u / (n * m).max(1.0) - 1.0)
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// The chance of a normal deviate at least as far out, on either side: Abramowitz and Stegun 7.1.26, good to 1.5e-7.
fn two_sided(z: f64) -> f64 {
    let x = z.abs() / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let terms = [0.254_829_592, -0.284_496_736, 1.421_413_741, -1.453_152_027, 1.061_405_429];
    let sum = terms.iter().rev().fold(0.0, |sum, term| (sum + term) * t);
    (sum * (-x * x).exp()).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(from: u64, step: u64) -> Vec<Duration> {
        (0..1000).map(|n| Duration::from_micros(from + n * step)).collect()
    }

    #[test]
    fn like_samples_are_alike_and_unlike_ones_apart_whichever_is_slower() {
        let same = Verdict::of(&times(1_000, 3), &times(1_001, 3));
        assert!(same.word() == Word::Alike && same.delta.abs() < 0.01, "{same:?}");
        let apart = Verdict::of(&times(9_000, 3), &times(1_000, 3));
        assert!(apart.word() == Word::Apart && apart.delta > 0.99, "{apart:?}");
        let other_way = Verdict::of(&times(1_000, 3), &times(9_000, 3));
        assert!(other_way.word() == Word::Apart && other_way.delta < -0.99, "{other_way:?}");
    }

    #[test]
    fn what_is_small_by_the_clock_and_by_chance_is_small_and_each_bar_stands_alone() {
        // 0.3 ms against a spread of 3 ms: certain, and of no use to anybody.
        let small = Verdict::of(&times(100_300, 3), &times(100_000, 3));
        assert!(small.word() == Word::Small && small.p < 1e-6 && small.delta < 0.25, "{small:?}");
        // The same 0.3 ms where answers hardly scatter: one look tells.
        let sharp: Vec<Duration> = times(1_300, 0);
        let plain = Verdict::of(&sharp, &times(1_000, 0));
        assert_eq!(plain.word(), Word::Apart, "{plain:?}");
        // 4 ms of 10, in a spread so wide that ranks hardly move: beyond ST-11's own bar.
        let wide = Verdict { known: 0.014, unknown: 0.010, delta: 0.1, p: 1e-9 };
        assert_eq!(wide.word(), Word::Apart);
    }

    #[test]
    fn chances_are_those_of_the_tables_and_many_questions_make_them_dearer() {
        for (z, p) in [(0.0, 1.0), (1.96, 0.05), (-2.576, 0.01), (4.0, 6.33e-5)] {
            assert!((two_sided(z) - p).abs() < 5e-5, "{z}");
        }
        let of = |p| Verdict { known: 0.0, unknown: 0.0, delta: 0.0, p };
        let mut all = [of(0.04), of(0.001), of(0.03)];
        corrected(&mut all);
        let told: Vec<f64> = all.iter().map(|verdict| (verdict.p * 1e3).round()).collect();
        assert_eq!(told, [60.0, 3.0, 60.0], "Holm 1979: 3 x 0.001, 2 x 0.03, and never less than the one before");
    }
}
