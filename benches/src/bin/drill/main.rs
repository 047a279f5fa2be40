//! The kill -9 drill: `drill BINARY [--cycles 200]`.
//!
//! Each cycle starts `cognate serve` on the same SQLite file, lets several clients work for 50 to 2000 ms, kills the
//! server with SIGKILL, starts it again and compares with the ledger: what was acknowledged must hold, what was not may
//! hold or not, and nothing may be half. At the end it tells of every kind of write how often its loss would have been
//! seen, and fails when there is one whose loss would not.

#![allow(clippy::print_stdout, reason = "the report is the output")]

mod check;
mod ledger;
mod lives;
mod load;
mod questions;
mod subjects;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use benches::api::Api;
use benches::cognate::{Cognate, Place};
use benches::smtp_sink::Sink;
use kernel::{EntropyExt, SystemEntropy};

use check::{Checker, Tally, mail_owed};
use ledger::Ledger;
use load::Load;

/// Clients that work at the same time.
const WORKERS: u64 = 6;
/// People of earlier cycles looked at again after each.
const OLDER: usize = 8;
/// So many cycles meet every kind of write; a kind that they miss is a hole in the drill.
const CYCLES_FOR_ALL: u32 = 100;
/// The bar of RL-1.
const READY_MAX: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("drill: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[String]) -> Result<()> {
    let (binary, cycles) = match args {
        [binary] => (binary, 200),
        [binary, flag, cycles] if flag == "--cycles" => (binary, cycles.parse().context("--cycles")?),
        _ => bail!("usage: drill BINARY [--cycles N]"),
    };
    let sink = Sink::start()?;
    let place = Place::fresh(Path::new(binary), "drill", Some(sink.port))?;
    let mut server = Cognate::start(&place)?;
    let key = server.root_key()?;
    let (pool, rotating) = load::make_pool(&mut Api::open(place.port, &key)?)?;
    let ledger = Arc::new(Ledger::open(&place.dir.join("ledger"))?);
    let (names, killed) = (AtomicU64::new(0), AtomicBool::new(false));
    let load = Load { port: place.port, key, pool, rotating, sink, ledger: Arc::clone(&ledger), names, killed };

    let (mut slowest, mut broken, mut tally) = (Duration::ZERO, Vec::new(), Tally::default());
    for cycle in 1..=cycles {
        broken.extend(one_cycle(server, &load)?);
        server = Cognate::start(&place).with_context(|| format!("starting again after kill {cycle}"))?;
        slowest = slowest.max(server.ready_after);
        broken.extend(Checker::new(&load)?.newest_and_some_older(OLDER, &mut tally)?);
        if cycle % 20 == 0 || !broken.is_empty() {
            println!("cycle {cycle}: {} acknowledged, slowest start {} ms", ledger.acknowledged(), slowest.as_millis());
        }
        if !broken.is_empty() {
            break; // the database is kept for whoever looks
        }
    }
    if slowest > READY_MAX {
        broken.push(format!(
            "ready only {} ms after a start; the bar is {}",
            slowest.as_millis(),
            READY_MAX.as_millis()
        ));
    }
    if broken.is_empty() {
        broken.extend(mail_owed(&load));
    }
    server.stop()?;
    println!("writes whose loss would have been seen: {}", tally.told());
    let untested = tally.untested();
    if cycles >= CYCLES_FOR_ALL && broken.is_empty() && !untested.is_empty() {
        broken.push(format!("never put to the test: {}", untested.join(", ")));
    }
    conclude(&place, &broken, &ledger)
}

fn conclude(place: &Place, broken: &[String], ledger: &Ledger) -> Result<()> {
    for line in broken {
        println!("BROKEN: {line}");
    }
    println!("{} acknowledged writes compared, {} broken", ledger.acknowledged(), broken.len());
    if broken.is_empty() { place.clear() } else { bail!("kept for a look: {}", place.dir.display()) }
}

/// Load, and the kill in the midst of it. What went wrong before the kill is told.
fn one_cycle(server: Cognate, load: &Load) -> Result<Vec<String>> {
    load.ledger.begin_cycle();
    load.killed.store(false, Ordering::SeqCst);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(|| load.work())).collect();
        thread::sleep(random_moment());
        load.killed.store(true, Ordering::SeqCst);
        server.kill()?;
        let ends = workers.into_iter().map(|worker| worker.join().map_err(|_| anyhow!("a worker panicked")));
        Ok(ends.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
    })
}

/// 50 to 2000 ms, short ones more often: most kills that find something find it early, and 200 cycles must stay affordable.
fn random_moment() -> Duration {
    let [byte] = SystemEntropy.bytes::<1>();
    let part = f64::from(byte) / 255.0;
    Duration::from_millis(50) + Duration::from_secs_f64(1.95 * part * part * part)
}
