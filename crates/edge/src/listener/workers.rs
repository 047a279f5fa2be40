//! Threads that serve connections, each its own from the first byte to the last.
//!
//! On a runtime that all threads share, one of them waits for every socket, wakes the others, and they take each other's
//! work: on two cores an answer costs more than on one. Here nothing about a connection ever changes threads but what is
//! handed to the cryptography, and what is asked over HTTP/2: its streams are spread over the shared runtime, for a proxy
//! may send all it has over one connection.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio::runtime::{Builder, Handle};
use tokio_util::sync::CancellationToken;

/// Connections have been drained by then; what else was begun on a worker gets this long.
const END: Duration = Duration::from_secs(1);

/// The threads. They end when this is dropped, which belongs after everything that is asked through them.
#[derive(Debug)]
pub struct Workers {
    all: Vec<Worker>,
    stop: CancellationToken,
}

#[derive(Debug)]
struct Worker {
    runtime: Handle,
    connections: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

impl Workers {
    /// Starts this many, at least one. Each calls `before_rest` whenever it has nothing to do.
    ///
    /// # Errors
    /// The operating system's.
    pub fn start(count: usize, before_rest: fn()) -> io::Result<Self> {
        let mut workers = Self { all: Vec::new(), stop: CancellationToken::new() };
        for number in 0..count.max(1) {
            let runtime = Builder::new_current_thread().enable_all().on_thread_park(before_rest).build()?;
            let (handle, stop) = (runtime.handle().clone(), workers.stop.clone());
            let serve = move || {
                runtime.block_on(stop.cancelled());
                runtime.shutdown_timeout(END);
            };
            let thread = thread::Builder::new().name(format!("connections-{number}")).spawn(serve)?;
            workers.all.push(Worker { runtime: handle, connections: Arc::default(), thread: Some(thread) });
        }
        Ok(workers)
    }

    /// A place with whoever has the fewest connections.
    pub(super) fn seat(&self) -> Option<(Handle, Seat)> {
        let worker = self.all.iter().min_by_key(|worker| worker.connections.load(Ordering::Relaxed))?;
        worker.connections.fetch_add(1, Ordering::Relaxed);
        Some((worker.runtime.clone(), Seat(worker.connections.clone())))
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.stop.cancel();
        for thread in self.all.iter_mut().filter_map(|worker| worker.thread.take()) {
            // A thread that panicked has ended too.
            let _ = thread.join();
        }
    }
}

/// A connection's place with a worker.
#[derive(Debug)]
pub(super) struct Seat(Arc<AtomicUsize>);

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Runs what HTTP/2 begins on the shared runtime.
#[derive(Debug, Clone)]
pub(super) struct Shared(pub(super) Handle);

impl<F> hyper::rt::Executor<F> for Shared
where
    F: Future<Output: Send> + Send + 'static,
{
    fn execute(&self, stream: F) {
        self.0.spawn(stream);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_the_fewest_connections_gets_the_next() {
        let workers = Workers::start(2, || {}).unwrap();
        let names = || -> Vec<usize> { workers.all.iter().map(|w| w.connections.load(Ordering::Relaxed)).collect() };
        let (first, second, third) = (workers.seat().unwrap(), workers.seat().unwrap(), workers.seat().unwrap());
        assert_eq!(names(), [2, 1]);
        drop((first, third));
        assert_eq!(names(), [0, 1]);
        drop(second);
        assert_eq!(names(), [0, 0]);
    }

    #[test]
    fn what_is_begun_on_a_worker_runs_on_its_thread_and_ends_with_it() {
        let workers = Workers::start(1, || {}).unwrap();
        let (handle, _seat) = workers.seat().unwrap();
        let (said, heard) = std::sync::mpsc::channel();
        handle.spawn(async move {
            said.send(thread::current().name().map(str::to_owned)).unwrap();
            let _kept = said;
            std::future::pending::<()>().await;
        });
        assert_eq!(heard.recv().unwrap().as_deref(), Some("connections-0"));
        drop(workers);
        assert!(heard.recv().is_err(), "it was dropped");
    }
}
