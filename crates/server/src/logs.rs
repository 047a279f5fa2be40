//! Where log lines go, and what a panic leaves there.
//!
//! Lines are gathered and written ten times a second, or when there are many: a system call per request would cost as
//! much as many a request. A process that is killed loses at most the last tenth of a second of them.

use crate::config::Format;
use anyhow::Context;
use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// How long a line may wait.
const PATIENCE: Duration = Duration::from_millis(100);
/// Bytes that are written without waiting.
const FULL: usize = 64 * 1024;
/// Bytes that wait at most: whoever has more to say than can be written waits until it is.
const OVERFULL: usize = 16 * FULL;

/// Starts logging to the error output. The lines that still wait are written when the answer is dropped.
///
/// # Errors
/// When the filter cannot be read.
pub fn start(format: Format, level: &str) -> anyhow::Result<Logs> {
    let filter = EnvFilter::builder()
        .parse(level)
        .with_context(|| format!("log.level: {level:?} is neither a level nor a filter such as cognate=debug,info"))?;
    let logs = Logs::to(Box::new(io::stderr()))?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(logs.clone());
    // A second start in one process keeps the first.
    let _ = match format {
        Format::Json => lines.json().try_init(),
        Format::Text => lines.with_ansi(false).try_init(),
    };
    // The payload of a panic may hold what a caller sent: the place is enough to find the bug by (ST-34).
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let backtrace = std::backtrace::Backtrace::capture();
        tracing::error!(%place, %backtrace, "a panic was caught: please report it");
    }));
    Ok(logs)
}

/// Lines on their way out.
#[derive(Clone)]
pub struct Logs(Arc<Shared>);

struct Shared {
    waiting: Mutex<Vec<u8>>,
    news: Condvar,
    /// Held while lines are written; whoever holds it may take what waits, so that lines leave in their order.
    out: Mutex<Out>,
}

struct Out {
    to: Box<dyn Write + Send>,
    /// What is being written. Empty and as large as it was once it is.
    leaving: Vec<u8>,
}

impl Logs {
    /// Gathers lines for `out`; a thread of its own writes them.
    fn to(out: Box<dyn Write + Send>) -> io::Result<Self> {
        let out = Mutex::new(Out { to: out, leaving: Vec::new() });
        let shared = Arc::new(Shared { waiting: Mutex::default(), news: Condvar::new(), out });
        let writer = Arc::downgrade(&shared);
        std::thread::Builder::new().name("logs".to_owned()).spawn(move || {
            while let Some(shared) = writer.upgrade() {
                shared.write_when_due();
            }
        })?;
        Ok(Self(shared))
    }

    /// Writes what waits, now.
    pub fn flush(&self) {
        self.0.flush();
    }
}

impl Shared {
    fn waiting(&self) -> MutexGuard<'_, Vec<u8>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sleeps until there is a line, lets others join it for a moment, writes.
    fn write_when_due(&self) {
        let until = |waiting, time, enough: fn(&Vec<u8>) -> bool| {
            let woken = self.news.wait_timeout_while(waiting, time, |lines| !enough(lines));
            woken.unwrap_or_else(PoisonError::into_inner).0
        };
        let waiting = until(self.waiting(), Duration::from_secs(1), |lines| !lines.is_empty());
        if waiting.is_empty() {
            return;
        }
        drop(until(waiting, PATIENCE, |lines| lines.len() >= FULL));
        self.flush();
    }

    /// Nobody who has a line to say waits for this, unless there is too much of it.
    fn flush(&self) {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        let Out { to, leaving } = &mut *out;
        std::mem::swap(leaving, &mut self.waiting());
        // A log that cannot be written cannot be complained about either.
        let _ = to.write_all(leaving).and_then(|()| to.flush());
        leaving.clear();
    }
}

impl Drop for Logs {
    fn drop(&mut self) {
        self.flush();
    }
}

impl Write for &Logs {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut waiting = self.0.waiting();
        let before = waiting.len();
        waiting.extend_from_slice(line);
        let after = waiting.len();
        drop(waiting);
        if after >= OVERFULL {
            self.0.flush();
        } else if before == 0 || before < FULL && after >= FULL {
            self.0.news.notify_one();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Logs {
    type Writer = &'w Logs;

    fn make_writer(&'w self) -> &'w Logs {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[derive(Clone, Default)]
    struct Out(Arc<Mutex<Vec<u8>>>, Arc<AtomicUsize>);
    impl Write for Out {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.1.fetch_add(1, Ordering::Relaxed);
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn many_lines_leave_together_and_the_last_ones_at_the_end() {
        let out = Out::default();
        let logs = Logs::to(Box::new(out.clone())).unwrap();
        for n in 0..100 {
            writeln!(&logs, "line {n}").unwrap();
        }
        std::thread::sleep(PATIENCE * 3);
        assert_eq!(out.0.lock().unwrap().iter().filter(|b| **b == b'\n').count(), 100);
        assert!(out.1.load(Ordering::Relaxed) < 10, "not a write for each line");
        writeln!(&logs, "last words").unwrap();
        drop(logs);
        assert!(out.0.lock().unwrap().ends_with(b"last words\n"));
    }

    #[test]
    fn a_flood_is_written_without_waiting_and_does_not_grow() {
        let out = Out::default();
        let logs = Logs::to(Box::new(out.clone())).unwrap();
        for _ in 0..100 {
            (&logs).write_all(&[b'x'; FULL / 2]).unwrap();
            assert!(logs.0.waiting().len() < OVERFULL);
        }
        drop(logs);
        assert_eq!(out.0.lock().unwrap().len(), 50 * FULL);
    }

    /// An output that takes nothing until it is told to.
    struct Stuck(std::sync::mpsc::Receiver<()>, Out);
    impl Write for Stuck {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            // Whoever hung up lets everything through.
            let _ = self.0.recv();
            self.1.write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn whoever_has_a_line_to_say_does_not_wait_for_a_slow_output() {
        let (go, stuck) = std::sync::mpsc::channel();
        let out = Out::default();
        let logs = Logs::to(Box::new(Stuck(stuck, out.clone()))).unwrap();
        writeln!(&logs, "first").unwrap();
        let mut waited = 0;
        while !logs.0.waiting().is_empty() {
            waited += 1;
            assert!(waited < 2_000, "the thread that writes has taken it");
            std::thread::sleep(Duration::from_millis(5));
        }
        // It stands before the output now, which takes nothing yet.
        for n in 0..1_000 {
            writeln!(&logs, "line {n}").unwrap();
        }
        assert!(out.0.lock().unwrap().is_empty());
        drop(go);
        drop(logs);
        let text = String::from_utf8(out.0.lock().unwrap().clone()).unwrap();
        let said: Vec<String> =
            ["first".to_owned()].into_iter().chain((0..1_000).map(|n| format!("line {n}"))).collect();
        assert!(text.lines().eq(said.iter()), "every line, and in its order");
    }
}
