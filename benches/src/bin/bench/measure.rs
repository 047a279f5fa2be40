//! Processor time of servers per operation.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use benches::api::{Api, is_busy};
use benches::cognate::Cognate;
use kernel::Stopwatch;

use super::cases::Case;
use super::confined::{Confined, stand_back};
use super::world::World;

/// How long and how often.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Length of a round.
    pub seconds: f64,
    /// Rounds, of which the one in the middle counts.
    pub rounds: u32,
}

impl Default for Effort {
    fn default() -> Self {
        Self { seconds: 0.5, rounds: 15 }
    }
}

/// Connections that ask at the same time: enough that writers share their flushes, as the floors have it. The bare
/// exchange is measured with as many.
pub const CONNECTIONS: u64 = 16;

/// However cold it is, this often it is asked before it is measured.
const WARMING_MAX: u32 = 20;

/// A server, whom it is asked about, and the cores that the driver keeps to meanwhile (all, when none are named).
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// The server.
    pub server: &'a Cognate,
    /// Who is there.
    pub world: &'a World,
    /// Where the driver runs.
    pub driver: Option<&'static str>,
}

/// The server's processor time per operation, in microseconds.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// All of it.
    pub micros: f64,
    /// What the program spent itself: the rest is the kernel's.
    pub own: f64,
}

impl Side<'_> {
    /// Over one round.
    pub fn cost(&self, case: &Case, turns: &AtomicU64, seconds: f64) -> Result<Cost> {
        let narrow = self.driver.map(Confined::to).transpose()?;
        let (before, [own_before, kernel_before]) = (self.server.cpu()?, self.server.ticks()?);
        let done = round(self.world, case, turns, seconds).with_context(|| case.name)?;
        let (after, [own, kernel]) = (self.server.cpu()?, self.server.ticks()?);
        drop(narrow);
        let micros = after.saturating_sub(before).as_secs_f64() * 1e6 / done as f64;
        let (own, kernel) = ((own - own_before) as f64, (kernel - kernel_before) as f64);
        Ok(Cost { micros, own: micros * own / (own + kernel) })
    }
}

/// Measures a case on several sides in turn: the machine is shared below us and its pace drifts from minute to minute, so
/// what is compared is measured side by side. Answers, for each round, what `beside` measured and each side's figure.
pub fn in_turn<B>(
    sides: &[Side<'_>],
    case: &Case,
    effort: Effort,
    mut beside: impl FnMut() -> Result<B>,
) -> Result<Vec<(B, Vec<Cost>)>> {
    let turns = AtomicU64::new(0);
    // Caches, stored powers and prepared statements are there from the second time on, and the pages of a large file once
    // they have been asked for, and so they are in production.
    for side in sides {
        warm(|| Ok(side.cost(case, &turns, effort.seconds.min(1.0))?.micros))?;
    }
    let one = |_| {
        let parts = beside()?;
        let figures = sides.iter().map(|side| side.cost(case, &turns, effort.seconds)).collect::<Result<_>>()?;
        Ok((parts, figures))
    };
    (0..effort.rounds).map(one).collect()
}

/// Asks until it has become no cheaper than by a tenth. Most that is cold is warm after the first time.
fn warm(mut ask: impl FnMut() -> Result<f64>) -> Result<()> {
    let mut last = f64::INFINITY;
    for _ in 0..WARMING_MAX {
        let now = ask()?;
        if now > last * 0.9 {
            break;
        }
        last = now;
    }
    Ok(())
}

/// The one in the middle.
pub fn median(figures: impl IntoIterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = figures.into_iter().collect();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

fn round(world: &World, case: &Case, turns: &AtomicU64, seconds: f64) -> Result<u64> {
    thread::scope(|scope| {
        let askers: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(|| ask(world, case, turns, seconds))).collect();
        askers.into_iter().try_fold(0, |sum, asker| Ok(sum + asker.join().map_err(|_| anyhow!("an asker panicked"))??))
    })
}

/// A server that says it is too busy is believed, and its answer not counted as work done: what it cost is in the figure.
/// One that says so to every tenth caller has no figure.
fn ask(world: &World, case: &Case, turns: &AtomicU64, seconds: f64) -> Result<u64> {
    stand_back();
    let mut api = Api::open(world.port, &world.key)?;
    let (watch, mut done, mut busy) = (Stopwatch::start(), 0, 0);
    while watch.elapsed() < Duration::from_secs_f64(seconds) {
        match (case.run)(&mut api, world, turns.fetch_add(1, Ordering::Relaxed)) {
            Ok(()) => done += 1,
            Err(error) if is_busy(&error) && busy <= done / 10 + 5 => busy += 1,
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cold_is_asked_until_it_is_warm() {
        let asked = |costs: &[f64]| {
            let mut costs = costs.iter().copied();
            let before = costs.len();
            warm(|| costs.next().context("too often")).unwrap();
            before - costs.len()
        };
        assert_eq!(asked(&[16.8, 2.7, 1.8, 1.3, 1.2, 1.0]), 5);
        assert_eq!(asked(&[1.0, 1.1, 0.5]), 2);
        assert_eq!(asked(&std::array::from_fn::<f64, 30, _>(|n| 0.5_f64.powi(n as i32))), 20);
    }

    #[test]
    fn the_middle_is_not_moved_by_one_bad_round() {
        assert_eq!(median([1.2, 9.0, 1.0]), 1.2);
        assert!(median([]).is_nan());
    }
}
