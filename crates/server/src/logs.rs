//! Where log lines go, and what a panic leaves there.
//!
//! Lines are gathered and written ten times a second, or when there are many: a system call per request would cost as
//! much as many a request. A process that is killed loses at most the last tenth of a second of them. Each thread gathers
//! its own, for what all threads write to travels from core to core with every request; they leave in the order of their
//! moments.

use crate::config::Format;
use anyhow::Context;
use kernel::Stopwatch;
use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use thread_local::ThreadLocal;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// How long a line may wait.
const PATIENCE: Duration = Duration::from_millis(100);
/// Bytes that are written without waiting.
const FULL: usize = 64 * 1024;
/// About what a line has, in bytes.
const LINE: usize = 256;
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
#[must_use = "what waits is written when this is dropped"]
pub struct Logs(Arc<Shared>);

struct Shared {
    threads: ThreadLocal<Mutex<Staged>>,
    since: Stopwatch,
    due: Mutex<Due>,
    news: Condvar,
    /// Held while lines are written; whoever holds it may take what waits, so that lines leave in their order.
    out: Mutex<Out>,
}

/// Lines of one thread.
#[derive(Default)]
struct Staged {
    bytes: Vec<u8>,
    /// When each was said, and where it ends.
    lines: Vec<(Duration, usize)>,
}

impl Staged {
    /// For the next lines; what a flood needed is given back.
    fn empty(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(FULL);
        self.lines.clear();
        self.lines.shrink_to(FULL / LINE);
    }
}

/// What the thread that writes is told.
#[derive(Default)]
struct Due {
    /// Somebody has a line.
    some: bool,
    /// Somebody has many.
    many: bool,
}

struct Out {
    to: Box<dyn Write + Send>,
    /// What threads had to say. Empty once it is written.
    leaving: Vec<Staged>,
    /// The same in one.
    merged: Vec<u8>,
}

impl Logs {
    /// Gathers lines for `out`; a thread of its own writes them.
    fn to(out: Box<dyn Write + Send>) -> io::Result<Self> {
        let out = Mutex::new(Out { to: out, leaving: Vec::new(), merged: Vec::new() });
        let (threads, since) = (ThreadLocal::new(), Stopwatch::start());
        let shared = Arc::new(Shared { threads, since, due: Mutex::default(), news: Condvar::new(), out });
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

fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// Sleeps until there is a line, lets others join it for a moment, writes.
    fn write_when_due(&self) {
        let until = |due, time, enough: fn(&Due) -> bool| {
            let woken = self.news.wait_timeout_while(due, time, |due| !enough(due));
            woken.unwrap_or_else(PoisonError::into_inner).0
        };
        let due = until(locked(&self.due), Duration::from_secs(1), |due| due.some);
        if !due.some {
            return;
        }
        drop(until(due, PATIENCE, |due| due.many));
        self.flush();
    }

    fn say(&self, line: &[u8]) {
        let mut staged = locked(self.threads.get_or_default());
        let before = staged.bytes.len();
        staged.bytes.extend_from_slice(line);
        let after = staged.bytes.len();
        staged.lines.push((self.since.elapsed(), after));
        drop(staged);
        if after >= OVERFULL {
            self.flush();
        } else if before == 0 || before < FULL && after >= FULL {
            let mut due = locked(&self.due);
            (due.some, due.many) = (true, due.many || after >= FULL);
            drop(due);
            self.news.notify_one();
        }
    }

    /// Nobody who has a line to say waits for this, unless there is too much of it.
    fn flush(&self) {
        let mut out = locked(&self.out);
        let Out { to, leaving, merged } = &mut *out;
        // Before anything is taken: whoever speaks after that says so once more.
        *locked(&self.due) = Due::default();
        // All of them at once: what was said because of a line that stays must not leave before it.
        let mut staged: Vec<_> = self.threads.iter().map(locked).collect();
        leaving.resize_with(staged.len(), Staged::default);
        for (empty, staged) in leaving.iter_mut().zip(&mut staged) {
            std::mem::swap(empty, staged);
        }
        drop(staged);
        merge(leaving, merged);
        // A log that cannot be written cannot be complained about either.
        let _ = to.write_all(merged).and_then(|()| to.flush());
        merged.clear();
        merged.shrink_to(FULL);
        leaving.iter_mut().for_each(Staged::empty);
    }
}

/// The lines of a thread that have not left yet.
struct Rest<'s> {
    bytes: &'s [u8],
    lines: &'s [(Duration, usize)],
    start: usize,
}

impl<'s> Rest<'s> {
    fn of(staged: &'s Staged) -> Option<Self> {
        (!staged.lines.is_empty()).then(|| Self { bytes: &staged.bytes, lines: &staged.lines, start: 0 })
    }

    fn take_line(&mut self) -> &'s [u8] {
        let Some(((_, end), after)) = self.lines.split_first() else { return &[] };
        let line = self.bytes.get(self.start..*end).unwrap_or_default();
        (self.lines, self.start) = (after, *end);
        line
    }
}

/// The lines of all threads, each thread's in their order, those of several in the order of their moments.
fn merge(threads: &[Staged], merged: &mut Vec<u8>) {
    let mut rest: Vec<Rest<'_>> = threads.iter().filter_map(Rest::of).collect();
    while rest.len() > 1 {
        let moment = |(_, rest): &(usize, &mut Rest<'_>)| rest.lines.first().map(|(moment, _)| *moment);
        let Some((at, first)) = rest.iter_mut().enumerate().min_by_key(moment) else { return };
        merged.extend_from_slice(first.take_line());
        if first.lines.is_empty() {
            rest.swap_remove(at);
        }
    }
    if let [Rest { bytes, start, .. }] = rest.as_slice() {
        merged.extend_from_slice(bytes.get(*start..).unwrap_or_default());
    }
}

impl Drop for Logs {
    fn drop(&mut self) {
        self.flush();
    }
}

impl Write for &Logs {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.say(line);
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
    use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

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

    fn staged(logs: &Logs) -> usize {
        logs.0.threads.iter().map(|thread| locked(thread).bytes.len()).sum()
    }

    #[test]
    fn many_threads_speak_and_every_line_leaves_whole_and_in_its_order() {
        const THREADS: usize = 8;
        const LINES: usize = 5_000;
        let out = Out::default();
        let logs = Logs::to(Box::new(out.clone())).unwrap();
        std::thread::scope(|scope| {
            for thread in 0..THREADS {
                let logs = &logs;
                scope.spawn(move || {
                    (0..LINES).for_each(|n| (&*logs).write_all(format!("{thread} {n}\n").as_bytes()).unwrap())
                });
            }
        });
        (&logs).write_all(b"last\n").unwrap();
        drop(logs);
        let text = String::from_utf8(out.0.lock().unwrap().clone()).unwrap();
        let mut next = [0; THREADS];
        let (said, last) = text.trim_end().rsplit_once('\n').unwrap();
        assert_eq!(last, "last");
        for line in said.lines() {
            let (thread, n) = line.split_once(' ').unwrap();
            let expected = &mut next[thread.parse::<usize>().unwrap()];
            assert_eq!(n.parse(), Ok(*expected));
            *expected += 1;
        }
        assert_eq!(next, [LINES; THREADS]);
    }

    #[test]
    fn an_answer_never_stands_before_what_it_answers() {
        const LINES: u64 = 4_000;
        let out = Out::default();
        let logs = Logs::to(Box::new(out.clone())).unwrap();
        let said = AtomicU64::new(0);
        std::thread::scope(|scope| {
            for thread in 0..2 {
                let (mut logs, said) = (&logs, &said);
                scope.spawn(move || {
                    for n in (thread..LINES).step_by(2) {
                        while said.load(Ordering::Acquire) < n {
                            std::thread::yield_now();
                        }
                        logs.write_all(format!("{n}\n").as_bytes()).unwrap();
                        said.store(n + 1, Ordering::Release);
                    }
                });
            }
            while said.load(Ordering::Acquire) < LINES {
                logs.flush();
            }
        });
        drop(logs);
        let text = String::from_utf8(out.0.lock().unwrap().clone()).unwrap();
        assert!(text.lines().map(|line| line.parse::<u64>().unwrap()).eq(0..LINES));
    }

    #[test]
    fn what_a_flood_needed_is_given_back() {
        let logs = Logs::to(Box::new(Out::default())).unwrap();
        let line = [b'x'; LINE];
        (0..OVERFULL / LINE * 3).for_each(|_| (&logs).write_all(&line).unwrap());
        // The first hands over what was full, the second takes back what has been emptied.
        (0..2).for_each(|_| logs.flush());
        let kept = |staged: &Staged| staged.bytes.capacity() <= FULL && staged.lines.capacity() <= FULL / LINE;
        assert!(logs.0.threads.iter().all(|thread| kept(&locked(thread))));
        let out = locked(&logs.0.out);
        assert!(out.leaving.iter().all(kept) && out.merged.capacity() <= FULL);
    }

    #[test]
    fn lines_of_several_threads_stand_in_the_order_of_their_moments() {
        let staged = |lines: &[(u64, &str)]| {
            lines.iter().fold(Staged::default(), |mut staged, (moment, line)| {
                staged.bytes.extend_from_slice(line.as_bytes());
                staged.lines.push((Duration::from_nanos(*moment), staged.bytes.len()));
                staged
            })
        };
        let threads =
            [staged(&[(1, "a"), (5, "e"), (6, "f")]), staged(&[]), staged(&[(2, "b\nb"), (3, "c"), (4, "d")])];
        let mut merged = Vec::new();
        merge(&threads, &mut merged);
        assert_eq!(merged, b"ab\nbcdef");
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
            assert!(staged(&logs) < OVERFULL);
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
        while staged(&logs) > 0 {
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
