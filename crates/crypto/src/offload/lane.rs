//! One lane: a bounded queue, a few threads, and an estimate of how long a new job would wait.

use super::PoolError;
use super::sync::{Arc, Condvar, JoinHandle, Mutex, MutexGuard, Stopwatch, stand_back, thread};
use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::PoisonError;
use std::time::Duration;
use tokio::sync::oneshot;

/// How a lane is laid out.
#[derive(Debug, Clone, Copy)]
pub struct LaneSettings {
    /// Its threads.
    pub threads: NonZeroUsize,
    /// How long a job may wait for a thread.
    pub deadline: Duration,
    /// How many jobs may wait, whatever the estimate says. Those that go ahead count each other alone.
    pub queue_max: usize,
    /// What a job takes, as long as none was measured.
    pub first_guess: Duration,
    /// How far its threads stand back, as nice(2) counts, so that requests without such work find a core.
    pub nice: i32,
}

/// Where a job begins to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Ahead of those in line, for callers who have waited for nothing yet; of four jobs the line still has one.
    Ahead,
    /// Behind everybody.
    InLine,
}

/// Jobs that may pass the line one after the other.
const AHEAD_IN_A_ROW: u8 = 3;

/// What a lane is doing and has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LaneStats {
    /// Its threads.
    pub threads: usize,
    /// Jobs that wait.
    pub queued: usize,
    /// Jobs that run.
    pub running: usize,
    /// Jobs that ran to their end.
    pub done: u64,
    /// Jobs that were refused, at once or because their turn came too late.
    pub refused: u64,
    /// Jobs whose caller had gone before their turn.
    pub abandoned: u64,
    /// Time the threads spent on jobs.
    pub busy: Duration,
    /// How long a new job would wait.
    pub wait: Duration,
}

pub(super) struct Lane {
    shared: Arc<Shared>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

struct Shared {
    settings: LaneSettings,
    state: Mutex<State>,
    work: Condvar,
}

struct State {
    ahead: VecDeque<Waiting>,
    line: VecDeque<Waiting>,
    /// Jobs that have passed the line since it last moved.
    passed: u8,
    closed: bool,
    /// What a job takes, smoothed.
    mean: Duration,
    stats: LaneStats,
}

struct Waiting {
    since: Stopwatch,
    job: Box<dyn Job>,
}

/// A job with the way back to its caller.
trait Job: Send {
    fn is_abandoned(&self) -> bool;
    fn run(self: Box<Self>);
    fn refuse(self: Box<Self>);
}

struct Task<T, F> {
    work: F,
    answer: oneshot::Sender<Result<T, PoolError>>,
}

impl<T: Send, F: FnOnce() -> T + Send> Job for Task<T, F> {
    fn is_abandoned(&self) -> bool {
        self.answer.is_closed()
    }

    fn run(self: Box<Self>) {
        // The job owns what it touches and is gone after a panic, so nothing broken stays behind.
        let outcome = catch_unwind(AssertUnwindSafe(self.work)).map_err(|_| PoolError::Panicked);
        let _ = self.answer.send(outcome);
    }

    fn refuse(self: Box<Self>) {
        let _ = self.answer.send(Err(PoolError::Overloaded));
    }
}

impl Lane {
    pub(super) fn start(name: &str, settings: LaneSettings) -> std::io::Result<Self> {
        let stats = LaneStats { threads: settings.threads.get(), ..LaneStats::default() };
        let (ahead, line) = (VecDeque::new(), VecDeque::new());
        let state = State { ahead, line, passed: 0, closed: false, mean: settings.first_guess, stats };
        let shared = Arc::new(Shared { settings, state: Mutex::new(state), work: Condvar::new() });
        let mut threads = Vec::new();
        for number in 0..settings.threads.get() {
            let worker = Arc::clone(&shared);
            let thread = thread::Builder::new().name(format!("{name}-{number}")).spawn(move || worker.serve());
            match thread {
                Ok(thread) => threads.push(thread),
                Err(error) => {
                    shared.close();
                    return Err(error);
                }
            }
        }
        Ok(Self { shared, threads: Mutex::new(threads) })
    }

    pub(super) async fn run<T, F>(&self, turn: Turn, work: F) -> Result<T, PoolError>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let (answer, outcome) = oneshot::channel();
        self.shared.admit(turn, Box::new(Task { work, answer }))?;
        outcome.await.unwrap_or(Err(PoolError::Stopped))
    }

    pub(super) fn stats(&self) -> LaneStats {
        let state = self.shared.lock();
        let wait = wait(state.before(Turn::InLine), state.stats.running, self.shared.settings.threads, state.mean);
        LaneStats { queued: state.queued(), wait, ..state.stats }
    }

    pub(super) fn close(&self) {
        self.shared.close();
    }

    pub(super) fn join(&self) {
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            let _ = thread.join(); // a worker catches its jobs' panics and has none of its own
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn admit(&self, turn: Turn, job: Box<dyn Job>) -> Result<(), PoolError> {
        let mut state = self.lock();
        if state.closed {
            return Err(PoolError::Stopped);
        }
        let wait = wait(state.before(turn), state.stats.running, self.settings.threads, state.mean);
        // Whoever passes the line is not turned away because it is full.
        let queued = if turn == Turn::Ahead { state.ahead.len() } else { state.queued() };
        if queued >= self.settings.queue_max || wait > self.settings.deadline {
            state.stats.refused += 1;
            return Err(PoolError::Overloaded);
        }
        let waiting = Waiting { since: Stopwatch::start(), job };
        match turn {
            Turn::Ahead => state.ahead.push_back(waiting),
            Turn::InLine => state.line.push_back(waiting),
        }
        drop(state);
        self.work.notify_one();
        Ok(())
    }

    /// A worker's life.
    fn serve(&self) {
        stand_back(self.settings.nice);
        while let Some(job) = self.next() {
            let watch = Stopwatch::start();
            job.run();
            self.finished(watch.elapsed());
            // Whoever waits for the core waits for one job and not until the scheduler has had enough of this thread.
            thread::yield_now();
        }
    }

    /// The next job worth running; `None` when the lane is closed and empty.
    fn next(&self) -> Option<Box<dyn Job>> {
        let mut state = self.lock();
        loop {
            let passed = state.passed;
            let Some(waiting) = state.pop() else {
                if state.closed {
                    return None;
                }
                state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            if waiting.job.is_abandoned() {
                state.stats.abandoned += 1;
                state.passed = passed; // what does not run uses up nobody's turn
            } else if waiting.since.elapsed() > self.settings.deadline {
                // The estimate was too hopeful. Nobody waits any longer for it; better to be in time for the next.
                state.stats.refused += 1;
                state.passed = passed;
                waiting.job.refuse();
            } else {
                state.stats.running += 1;
                return Some(waiting.job);
            }
        }
    }

    fn finished(&self, took: Duration) {
        let mut state = self.lock();
        state.stats.running -= 1;
        state.stats.done += 1;
        state.stats.busy += took;
        state.mean = smooth(state.mean, took);
    }

    fn close(&self) {
        self.lock().closed = true;
        self.work.notify_all();
    }
}

impl State {
    fn queued(&self) -> usize {
        self.ahead.len().saturating_add(self.line.len())
    }

    /// Jobs that come before a new one. Whoever goes ahead meets one of the line for three of its kind.
    fn before(&self, turn: Turn) -> usize {
        match turn {
            Turn::InLine => self.queued(),
            Turn::Ahead => {
                let let_in = (self.ahead.len() / usize::from(AHEAD_IN_A_ROW)).saturating_add(1);
                self.ahead.len().saturating_add(self.line.len().min(let_in))
            }
        }
    }

    fn pop(&mut self) -> Option<Waiting> {
        let may_pass = self.line.is_empty() || self.passed < AHEAD_IN_A_ROW;
        if may_pass && let Some(waiting) = self.ahead.pop_front() {
            self.passed = if self.line.is_empty() { 0 } else { self.passed.saturating_add(1) };
            return Some(waiting);
        }
        self.passed = 0;
        self.line.pop_front()
    }
}

/// How long a new job would wait. Running jobs count half: on average they are half way.
pub(super) fn wait(queued: usize, running: usize, threads: NonZeroUsize, mean: Duration) -> Duration {
    if queued == 0 && running < threads.get() {
        return Duration::ZERO;
    }
    let ahead = queued.saturating_mul(2).saturating_add(running);
    let share = u32::try_from(threads.get().saturating_mul(2)).unwrap_or(u32::MAX);
    mean.saturating_mul(u32::try_from(ahead).unwrap_or(u32::MAX)) / share
}

/// One eighth of the way towards what was just measured.
pub(super) fn smooth(mean: Duration, took: Duration) -> Duration {
    mean.saturating_mul(7).saturating_add(took) / 8
}
