//! The unavoidable parts, measured on this machine in this run.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use benches::cognate::process_cpu;
use benches::http::Connection;
use kernel::Stopwatch;

use super::bare::{self, Signed};
use super::confined::Confined;
use super::floor::Primitives;
use super::measure::CONNECTIONS;

/// Verifications between two answers of a server whose callers fall asleep meanwhile: about as much work as the lightest
/// operation that does any.
const WORKED: u32 = 2;

impl Primitives {
    /// Measures all of them, the smallest of five runs each.
    pub fn measure() -> Result<Self> {
        let (sign, verify) = rs256()?;
        let http = http_exchange(0, 1)?;
        // Signatures and exponentiations keep a server busy for longer, but nobody sleeps deeper than asleep.
        let waking = http_exchange(WORKED, 1)? - f64::from(WORKED) * verify;
        let narrow = Confined::to("0")?;
        let one = http_exchange(WORKED, 1)?;
        drop(narrow);
        let crossing = (http_exchange(WORKED, 2)? - one).max(0.0);
        Ok(Self { sign, verify, http, waking: waking.max(http), crossing, read: sqlite_read()? })
    }
}

fn rs256() -> Result<(f64, f64)> {
    let mut signed = Signed::make()?;
    let sign = smallest(500, || signed.sign())?;
    let verify = smallest(5_000, || signed.verify())?;
    Ok((sign, verify))
}

fn sqlite_read() -> Result<f64> {
    let database = rusqlite::Connection::open_in_memory()?;
    database.execute_batch(FILL)?;
    let mut key = 0;
    smallest(200_000, || {
        key = (key + 7_919) % 10_000;
        let mut statement = database.prepare_cached(READ)?;
        statement.query_row([key], |row| row.get::<_, i64>(0)).context("reading")
    })
}

const FILL: &str = include_str!("fill.sql");
const READ: &str = include_str!("read.sql");

fn http_exchange(worked: u32, cores: u32) -> Result<f64> {
    // From as many connections as the operations that are held against it.
    let mut child = Command::new("taskset")
        .arg("-c")
        .arg(format!("0-{}", cores - 1))
        .arg(std::env::current_exe()?)
        .args([bare::FLAG, &cores.to_string()])
        .stdout(Stdio::piped())
        .spawn()?;
    let asked = child.stdout.take().context("its output").and_then(|output| {
        let mut port = String::new();
        BufReader::new(output).read_line(&mut port)?;
        exchanges(child.id(), port.trim().parse()?, &format!("/{worked}"))
    });
    child.kill()?;
    child.wait()?;
    asked
}

fn exchanges(pid: u32, port: u16, path: &str) -> Result<f64> {
    let ask = || -> Result<u64> {
        let (mut connection, watch, mut done) = (Connection::open(port)?, Stopwatch::start(), 0);
        while watch.elapsed() < Duration::from_secs(1) {
            connection.get(path)?;
            done += 1;
        }
        Ok(done)
    };
    let mut best = f64::MAX;
    for _ in 0..5 {
        let before = process_cpu(pid)?;
        let done = thread::scope(|scope| {
            let askers: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(ask)).collect();
            askers.into_iter().try_fold(0, |sum, one| anyhow::Ok(sum + one.join().map_err(|_| anyhow!("panicked"))??))
        })?;
        let spent = process_cpu(pid)?.saturating_sub(before);
        best = best.min(spent.as_secs_f64() * 1e6 / done as f64);
    }
    Ok(best)
}

/// Microseconds of this thread's processor time per call.
fn smallest<T>(calls: u32, mut call: impl FnMut() -> Result<T>) -> Result<f64> {
    let mut best = f64::MAX;
    for _ in 0..5 {
        let before = thread_cpu()?;
        for _ in 0..calls {
            std::hint::black_box(call()?);
        }
        let spent = thread_cpu()?.saturating_sub(before);
        best = best.min(spent.as_secs_f64() * 1e6 / f64::from(calls));
    }
    Ok(best)
}

fn thread_cpu() -> Result<Duration> {
    let text = fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanos = text.split(' ').next().and_then(|word| word.parse().ok()).context("schedstat")?;
    Ok(Duration::from_nanos(nanos))
}
