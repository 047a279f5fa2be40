//! Does a test notice? Those that come by a mutant are asked, until one does.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use anyhow::Result;

use crate::build::Judge;
use crate::hands;
use crate::list::Mutant;
use crate::reach::Test;
use crate::run::{self, End};
use crate::state::{Outcome, State};

/// What the first batch may take, unbent; every next one of the same judge takes four times as long.
const FIRST: Duration = Duration::from_millis(1500);
/// What any test takes.
const LEAST: Duration = Duration::from_millis(10);
/// As many tests that noticed something near by are asked first.
const KEEN: usize = 3;

/// Who is asked.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The judges.
    pub judges: &'a [Judge],
    /// Their tests.
    pub tests: &'a [Test],
    /// The tests that were asked before, and were green. Empty at first.
    pub before: &'a [Test],
    /// Whether others are asked after these.
    pub more: bool,
}

/// What the hands share.
struct Bench<'a> {
    asked: Asked<'a>,
    state: Mutex<&'a mut State>,
    /// Tests that noticed, by the function and by the file of the mutant; the last one first.
    keen: Mutex<BTreeMap<String, Vec<usize>>>,
    /// What each judge takes to start: a wire test alone takes ten times as long as one among others.
    starts: Vec<Duration>,
}

/// Judges those of the mutants that nothing is known of, or only that the tests before spared them.
pub fn all(asked: Asked, mutants: &[&Mutant], state: &mut State, scratch: &Path) -> Result<()> {
    let is_open = |mutant: &&Mutant| match state.known().get(&mutant.number) {
        None => true,
        Some(Outcome::Spared) => !asked.more,
        Some(_) => false,
    };
    let open: Vec<&Mutant> = mutants.iter().copied().filter(is_open).collect();
    println!("{} mutants to judge by {} tests", open.len(), asked.tests.len());
    let starts = (0..asked.judges.len()).map(|judge| start(asked.tests, judge)).collect();
    let bench = Bench { asked, state: Mutex::new(state), keen: Mutex::default(), starts };
    let done = Mutex::new(0);
    hands::work(&open, |hand, mutant| {
        let outcome = bench.judge(mutant, &scratch.join(format!("hand-{hand}")))?;
        if let Ok(mut state) = bench.state.lock() {
            state.tell(mutant, outcome)?;
        }
        if let Ok(mut done) = done.lock() {
            *done += 1;
            if *done % 50 == 0 {
                println!("{done} of {}", open.len());
            }
        }
        Ok(())
    })
}

impl Bench<'_> {
    fn judge(&self, mutant: &Mutant, scratch: &Path) -> Result<Outcome> {
        let comes_by = |test: &Test| test.green && test.reaches.contains(&mutant.number);
        let tests = self.asked.tests.iter().enumerate();
        let reaching: Vec<usize> = tests.filter(|(_, test)| comes_by(test)).map(|(at, _)| at).collect();
        let met = !reaching.is_empty() || self.asked.before.iter().any(comes_by);
        for batch in self.batches(mutant, reaching) {
            if let Some(outcome) = self.ask(mutant, &batch, scratch)? {
                return Ok(outcome);
            }
        }
        Ok(match (self.asked.more, met) {
            (true, _) => Outcome::Spared,
            (false, true) => Outcome::Survived,
            (false, false) => Outcome::Unreached,
        })
    }

    /// Judge by judge in growing batches, the keen tests first.
    fn batches(&self, mutant: &Mutant, reaching: Vec<usize>) -> Vec<Vec<usize>> {
        let mut by_judge: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for at in reaching {
            let Some(test) = self.asked.tests.get(at) else { continue };
            by_judge.entry(test.judge).or_default().push(at);
        }
        let mut batches = Vec::new();
        for mut tests in by_judge.into_values() {
            tests.sort_by_key(|at| self.took(*at));
            let keen = self.keen_first(mutant, &mut tests);
            batches.extend((!keen.is_empty()).then_some(keen));
            batches.extend(growing(&tests, |at| self.took(at)));
        }
        batches
    }

    /// What a test adds to a batch.
    fn took(&self, at: usize) -> Duration {
        let Some(test) = self.asked.tests.get(at) else { return Duration::ZERO };
        let start = self.starts.get(test.judge).copied().unwrap_or_default();
        test.took.saturating_sub(start).max(LEAST)
    }

    fn keen_first(&self, mutant: &Mutant, tests: &mut Vec<usize>) -> Vec<usize> {
        let Ok(known) = self.keen.lock() else { return Vec::new() };
        let near = [&mutant.function, &mutant.file].into_iter().filter_map(|place| known.get(place)).flatten();
        let mut keen = Vec::new();
        for at in near.filter(|at| tests.contains(at)) {
            if keen.len() < KEEN && !keen.contains(at) {
                keen.push(*at);
            }
        }
        tests.retain(|at| !keen.contains(at));
        keen
    }

    /// Runs a batch with the mutant on; what became of it, unless all is green.
    fn ask(&self, mutant: &Mutant, batch: &[usize], scratch: &Path) -> Result<Option<Outcome>> {
        let tests: Vec<&Test> = batch.iter().filter_map(|at| self.asked.tests.get(*at)).collect();
        let Some(judge) = tests.first().and_then(|test| self.asked.judges.get(test.judge)) else { return Ok(None) };
        let names: Vec<&str> = tests.iter().map(|test| test.name.as_str()).collect();
        let usual: Duration = tests.iter().map(|test| test.took).sum();
        let on = mutant.number.to_string();
        let ran = run::tests(judge, &names, &[("COGNATE_BENT", &on)], scratch, usual * 10 + Duration::from_secs(20))?;
        Ok(match ran.end {
            End::Green => None,
            End::Hung => Some(Outcome::Hung),
            End::Red => {
                let by = run::culprit(&ran.said).unwrap_or_default();
                self.noticed(mutant, batch, by);
                Some(Outcome::Killed(format!("{} {by}", judge.name)))
            }
        })
    }

    /// Wire tests name themselves with their crate before, libtest does not.
    fn noticed(&self, mutant: &Mutant, batch: &[usize], by: &str) {
        let short = by.split_once("::").map_or("", |(_, rest)| rest);
        let named = |at: &&usize| self.asked.tests.get(**at).is_some_and(|test| test.name == by || test.name == short);
        let (Some(at), Ok(mut keen)) = (batch.iter().find(named), self.keen.lock()) else { return };
        for place in [&mutant.function, &mutant.file] {
            let known = keen.entry(place.clone()).or_default();
            known.retain(|other| other != at);
            known.insert(0, *at);
        }
    }
}

/// What the quickest test of a judge takes alone, which is mostly its start.
fn start(tests: &[Test], judge: usize) -> Duration {
    tests.iter().filter(|test| test.judge == judge).map(|test| test.took).min().unwrap_or_default()
}

/// Batches of which each takes four times as long as the one before.
fn growing(tests: &[usize], took: impl Fn(usize) -> Duration) -> Vec<Vec<usize>> {
    let mut batches: Vec<Vec<usize>> = Vec::new();
    let (mut limit, mut full) = (FIRST, Duration::ZERO);
    for at in tests {
        let long = took(*at);
        match batches.last_mut() {
            Some(batch) if full + long <= limit => batch.push(*at),
            last => {
                if last.is_some() {
                    limit *= 4;
                }
                batches.push(vec![*at]);
                full = Duration::ZERO;
            }
        }
        full += long;
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_grow_and_lose_nobody() {
        let tests: Vec<usize> = (0..40).collect();
        let batches = growing(&tests, |_| Duration::from_millis(500));
        let sizes: Vec<usize> = batches.iter().map(Vec::len).collect();
        assert_eq!(sizes, [3, 12, 25]);
        assert_eq!(batches.concat(), tests);
        assert_eq!(growing(&[7], |_| Duration::from_secs(60)), [[7]]);
    }

    #[test]
    fn a_judge_starts_as_quickly_as_its_quickest_test_ends() {
        let test = |judge, millis| Test {
            judge,
            name: String::new(),
            took: Duration::from_millis(millis),
            green: true,
            reaches: Default::default(),
        };
        let tests = [test(0, 700), test(1, 3), test(0, 540), test(0, 900)];
        assert_eq!([0, 1, 2].map(|judge| start(&tests, judge).as_millis()), [540, 3, 0]);
    }
}
