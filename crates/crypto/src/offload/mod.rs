//! Threads for what takes long, so that no async thread ever hashes a password, signs a token or reads a megabyte.
//!
//! Four lanes that do not wait for each other: signatures (0.3 ms each; a refresh passes those of sign-ins), passwords (0.3
//! to 16 ms each) on at most one thread less than there are cores, new keys (100 ms and more), one at a time, and the reading
//! of requests that are far longer than nearly all (images, policies, attacks), on a quarter of the cores. A lane refuses at
//! once what it could not begin before the deadline: a caller who hears "too many requests" now is better off than one who
//! hears nothing and asks again.

mod lane;
#[cfg(test)]
mod lane_test;
#[cfg(test)]
mod model;
mod sync;

pub use lane::{LaneSettings, LaneStats, Turn};

use lane::Lane;
use std::fmt;
use std::num::NonZeroUsize;
use std::time::Duration;

/// Why a job did not run, or not to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PoolError {
    /// The lane has more work than it can begin in time. The answer is TooManyRequestsException.
    #[error("more work than can be begun in time")]
    Overloaded,
    /// The pool is shutting down.
    #[error("the threads for what takes long are shutting down")]
    Stopped,
    /// The job panicked, which is a bug; the thread lives on.
    #[error("a job that takes long panicked")]
    Panicked,
}

/// How many threads, and how long a job may wait.
#[derive(Debug, Clone, Copy)]
pub struct PoolSettings {
    /// The lane for signatures.
    pub signatures: LaneSettings,
    /// The lane for passwords.
    pub passwords: LaneSettings,
    /// The lane for new keys.
    pub keys: LaneSettings,
    /// The lane for the reading of long requests.
    pub reading: LaneSettings,
}

impl PoolSettings {
    /// What suits a machine with this many cores.
    #[must_use]
    pub fn for_cores(cores: usize) -> Self {
        let cores = cores.max(1);
        let lane = |threads: usize, deadline, guess, nice| LaneSettings {
            threads: NonZeroUsize::new(threads).unwrap_or(NonZeroUsize::MIN),
            deadline,
            queue_max: 10_000,
            first_guess: guess,
            nice,
        };
        Self {
            signatures: lane(cores, Duration::from_secs(1), Duration::from_micros(400), 2),
            passwords: lane(cores.saturating_sub(1), Duration::from_secs(2), Duration::from_millis(1), 4),
            // Ahead of need, so nobody waits for these, and they wait for everybody.
            keys: lane(1, Duration::from_secs(60), Duration::from_millis(100), 10),
            // Nobody is kept from a core by those who send a lot: they wait for everybody too.
            reading: lane(cores.div_ceil(4), Duration::from_secs(2), Duration::from_micros(400), 10),
        }
    }

    /// What suits this machine.
    #[must_use]
    pub fn for_this_machine() -> Self {
        Self::for_cores(std::thread::available_parallelism().map_or(1, NonZeroUsize::get))
    }
}

/// Between two parts of a job: whoever waits for the core waits for one part, not for both.
pub fn give_way() {
    std::thread::yield_now();
}

/// The threads. One for the whole server, shared.
pub struct CryptoPool {
    signatures: Lane,
    passwords: Lane,
    keys: Lane,
    reading: Lane,
}

/// What the lanes are doing, for metrics.
#[derive(Debug, Clone, Copy)]
pub struct PoolStats {
    /// The lane for signatures.
    pub signatures: LaneStats,
    /// The lane for passwords.
    pub passwords: LaneStats,
    /// The lane for new keys.
    pub keys: LaneStats,
    /// The lane for the reading of long requests.
    pub reading: LaneStats,
}

impl CryptoPool {
    /// Starts the threads.
    ///
    /// # Errors
    /// The operating system's, when it gives no thread.
    pub fn start(settings: PoolSettings) -> std::io::Result<Self> {
        Ok(Self {
            signatures: Lane::start("signature", settings.signatures)?,
            passwords: Lane::start("password", settings.passwords)?,
            keys: Lane::start("key", settings.keys)?,
            reading: Lane::start("reading", settings.reading)?,
        })
    }

    /// Runs a signing job. All signatures of one answer belong in one job: each hop between threads costs.
    ///
    /// # Errors
    /// [`PoolError`]; [`PoolError::Overloaded`] comes at once.
    pub async fn sign<T: Send + 'static>(
        &self,
        turn: Turn,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PoolError> {
        self.signatures.run(turn, job).await
    }

    /// Runs a password job: SRP, Argon2.
    ///
    /// # Errors
    /// [`PoolError`]; [`PoolError::Overloaded`] comes at once.
    pub async fn password<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Result<T, PoolError> {
        self.passwords.run(Turn::InLine, job).await
    }

    /// Finds a new key, which takes as long as hundreds of sign-ins.
    ///
    /// # Errors
    /// [`PoolError`].
    pub async fn key<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Result<T, PoolError> {
        self.keys.run(Turn::InLine, job).await
    }

    /// Reads a request that is so long that whoever shares the thread of its connection would wait for it.
    ///
    /// # Errors
    /// [`PoolError`]; [`PoolError::Overloaded`] comes at once.
    pub async fn read<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Result<T, PoolError> {
        self.reading.run(Turn::InLine, job).await
    }

    /// What the lanes are doing.
    #[must_use]
    pub fn stats(&self) -> PoolStats {
        let [signatures, passwords, keys, reading] = self.lanes().map(Lane::stats);
        PoolStats { signatures, passwords, keys, reading }
    }

    fn lanes(&self) -> [&Lane; 4] {
        let Self { signatures, passwords, keys, reading } = self;
        [signatures, passwords, keys, reading]
    }

    /// Takes no more jobs, finishes those that were taken, ends the threads. Blocks until they have ended.
    pub fn shutdown(&self) {
        self.lanes().into_iter().for_each(Lane::close);
        self.lanes().into_iter().for_each(Lane::join);
    }
}

impl Drop for CryptoPool {
    /// Threads end by themselves once the queue is empty; dropping does not wait for them.
    fn drop(&mut self) {
        self.lanes().into_iter().for_each(Lane::close);
    }
}

impl fmt::Debug for CryptoPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CryptoPool").field(&self.stats()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;
    use std::sync::mpsc::{RecvTimeoutError, Sender, channel};

    #[test]
    fn passwords_leave_one_core_free_where_there_is_one_to_spare() {
        let threads = |cores| {
            let settings = PoolSettings::for_cores(cores);
            (settings.signatures.threads.get(), settings.passwords.threads.get())
        };
        assert_eq!([threads(0), threads(1), threads(2), threads(8)], [(1, 1), (1, 1), (2, 1), (8, 7)]);
    }

    #[tokio::test]
    async fn a_busy_password_lane_does_not_hold_up_signatures() {
        let pool = CryptoPool::start(PoolSettings::for_cores(2)).unwrap();
        let (release, held) = std::sync::mpsc::channel::<()>();
        let password = pool.password(move || held.recv());
        let signature = async {
            let signed = pool.sign(Turn::InLine, || "signed").await;
            release.send(()).unwrap();
            signed
        };
        let (password, signature) = tokio::join!(password, signature);
        assert_eq!((signature, password), (Ok("signed"), Ok(Ok(()))));
        assert_eq!(pool.key(|| "found").await, Ok("found"));
        assert_eq!(pool.read(|| "read").await, Ok("read"));
        pool.shutdown();
        assert_eq!(pool.key(|| ()).await, Err(PoolError::Stopped));
        assert_eq!(pool.read(|| ()).await, Err(PoolError::Stopped));
        assert_eq!(pool.sign(Turn::Ahead, || ()).await, Err(PoolError::Stopped));
    }

    #[tokio::test]
    async fn the_threads_of_a_dropped_pool_end() {
        thread_local!(static OF_THE_THREAD: RefCell<Vec<Sender<()>>> = const { RefCell::new(Vec::new()) });
        let pool = CryptoPool::start(PoolSettings::for_cores(1)).unwrap();
        let (of_a_thread, ended) = channel();
        let keep = move |sender| OF_THE_THREAD.with_borrow_mut(|all| all.push(sender));
        let (signatures, passwords) = (of_a_thread.clone(), of_a_thread.clone());
        let (keys, reading) = (of_a_thread.clone(), of_a_thread);
        pool.sign(Turn::InLine, move || keep(signatures)).await.unwrap();
        pool.password(move || keep(passwords)).await.unwrap();
        pool.key(move || keep(keys)).await.unwrap();
        pool.read(move || keep(reading)).await.unwrap();
        drop(pool);
        // What a thread keeps for itself goes when it ends.
        assert_eq!(ended.recv_timeout(Duration::from_secs(10)), Err(RecvTimeoutError::Disconnected));
    }

    #[test]
    fn a_pool_prints_what_its_lanes_do() {
        let pool = CryptoPool::start(PoolSettings::for_cores(3)).unwrap();
        let printed = format!("{pool:?}");
        assert!(printed.contains("signatures: LaneStats { threads: 3, queued: 0"), "{printed}");
    }
}
