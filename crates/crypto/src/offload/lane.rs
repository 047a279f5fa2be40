//! One lane: a bounded queue, a few threads, and an estimate of how long a new job would wait.

use super::PoolError;
use kernel::Stopwatch;
use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;

/// How a lane is laid out.
#[derive(Debug, Clone, Copy)]
pub struct LaneSettings {
    /// Its threads.
    pub threads: NonZeroUsize,
    /// How long a job may wait for a thread.
    pub deadline: Duration,
    /// How many jobs may wait, whatever the estimate says.
    pub queue_max: usize,
    /// What a job takes, as long as none was measured.
    pub first_guess: Duration,
}

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
    queue: VecDeque<Waiting>,
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
        let state = State { queue: VecDeque::new(), closed: false, mean: settings.first_guess, stats };
        let shared = Arc::new(Shared { settings, state: Mutex::new(state), work: Condvar::new() });
        let mut threads = Vec::new();
        for number in 0..settings.threads.get() {
            let worker = Arc::clone(&shared);
            let thread = std::thread::Builder::new().name(format!("{name}-{number}")).spawn(move || worker.serve());
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

    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, PoolError>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let (answer, outcome) = oneshot::channel();
        self.shared.admit(Box::new(Task { work, answer }))?;
        outcome.await.unwrap_or(Err(PoolError::Stopped))
    }

    pub(super) fn stats(&self) -> LaneStats {
        let state = self.shared.lock();
        let wait = wait(state.queue.len(), state.stats.running, self.shared.settings.threads, state.mean);
        LaneStats { queued: state.queue.len(), wait, ..state.stats }
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

    fn admit(&self, job: Box<dyn Job>) -> Result<(), PoolError> {
        let mut state = self.lock();
        if state.closed {
            return Err(PoolError::Stopped);
        }
        let wait = wait(state.queue.len(), state.stats.running, self.settings.threads, state.mean);
        if state.queue.len() >= self.settings.queue_max || wait > self.settings.deadline {
            state.stats.refused += 1;
            return Err(PoolError::Overloaded);
        }
        state.queue.push_back(Waiting { since: Stopwatch::start(), job });
        drop(state);
        self.work.notify_one();
        Ok(())
    }

    /// A worker's life.
    fn serve(&self) {
        while let Some(job) = self.next() {
            let watch = Stopwatch::start();
            job.run();
            self.finished(watch.elapsed());
        }
    }

    /// The next job worth running; `None` when the lane is closed and empty.
    fn next(&self) -> Option<Box<dyn Job>> {
        let mut state = self.lock();
        loop {
            let Some(waiting) = state.queue.pop_front() else {
                if state.closed {
                    return None;
                }
                state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            if waiting.job.is_abandoned() {
                state.stats.abandoned += 1;
            } else if waiting.since.elapsed() > self.settings.deadline {
                // The estimate was too hopeful. Nobody waits any longer for it; better to be in time for the next.
                state.stats.refused += 1;
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

/// How long a new job would wait. Running jobs count half: on average they are half way.
fn wait(queued: usize, running: usize, threads: NonZeroUsize, mean: Duration) -> Duration {
    if queued == 0 && running < threads.get() {
        return Duration::ZERO;
    }
    let ahead = queued.saturating_mul(2).saturating_add(running);
    let share = u32::try_from(threads.get().saturating_mul(2)).unwrap_or(u32::MAX);
    mean.saturating_mul(u32::try_from(ahead).unwrap_or(u32::MAX)) / share
}

/// One eighth of the way towards what was just measured.
fn smooth(mean: Duration, took: Duration) -> Duration {
    mean.saturating_mul(7).saturating_add(took) / 8
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    fn lane(threads: usize, deadline: Duration, queue_max: usize) -> Arc<Lane> {
        let threads = NonZeroUsize::new(threads).unwrap();
        let settings = LaneSettings { threads, deadline, queue_max, first_guess: Duration::from_millis(10) };
        Arc::new(Lane::start("test", settings).unwrap())
    }

    /// Occupies the lane's one thread until the sender is dropped.
    async fn occupy(lane: &Arc<Lane>) -> (mpsc::Sender<()>, tokio::task::JoinHandle<Result<(), PoolError>>) {
        let (release, held) = mpsc::channel::<()>();
        let (started, has_started) = oneshot::channel();
        let busy = Arc::clone(lane);
        let job = tokio::spawn(async move {
            let hold = move || {
                let _ = started.send(());
                let _ = held.recv();
            };
            busy.run(hold).await
        });
        has_started.await.unwrap();
        (release, job)
    }

    /// A further job. Were it not refused, it would wait for as long as the occupied thread.
    async fn at_once(lane: &Arc<Lane>) -> Result<(), PoolError> {
        tokio::time::timeout(Duration::from_secs(5), lane.run(|| ())).await.expect("an answer at once")
    }

    #[test]
    fn the_estimate_grows_with_the_queue_and_shrinks_with_threads() {
        let of = |queued, running, threads| {
            wait(queued, running, NonZeroUsize::new(threads).unwrap(), Duration::from_millis(10))
        };
        assert_eq!(of(0, 0, 1), Duration::ZERO);
        assert_eq!(of(0, 1, 2), Duration::ZERO);
        assert_eq!(of(0, 1, 1), Duration::from_millis(5));
        assert_eq!(of(4, 1, 1), Duration::from_millis(45));
        assert_eq!(of(4, 2, 2), Duration::from_millis(25));
        assert_eq!(of(usize::MAX, 1, 1), Duration::from_millis(10).saturating_mul(u32::MAX) / 2);
    }

    #[test]
    fn the_mean_follows_what_is_measured() {
        let mut mean = Duration::from_millis(1);
        for _ in 0..60 {
            mean = smooth(mean, Duration::from_millis(16));
        }
        assert!(mean > Duration::from_millis(15) && mean <= Duration::from_millis(16), "{mean:?}");
    }

    #[tokio::test]
    async fn jobs_run_and_answer() {
        let lane = lane(2, Duration::from_secs(5), 1000);
        let jobs: Vec<_> = (0..100u64)
            .map(|n| {
                let lane = Arc::clone(&lane);
                tokio::spawn(async move { lane.run(move || n * n).await })
            })
            .collect();
        for (n, job) in (0u64..).zip(jobs) {
            assert_eq!(job.await.unwrap(), Ok(n * n));
        }
        lane.close();
        lane.join();
        let stats = lane.stats();
        assert_eq!((stats.done, stats.refused, stats.queued, stats.running), (100, 0, 0, 0));
    }

    #[tokio::test]
    async fn a_job_that_could_not_begin_in_time_is_refused_at_once() {
        let lane = lane(1, Duration::from_millis(24), 1000);
        let (release, held) = occupy(&lane).await;
        let waiting: Vec<_> = (0..2)
            .map(|_| {
                let lane = Arc::clone(&lane);
                tokio::spawn(async move { lane.run(|| ()).await })
            })
            .collect();
        while lane.stats().queued < 2 {
            tokio::task::yield_now().await;
        }
        // Half of the running one and two in the queue, 10 ms each: 25 ms.
        assert_eq!(lane.stats().wait, Duration::from_millis(25));
        assert_eq!(at_once(&lane).await, Err(PoolError::Overloaded));
        assert_eq!(lane.stats().refused, 1);
        drop(release);
        held.await.unwrap().unwrap();
        for job in waiting {
            let _ = job.await.unwrap(); // in time or late, as the machine pleases
        }
    }

    #[tokio::test]
    async fn a_full_queue_refuses_whatever_the_estimate_says() {
        let lane = lane(1, Duration::from_secs(3600), 1);
        let (release, held) = occupy(&lane).await;
        let second = {
            let lane = Arc::clone(&lane);
            tokio::spawn(async move { lane.run(|| 2).await })
        };
        while lane.stats().queued < 1 {
            tokio::task::yield_now().await;
        }
        assert_eq!(at_once(&lane).await, Err(PoolError::Overloaded));
        drop(release);
        held.await.unwrap().unwrap();
        assert_eq!(second.await.unwrap(), Ok(2));
    }

    #[tokio::test]
    async fn a_job_whose_turn_comes_too_late_is_refused_and_one_without_a_caller_is_skipped() {
        let lane = lane(1, Duration::from_millis(60), 1000);
        let (release, held) = occupy(&lane).await;
        let gone = {
            let lane = Arc::clone(&lane);
            tokio::spawn(async move { lane.run(|| panic!("nobody waits for this")).await })
        };
        let late = {
            let lane = Arc::clone(&lane);
            tokio::spawn(async move { lane.run(|| panic!("too late for this")).await })
        };
        while lane.stats().queued < 2 {
            tokio::task::yield_now().await;
        }
        gone.abort();
        let _ = gone.await;
        tokio::time::sleep(Duration::from_millis(80)).await;
        drop(release);
        held.await.unwrap().unwrap();
        assert_eq!(late.await.unwrap(), Err::<(), _>(PoolError::Overloaded));
        let stats = lane.stats();
        assert_eq!((stats.abandoned, stats.refused), (1, 1));
    }

    #[tokio::test]
    async fn st_33_a_panicking_job_is_an_error_and_the_thread_lives_on() {
        let lane = lane(1, Duration::from_secs(5), 10);
        assert_eq!(lane.run(|| panic!("on purpose")).await, Err::<(), _>(PoolError::Panicked));
        assert_eq!(lane.run(|| 7).await, Ok(7));
        lane.close();
        lane.join();
        assert_eq!(lane.stats().running, 0);
    }

    #[tokio::test]
    async fn closing_finishes_what_was_taken_and_takes_no_more() {
        let lane = lane(1, Duration::from_secs(5), 10);
        let (release, held) = occupy(&lane).await;
        let taken = {
            let lane = Arc::clone(&lane);
            tokio::spawn(async move { lane.run(|| 1).await })
        };
        while lane.stats().queued < 1 {
            tokio::task::yield_now().await;
        }
        lane.close();
        assert_eq!(lane.run(|| 2).await, Err(PoolError::Stopped));
        drop(release);
        held.await.unwrap().unwrap();
        assert_eq!(taken.await.unwrap(), Ok(1));
        lane.join();
    }
}
