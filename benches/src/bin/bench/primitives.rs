//! The unavoidable parts, measured on this machine beside what is held against them.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use benches::cognate::process_cpu;
use benches::http::Connection;
use kernel::Stopwatch;

use super::bare::{self, Signed};
use super::confined::{Confined, stand_back};
use super::floor::Primitives;
use super::measure::CONNECTIONS;

/// Verifications between two answers of a server whose callers fall asleep meanwhile: about as much work as the lightest
/// operation that does any.
const WORKED: u32 = 2;
/// Two cores are held against one beside a bare server that works for as long as the operation, in verifications. Whoever
/// works for longer finds everybody asleep on one core and on two.
const WORKED_MAX: u32 = 8;

/// Everything the parts are measured on, kept from round to round.
pub struct Bench {
    signed: Signed,
    rows: Rows,
    one_core: Bare,
    two_cores: Bare,
}

/// A bare server that ends with this.
struct Bare {
    child: Child,
    port: u16,
}

impl Bench {
    /// Sets everything up.
    pub fn make() -> Result<Self> {
        Ok(Self { signed: Signed::make()?, rows: Rows::make()?, one_core: Bare::start(1)?, two_cores: Bare::start(2)? })
    }

    /// How many verifications take as long as an operation of so many microseconds, exchange included.
    pub fn as_long_as(&self, micros: f64) -> Result<u32> {
        let verify = self::micros(500, || self.signed.verify())?;
        Ok(((micros / verify).round() as u32).saturating_sub(1).min(WORKED_MAX))
    }

    /// One round of all of them, with exchanges for this long, on two cores beside so many verifications.
    pub fn measure(&mut self, seconds: f64, worked: u32) -> Result<Primitives> {
        let sign = micros(200, || self.signed.sign())?;
        let verify = micros(2_000, || self.signed.verify())?;
        let (mut key, database) = (0, &self.rows.database);
        let read = micros(50_000, || {
            key = (key + 7_919) % 10_000;
            let mut statement = database.prepare_cached(READ)?;
            statement.query_row([key], |row| row.get::<_, i64>(0)).context("reading")
        })?;
        let http = self.one_core.exchange(0, seconds)?;
        // Signatures and exponentiations keep a server busy for longer, but nobody sleeps deeper than asleep.
        let waking = self.one_core.exchange(WORKED, seconds)? - f64::from(WORKED) * verify;
        let narrow = Confined::to("0")?;
        let one = self.one_core.exchange(worked, seconds)?;
        drop(narrow);
        let crossing = (self.two_cores.exchange(worked, seconds)? - one).max(0.0);
        Ok(Primitives { sign, verify, http, waking: waking.max(http), crossing, read })
    }
}

const FILL: &str = include_str!("fill.sql");
const READ: &str = include_str!("read.sql");

/// Rows in a file, as they are kept: with a log beside it, mapped, and locked for each look.
struct Rows {
    database: rusqlite::Connection,
    directory: PathBuf,
}

impl Rows {
    fn make() -> Result<Self> {
        let directory = std::env::temp_dir().join(format!("cognate-bench-rows-{}", std::process::id()));
        fs::create_dir(&directory).with_context(|| format!("making {}", directory.display()))?;
        let database = rusqlite::Connection::open(directory.join("rows.db"))?;
        let rows = Self { database, directory };
        rows.database.execute_batch("PRAGMA journal_mode = WAL; PRAGMA mmap_size = 268435456;")?;
        rows.database.execute_batch(FILL)?;
        Ok(rows)
    }
}

impl Drop for Rows {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.directory);
    }
}

impl Bare {
    fn start(cores: u32) -> Result<Self> {
        let mut child = Command::new("taskset")
            .arg("-c")
            .arg(format!("0-{}", cores - 1))
            .arg(std::env::current_exe()?)
            .args([bare::FLAG, &cores.to_string()])
            .stdout(Stdio::piped())
            .spawn()?;
        let output = child.stdout.take();
        let mut started = Self { child, port: 0 };
        let mut port = String::new();
        BufReader::new(output.context("its output")?).read_line(&mut port)?;
        started.port = port.trim().parse()?;
        Ok(started)
    }

    /// From as many connections as the operations that are held against it.
    fn exchange(&self, worked: u32, seconds: f64) -> Result<f64> {
        let path = format!("/{worked}");
        let ask = || -> Result<u64> {
            stand_back();
            let (mut connection, watch, mut done) = (Connection::open(self.port)?, Stopwatch::start(), 0);
            while watch.elapsed() < Duration::from_secs_f64(seconds) {
                connection.get(&path)?;
                done += 1;
            }
            Ok(done)
        };
        let before = process_cpu(self.child.id())?;
        let done = thread::scope(|scope| {
            let askers: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(ask)).collect();
            askers.into_iter().try_fold(0, |sum, one| anyhow::Ok(sum + one.join().map_err(|_| anyhow!("panicked"))??))
        })?;
        let spent = process_cpu(self.child.id())?.saturating_sub(before);
        Ok(spent.as_secs_f64() * 1e6 / done as f64)
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Microseconds of this thread's processor time per call.
fn micros<T>(calls: u32, mut call: impl FnMut() -> Result<T>) -> Result<f64> {
    let before = thread_cpu()?;
    for _ in 0..calls {
        std::hint::black_box(call()?);
    }
    let spent = thread_cpu()?.saturating_sub(before);
    Ok(spent.as_secs_f64() * 1e6 / f64::from(calls))
}

fn thread_cpu() -> Result<Duration> {
    let text = fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanos = text.split(' ').next().and_then(|word| word.parse().ok()).context("schedstat")?;
    Ok(Duration::from_nanos(nanos))
}
