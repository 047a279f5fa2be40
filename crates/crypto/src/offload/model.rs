//! Every lane again, on shuttle's threads: thousands of interleavings of callers, workers and a closing, drawn by two
//! schedulers. A hang is a failure here, for shuttle sees that nobody can go on.
//!
//! `lane.rs` is read a second time with shuttle's primitives and a clock that stands still until a test moves it.

use super::PoolError;
use shuttle::future::block_on;
use std::num::NonZeroUsize;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use sync::{Arc, Mutex, advance, reset, thread};

#[allow(clippy::duplicate_mod, dead_code, reason = "the same text on other primitives is the point of a model")]
#[path = "lane.rs"]
mod lane;

use lane::{Lane, LaneSettings, Turn};

/// What shuttle can see: its own threads and locks, and a clock of ours.
mod sync {
    pub use shuttle::sync::{Arc, Condvar, Mutex, MutexGuard};
    pub use shuttle::thread::{self, JoinHandle};
    use std::cell::Cell;
    use std::time::Duration;

    thread_local! {
        // All threads of a model are coroutines of one thread.
        static NOW: Cell<Duration> = const { Cell::new(Duration::ZERO) };
    }

    #[derive(Debug, Clone, Copy)]
    pub struct Stopwatch(Duration);

    impl Stopwatch {
        pub fn start() -> Self {
            Self(NOW.get())
        }

        pub fn elapsed(self) -> Duration {
            NOW.get().saturating_sub(self.0)
        }
    }

    pub fn stand_back(_nice: i32) {}

    pub fn advance(by: Duration) {
        NOW.set(NOW.get() + by);
    }

    pub fn reset() {
        NOW.set(Duration::ZERO);
    }
}

const DEADLINE: Duration = Duration::from_millis(50);

/// Interleavings drawn at random, and as many with a few forced preemptions each.
fn in_every_order(model: impl Fn() + Send + Sync + 'static) {
    let model = std::sync::Arc::new(model);
    for preemptions in [None, Some(3)] {
        let model = std::sync::Arc::clone(&model);
        let once = move || {
            reset();
            model();
        };
        match preemptions {
            None => shuttle::check_random(once, 2_000),
            Some(depth) => shuttle::check_pct(once, 2_000, depth),
        }
    }
}

fn lane(threads: usize, queue_max: usize) -> Arc<Lane> {
    let threads = NonZeroUsize::new(threads).unwrap();
    let settings = LaneSettings { threads, deadline: DEADLINE, queue_max, first_guess: Duration::ZERO, nice: 0 };
    Arc::new(Lane::start("model", settings).unwrap())
}

/// A caller on a thread of its own; its job notes that it ran.
fn caller(lane: &Arc<Lane>, ran: &Arc<Mutex<Vec<u32>>>, number: u32) -> thread::JoinHandle<Result<u32, PoolError>> {
    let job = job(lane, Turn::InLine, ran, number);
    thread::spawn(move || block_on(job))
}

type Waiting = Pin<Box<dyn Future<Output = Result<u32, PoolError>> + Send>>;

/// A job that notes that it ran. It waits once it was polled; whoever drops it leaves.
fn job(lane: &Arc<Lane>, turn: Turn, ran: &Arc<Mutex<Vec<u32>>>, number: u32) -> Waiting {
    let (lane, ran) = (Arc::clone(lane), Arc::clone(ran));
    Box::pin(async move {
        let work = move || {
            ran.lock().unwrap().push(number);
            number
        };
        lane.run(turn, work).await
    })
}

/// Who was answered with what they asked for, in order. Everybody is answered.
fn served(callers: Vec<thread::JoinHandle<Result<u32, PoolError>>>, refusal: PoolError) -> Vec<u32> {
    let answers: Vec<_> = callers.into_iter().map(|caller| caller.join().unwrap()).collect();
    let refused = answers.iter().filter(|answer| **answer == Err(refusal)).count();
    let served: Vec<u32> = answers.iter().filter_map(|answer| answer.ok()).collect();
    assert_eq!(served.len() + refused, answers.len(), "{answers:?}");
    served
}

fn sorted(ran: &Arc<Mutex<Vec<u32>>>) -> Vec<u32> {
    let mut ran = ran.lock().unwrap().clone();
    ran.sort_unstable();
    ran
}

#[test]
fn no_job_is_lost_and_none_runs_twice() {
    in_every_order(|| {
        let (lane, ran) = (lane(2, 100), Arc::default());
        let callers = (0..4).map(|number| caller(&lane, &ran, number)).collect();
        assert_eq!(served(callers, PoolError::Overloaded), [0, 1, 2, 3]);
        assert_eq!(sorted(&ran), [0, 1, 2, 3]);
        lane.close();
        lane.join();
        let stats = lane.stats();
        assert_eq!((stats.done, stats.refused, stats.queued, stats.running), (4, 0, 0, 0));
    });
}

#[test]
fn a_queue_never_holds_more_than_it_may_and_who_is_refused_is_not_run() {
    in_every_order(|| {
        let (lane, ran) = (lane(1, 1), Arc::default());
        let callers: Vec<_> = (0..4).map(|number| caller(&lane, &ran, number)).collect();
        assert!(lane.stats().queued <= 1);
        let served = served(callers, PoolError::Overloaded);
        assert!(!served.is_empty(), "an idle lane takes the first");
        assert_eq!(sorted(&ran), served);
        lane.close();
        lane.join();
        let stats = lane.stats();
        assert_eq!((stats.done + stats.refused, stats.queued, stats.running), (4, 0, 0));
    });
}

#[test]
fn a_line_that_is_full_turns_nobody_away_who_passes_it() {
    in_every_order(|| {
        let (lane, ran) = (lane(1, 1), Arc::default());
        let callers = (0..3).map(|number| caller(&lane, &ran, number)).collect();
        let ahead = job(&lane, Turn::Ahead, &ran, 9);
        let ahead = thread::spawn(move || block_on(ahead));
        assert!(lane.stats().queued <= 2, "one in line and one ahead");
        assert_eq!(ahead.join().unwrap(), Ok(9));
        let mut served = served(callers, PoolError::Overloaded);
        served.push(9);
        assert_eq!(sorted(&ran), served);
        lane.close();
        lane.join();
        let stats = lane.stats();
        assert_eq!((stats.done + stats.refused, stats.queued, stats.running), (4, 0, 0));
    });
}

#[test]
fn of_four_jobs_the_line_has_one_also_when_its_first_leave_meanwhile() {
    in_every_order(|| {
        let (lane, ran) = (lane(1, 100), Arc::new(Mutex::new(Vec::new())));
        let (release, held) = shuttle::sync::mpsc::channel::<()>();
        let (started, has_started) = shuttle::sync::mpsc::channel::<()>();
        let busy = Arc::clone(&lane);
        let hold = move || {
            started.send(()).unwrap();
            held.recv().unwrap();
        };
        let holder = thread::spawn(move || block_on(busy.run(Turn::InLine, hold)));
        has_started.recv().unwrap();
        let wait = |turn, number| {
            let mut job = job(&lane, turn, &ran, number);
            assert!(job.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            job
        };
        let leaving: Vec<_> = [2, 3].map(|number| wait(Turn::InLine, number)).into();
        let waiting: Vec<_> =
            std::iter::once(wait(Turn::InLine, 1)).chain((11..=18).map(|number| wait(Turn::Ahead, number))).collect();
        let leaver = thread::spawn(move || drop(leaving));
        release.send(()).unwrap();
        for job in waiting {
            assert!(block_on(job).is_ok());
        }
        leaver.join().unwrap();
        assert_eq!(holder.join().unwrap(), Ok(()));
        let ran = ran.lock().unwrap().clone();
        let until: Vec<_> = ran.iter().copied().take_while(|number| *number != 1).collect();
        let in_a_row = until.split(|number| *number < 10).map(<[u32]>::len).max();
        assert!(in_a_row <= Some(3), "{ran:?}");
        lane.close();
        lane.join();
        let stats = lane.stats();
        assert_eq!((stats.done + stats.abandoned, stats.queued, stats.running), (12, 0, 0));
    });
}

#[test]
fn a_job_that_waited_past_its_deadline_is_refused_and_the_lane_goes_on() {
    in_every_order(|| {
        let (lane, ran) = (lane(1, 100), Arc::default());
        let (release, held) = shuttle::sync::mpsc::channel::<()>();
        let (started, has_started) = shuttle::sync::mpsc::channel::<()>();
        let busy = Arc::clone(&lane);
        let holder = thread::spawn(move || {
            block_on(busy.run(Turn::InLine, move || {
                started.send(()).unwrap();
                held.recv().unwrap();
            }))
        });
        has_started.recv().unwrap();
        let late = caller(&lane, &ran, 1);
        while lane.stats().queued == 0 {
            thread::yield_now();
        }
        // This one comes before or after the clock moved, as the order has it.
        let perhaps = caller(&lane, &ran, 2);
        advance(DEADLINE + Duration::from_millis(1));
        release.send(()).unwrap();
        assert_eq!(holder.join().unwrap(), Ok(()));
        assert_eq!(late.join().unwrap(), Err(PoolError::Overloaded));
        let in_time = served(vec![perhaps], PoolError::Overloaded);
        assert_eq!(sorted(&ran), in_time, "who was refused is not run");
        assert_eq!(caller(&lane, &ran, 3).join().unwrap(), Ok(3));
        lane.close();
        lane.join();
        let stats = lane.stats();
        assert_eq!((stats.done + stats.refused, stats.queued, stats.running), (4, 0, 0));
    });
}

#[test]
fn closing_answers_everybody_and_finishes_what_was_taken() {
    in_every_order(|| {
        let (lane, ran) = (lane(2, 100), Arc::default());
        let callers = (0..3).map(|number| caller(&lane, &ran, number)).collect();
        lane.close();
        lane.join();
        assert_eq!(block_on(lane.run(Turn::InLine, || ())), Err(PoolError::Stopped));
        assert_eq!(served(callers, PoolError::Stopped), sorted(&ran), "taken is finished, not taken is told");
        let stats = lane.stats();
        assert_eq!((stats.queued, stats.running), (0, 0));
    });
}

#[test]
fn a_caller_who_leaves_is_skipped_or_was_too_late_to_leave() {
    in_every_order(|| {
        let (lane, ran) = (lane(1, 100), Arc::new(Mutex::new(Vec::new())));
        let neighbour = caller(&lane, &ran, 7);
        {
            let noted = Arc::clone(&ran);
            let mut leaver = pin!(lane.run(Turn::InLine, move || noted.lock().unwrap().push(1)));
            let first = leaver.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert!(matches!(first, Poll::Pending | Poll::Ready(Ok(()))));
        }
        assert_eq!(neighbour.join().unwrap(), Ok(7));
        lane.close();
        lane.join();
        let stats = lane.stats();
        assert_eq!((stats.done + stats.abandoned, stats.running), (2, 0));
        assert_eq!(u64::try_from(ran.lock().unwrap().len()).unwrap(), stats.done);
    });
}

#[test]
fn signatures_never_wait_for_passwords() {
    in_every_order(|| {
        let (signatures, passwords) = (lane(1, 100), lane(1, 100));
        let (signed, has_signed) = shuttle::sync::mpsc::channel::<()>();
        let slow = Arc::clone(&passwords);
        // A password job that ends only once a signature was made: were the lanes one, nobody could go on.
        let password = thread::spawn(move || block_on(slow.run(Turn::InLine, move || has_signed.recv().is_ok())));
        let fast = Arc::clone(&signatures);
        let signature = thread::spawn(move || block_on(fast.run(Turn::InLine, move || signed.send(()).is_ok())));
        assert_eq!((signature.join().unwrap(), password.join().unwrap()), (Ok(true), Ok(true)));
        for lane in [signatures, passwords] {
            lane.close();
            lane.join();
        }
    });
}
