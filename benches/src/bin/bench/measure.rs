//! Processor time of a server per operation: the smallest of several rounds.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use benches::api::Api;
use benches::cognate::Cognate;
use kernel::Stopwatch;

use super::cases::Case;
use super::world::World;

/// How long and how often.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Length of a round.
    pub seconds: f64,
    /// Rounds, of which the smallest counts.
    pub rounds: u32,
}

impl Default for Effort {
    fn default() -> Self {
        Self { seconds: 2.0, rounds: 5 }
    }
}

impl Effort {
    /// Three rounds of half the length.
    pub fn lighter(self) -> Self {
        Self { seconds: self.seconds / 2.0, rounds: self.rounds.min(3) }
    }
}

/// Connections that ask at the same time: enough that writers share their flushes, as the floors have it. The bare
/// exchange is measured with as many.
pub const CONNECTIONS: u64 = 16;

/// Microseconds of the server's processor time per operation.
pub fn cpu_per_operation(server: &Cognate, world: &World, case: &Case, effort: Effort) -> Result<f64> {
    let turns = AtomicU64::new(0);
    // Caches, stored powers and prepared statements are there from the second time on, and so they are in production.
    round(world, case, &turns, effort.seconds.min(1.0)).with_context(|| case.name)?;
    let mut best = f64::MAX;
    for _ in 0..effort.rounds {
        let before = server.cpu()?;
        let done = round(world, case, &turns, effort.seconds).with_context(|| case.name)?;
        let spent = server.cpu()?.saturating_sub(before);
        best = best.min(spent.as_secs_f64() * 1e6 / done as f64);
    }
    Ok(best)
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
    let mut api = Api::open(world.port, &world.key)?;
    let (watch, mut done, mut busy) = (Stopwatch::start(), 0, 0);
    while watch.elapsed() < Duration::from_secs_f64(seconds) {
        match (case.run)(&mut api, world, turns.fetch_add(1, Ordering::Relaxed)) {
            Ok(()) => done += 1,
            Err(error) if format!("{error:#}").contains("TooManyRequestsException") && busy <= done / 10 + 5 => {
                busy += 1
            }
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}
