//! A lane on real threads: what it refuses, skips and finishes. Every interleaving is `model.rs`'s.

use super::PoolError;
use super::lane::{Lane, LaneSettings, Turn, smooth, wait};
use std::num::NonZeroUsize;
use std::sync::{Arc, mpsc};
use std::time::Duration;
use tokio::sync::oneshot;

fn lane(threads: usize, deadline: Duration, queue_max: usize) -> Arc<Lane> {
    let threads = NonZeroUsize::new(threads).unwrap();
    let settings = LaneSettings { threads, deadline, queue_max, first_guess: Duration::from_millis(10), nice: 0 };
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
        busy.run(Turn::InLine, hold).await
    });
    has_started.await.unwrap();
    (release, job)
}

/// A further job. Were it not refused, it would wait for as long as the occupied thread.
async fn at_once(lane: &Arc<Lane>) -> Result<(), PoolError> {
    tokio::time::timeout(Duration::from_secs(5), lane.run(Turn::InLine, || ())).await.expect("an answer at once")
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
            tokio::spawn(async move { lane.run(Turn::InLine, move || n * n).await })
        })
        .collect();
    for (n, job) in (0u64..).zip(jobs) {
        assert_eq!(job.await.unwrap(), Ok(n * n));
    }
    lane.close();
    lane.join();
    let stats = lane.stats();
    assert_eq!((stats.threads, stats.done, stats.refused), (2, 100, 0));
    assert_eq!((stats.queued, stats.running), (0, 0));
}

#[tokio::test]
async fn a_job_that_could_not_begin_in_time_is_refused_at_once() {
    let lane = lane(1, Duration::from_millis(24), 1000);
    let (release, held) = occupy(&lane).await;
    let waiting: Vec<_> = (0..2)
        .map(|_| {
            let lane = Arc::clone(&lane);
            tokio::spawn(async move { lane.run(Turn::InLine, || ()).await })
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
        tokio::spawn(async move { lane.run(Turn::InLine, || 2).await })
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
        tokio::spawn(async move { lane.run(Turn::InLine, || panic!("nobody waits for this")).await })
    };
    let late = {
        let lane = Arc::clone(&lane);
        tokio::spawn(async move { lane.run(Turn::InLine, || panic!("too late for this")).await })
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
    assert_eq!(lane.run(Turn::InLine, || panic!("on purpose")).await, Err::<(), _>(PoolError::Panicked));
    assert_eq!(lane.run(Turn::InLine, || 7).await, Ok(7));
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
        tokio::spawn(async move { lane.run(Turn::InLine, || 1).await })
    };
    while lane.stats().queued < 1 {
        tokio::task::yield_now().await;
    }
    lane.close();
    assert_eq!(lane.run(Turn::InLine, || 2).await, Err(PoolError::Stopped));
    drop(release);
    held.await.unwrap().unwrap();
    assert_eq!(taken.await.unwrap(), Ok(1));
    lane.join();
}

/// Lets jobs wait behind an occupied thread, in this order, and tells in which they ran.
async fn order_of(turns: &[(Turn, u32)]) -> Vec<u32> {
    let lane = lane(1, Duration::from_secs(5), 1000);
    let (release, held) = occupy(&lane).await;
    let ran = Arc::new(std::sync::Mutex::new(Vec::new()));
    let mut jobs = Vec::new();
    for (waiting, (turn, name)) in turns.iter().copied().enumerate() {
        let (lane_of_job, ran) = (Arc::clone(&lane), Arc::clone(&ran));
        jobs.push(tokio::spawn(async move { lane_of_job.run(turn, move || ran.lock().unwrap().push(name)).await }));
        while lane.stats().queued <= waiting {
            tokio::task::yield_now().await;
        }
    }
    drop(release);
    for job in jobs {
        job.await.unwrap().unwrap();
    }
    held.await.unwrap().unwrap();
    ran.lock().unwrap().clone()
}

#[tokio::test]
async fn who_goes_ahead_passes_the_line_and_the_line_moves_all_the_same() {
    let line = [(Turn::InLine, 1), (Turn::InLine, 2)];
    let ahead: Vec<_> = (11..=15).map(|name| (Turn::Ahead, name)).collect();
    let order = order_of(&[&line[..], &ahead].concat()).await;
    assert_eq!(order, [11, 12, 13, 1, 14, 15, 2]);
    assert_eq!(order_of(&ahead).await, [11, 12, 13, 14, 15]);
    assert_eq!(order_of(&line).await, [1, 2]);
}

/// A job that waits; its future, when dropped, leaves.
async fn waiting(
    lane: &Arc<Lane>,
    turn: Turn,
    job: impl FnOnce() + Send + 'static,
) -> tokio::task::JoinHandle<Result<(), PoolError>> {
    let (queued, of_job) = (lane.stats().queued, Arc::clone(lane));
    let job = tokio::spawn(async move { of_job.run(turn, job).await });
    while lane.stats().queued <= queued && !job.is_finished() {
        tokio::task::yield_now().await;
    }
    job
}

#[tokio::test]
async fn a_turn_of_the_line_is_not_spent_on_jobs_nobody_waits_for() {
    // Their callers leave, or their turn comes too late; what stands behind them has the line's turn all the same.
    for leave in [true, false] {
        let lane = lane(1, if leave { Duration::from_secs(5) } else { Duration::from_millis(500) }, 1000);
        let (release, held) = occupy(&lane).await;
        let mut dead = Vec::new();
        for _ in 0..5 {
            dead.push(waiting(&lane, Turn::InLine, || panic!("nobody waits for this")).await);
        }
        if leave {
            for job in &dead {
                job.abort();
            }
            for job in dead.drain(..) {
                assert!(job.await.unwrap_err().is_cancelled());
            }
        } else {
            tokio::time::sleep(Duration::from_millis(510)).await;
        }
        let ran = Arc::new(std::sync::Mutex::new(Vec::new()));
        let mut jobs = Vec::new();
        for (turn, name) in [(Turn::InLine, 1)].into_iter().chain((11..=22).map(|name| (Turn::Ahead, name))) {
            let ran = Arc::clone(&ran);
            jobs.push(waiting(&lane, turn, move || ran.lock().unwrap().push(name)).await);
        }
        drop(release);
        held.await.unwrap().unwrap();
        for job in jobs {
            job.await.unwrap().unwrap();
        }
        for job in dead {
            assert_eq!(job.await.unwrap(), Err(PoolError::Overloaded));
        }
        let order = ran.lock().unwrap().clone();
        assert_eq!(order, [11, 12, 13, 1, 14, 15, 16, 17, 18, 19, 20, 21, 22], "left: {leave}");
    }
}

#[tokio::test]
async fn a_line_that_is_full_turns_nobody_away_who_would_pass_it() {
    let lane = lane(1, Duration::from_secs(3600), 1);
    let (release, held) = occupy(&lane).await;
    let in_line = waiting(&lane, Turn::InLine, || ()).await;
    assert_eq!(at_once(&lane).await, Err(PoolError::Overloaded));
    let ahead = waiting(&lane, Turn::Ahead, || ()).await;
    assert_eq!(lane.stats().queued, 2, "taken");
    let one_more = tokio::time::timeout(Duration::from_secs(5), lane.run(Turn::Ahead, || ())).await;
    assert_eq!(one_more.expect("an answer at once"), Err(PoolError::Overloaded), "those ahead have a bound too");
    drop(release);
    held.await.unwrap().unwrap();
    assert_eq!((in_line.await.unwrap(), ahead.await.unwrap()), (Ok(()), Ok(())));
}

#[tokio::test]
async fn a_full_line_refuses_those_in_line_and_not_those_ahead() {
    let lane = lane(1, Duration::from_secs(1), 1000);
    let (release, held) = occupy(&lane).await;
    let mut jobs = Vec::new();
    for waiting in 0..=99 {
        let busy = Arc::clone(&lane);
        jobs.push(tokio::spawn(async move { busy.run(Turn::InLine, || ()).await }));
        while lane.stats().queued <= waiting {
            tokio::task::yield_now().await;
        }
    }
    // A hundred jobs of 10 ms and half of one: longer than the deadline for whoever stands behind them.
    assert_eq!(at_once(&lane).await, Err(PoolError::Overloaded));
    let ahead = Arc::clone(&lane);
    let passes = tokio::spawn(async move { ahead.run(Turn::Ahead, || ()).await });
    while lane.stats().queued <= 100 && !passes.is_finished() {
        tokio::task::yield_now().await;
    }
    drop(release);
    assert_eq!(passes.await.unwrap(), Ok(()));
    held.await.unwrap().unwrap();
}

/// How many jobs wait in a lane of this deadline where four in line and then four ahead were offered, each of 10 ms.
async fn taken_within(deadline: Duration) -> usize {
    let lane = lane(1, deadline, 1000);
    let (release, held) = occupy(&lane).await;
    let mut jobs = Vec::new();
    for turn in [[Turn::InLine; 4], [Turn::Ahead; 4]].concat() {
        jobs.push(waiting(&lane, turn, || ()).await);
    }
    let taken = lane.stats().queued;
    drop(release);
    held.await.unwrap().unwrap();
    for job in jobs {
        let _ = job.await.unwrap(); // in time or late, as the machine pleases
    }
    taken
}

#[tokio::test]
async fn whoever_would_begin_at_the_deadline_is_taken_and_the_line_moves_once_for_three_ahead() {
    // Half of the running one, three ahead and two of the line: 55 ms for the fourth that goes ahead.
    assert_eq!(taken_within(Duration::from_millis(55)).await, 8);
    assert_eq!(taken_within(Duration::from_millis(54)).await, 7);
}

#[cfg(target_os = "linux")] // elsewhere threads have no niceness of their own
#[tokio::test]
async fn the_threads_of_a_lane_stand_back_and_nobody_else_does() {
    let niceness = || rustix::process::nice(0).unwrap();
    let before = niceness();
    let settings = LaneSettings {
        threads: NonZeroUsize::MIN,
        deadline: Duration::from_secs(5),
        queue_max: 1,
        first_guess: Duration::from_millis(1),
        nice: 3,
    };
    let lane = Lane::start("test", settings).unwrap();
    assert_eq!(lane.run(Turn::InLine, niceness).await, Ok((before + 3).min(19)));
    assert_eq!(niceness(), before);
}
