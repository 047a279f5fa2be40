//! The one writer: takes blocks from a queue and runs them back to back inside one commit.
//!
//! A flush costs the same for one block as for a hundred, so whoever arrives while the disk is busy shares the next
//! one. Every answer of a batch, refusals included, leaves after the flush: an answer must not tell of a state that a
//! power cut could take back.

use super::readers::Readers;
use super::{Session, SqliteOptions};
use crate::figures::Tally;
use crate::settings::Settings;
use crate::tx::{Engine, Touched};
use crate::work::poll_once;
use crate::{Figures, StoreError, Tx, Work};
use kernel::{BoxFuture, Stopwatch};
use rusqlite::ffi;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// WAL pages after which the writer carries them into the database file.
const CHECKPOINT_PAGES: i32 = 1000;

/// A block in the queue.
pub(super) trait Job: Send {
    /// Nobody waits for the answer any more.
    fn abandoned(&self) -> bool;
    /// Runs the block; false when its changes must be undone.
    fn run(&mut self, tx: &mut Tx) -> bool;
    /// Hands the answer out: the block's own, or the failure of the whole batch.
    fn answer(self: Box<Self>, failure: Option<&StoreError>);
}

pub(super) struct Order<D, F, T, E> {
    work: Work<D, F>,
    settings: Arc<Settings>,
    touched: Touched,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<D, F, T, E> Order<D, F, T, E> {
    pub(super) fn new(work: Work<D, F>, settings: Arc<Settings>) -> (Self, oneshot::Receiver<Result<T, E>>) {
        let (reply, answer) = oneshot::channel();
        (Self { work, settings, touched: Touched::default(), outcome: None, reply }, answer)
    }
}

impl<D, F, T, E> Job for Order<D, F, T, E>
where
    D: Send + Sync,
    F: for<'a> Fn(&'a D, &'a mut Tx) -> BoxFuture<'a, Result<T, E>> + Send + Sync,
    T: Send,
    E: From<StoreError> + Send,
{
    fn abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn run(&mut self, tx: &mut Tx) -> bool {
        let work = &self.work;
        // Nothing of the block survives a panic: its rows are undone and its future is gone.
        let outcome = catch_unwind(AssertUnwindSafe(|| poll_once(work.start(tx))));
        let outcome = outcome.unwrap_or_else(|_| Err(StoreError::Panicked.into()));
        let outcome = match tx.take_trouble() {
            Some(swallowed) if outcome.is_ok() => Err(swallowed.into()),
            _ => outcome,
        };
        let keep = outcome.is_ok();
        self.touched = if keep { tx.take_touched() } else { Touched::default() };
        self.outcome = Some(outcome);
        keep
    }

    fn answer(self: Box<Self>, failure: Option<&StoreError>) {
        let outcome = match failure {
            Some(error) => Err(error.clone().into()),
            None => self.outcome.unwrap_or_else(|| Err(StoreError::Stopped.into())),
        };
        self.settings.forget(&self.touched);
        // The caller may have gone away; the change holds all the same.
        let _ = self.reply.send(outcome);
    }
}

#[derive(Debug)]
pub(super) struct Writer {
    queue: Option<mpsc::Sender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
    stopped: Arc<AtomicBool>,
    tally: Arc<Tally>,
}

impl Writer {
    pub(super) fn start(
        mut session: Session,
        options: &SqliteOptions,
        readers: Arc<Readers>,
    ) -> Result<Self, StoreError> {
        let (queue, orders) = mpsc::channel(options.queue_max.max(1));
        let (stopped, tally) = (Arc::new(AtomicBool::new(false)), Arc::new(Tally::default()));
        let wal_pages = Arc::new(AtomicI32::new(0));
        // Replaces SQLite's own checkpoint after COMMIT, which swallows a failed flush of the database file.
        let seen = Arc::clone(&wal_pages);
        session.connection().wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages| {
            seen.store(pages, Ordering::Relaxed);
            Ok(())
        }))?;
        let bench = Bench {
            tx: Tx::new(Engine::Sqlite(session), options.rows_max),
            orders,
            stopped: Arc::clone(&stopped),
            tally: Arc::clone(&tally),
            readers,
            wal_pages,
            checkpoint_at: CHECKPOINT_PAGES,
            batch_max: options.batch_max.max(1),
            batch_time_max: options.batch_time_max,
        };
        let thread = std::thread::Builder::new().name("store-writer".into()).spawn(move || bench.serve());
        Ok(Self { queue: Some(queue), thread: Some(thread.map_err(StoreError::engine)?), stopped, tally })
    }

    pub(super) fn figures(&self) -> Figures {
        let queued = self.queue.as_ref().map_or(0, |queue| queue.max_capacity().saturating_sub(queue.capacity()));
        Figures { queued, ..self.tally.figures() }
    }

    pub(super) fn stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }

    pub(super) fn enqueue(&self, job: Box<dyn Job>) -> Result<(), StoreError> {
        if self.stopped() {
            return Err(StoreError::Stopped);
        }
        let queue = self.queue.as_ref().ok_or(StoreError::Stopped)?;
        queue.try_send(job).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => StoreError::Busy,
            mpsc::error::TrySendError::Closed(_) => StoreError::Stopped,
        })
    }
}

impl Drop for Writer {
    /// Waits until what is queued is answered.
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != std::thread::current().id()
            && thread.join().is_err()
        {
            tracing::error!("the store's writer thread panicked");
        }
    }
}

/// The writer thread's side.
struct Bench {
    tx: Tx,
    orders: mpsc::Receiver<Box<dyn Job>>,
    stopped: Arc<AtomicBool>,
    tally: Arc<Tally>,
    readers: Arc<Readers>,
    wal_pages: Arc<AtomicI32>,
    checkpoint_at: i32,
    batch_max: usize,
    batch_time_max: Duration,
}

impl Bench {
    fn serve(mut self) {
        while let Some(first) = self.orders.blocking_recv() {
            let mut batch = Vec::new();
            let outcome = self.batch(first, &mut batch);
            let failure = outcome.err();
            for job in batch {
                job.answer(failure.as_ref());
            }
            self.checkpoint();
        }
    }

    /// Runs blocks until the queue is empty or the batch is large enough, and commits them together.
    fn batch(&mut self, first: Box<dyn Job>, batch: &mut Vec<Box<dyn Job>>) -> Result<(), StoreError> {
        if self.stopped.load(Ordering::Acquire) {
            batch.push(first);
            return Err(StoreError::Stopped);
        }
        if let Err(error) = self.plain("BEGIN IMMEDIATE") {
            batch.push(first);
            return Err(error);
        }
        let running = Stopwatch::start();
        let mut next = Some(first);
        while let Some(mut job) = next {
            if !job.abandoned() {
                let done = self.block(job.as_mut());
                batch.push(job);
                if let Err(error) = done {
                    return Err(self.give_up(error));
                }
            }
            if batch.len() >= self.batch_max || running.elapsed() >= self.batch_time_max {
                break;
            }
            next = self.orders.try_recv().ok();
        }
        let committing = Stopwatch::start();
        let committed = self.plain("COMMIT");
        // Before anybody is told: from now on readers take a new view.
        self.readers.committed();
        self.tally.committed(batch.len(), committing.elapsed());
        committed.map_err(|error| self.give_up(error))
    }

    /// One block in its savepoint: what it did holds or is undone, and its neighbours never notice.
    fn block(&mut self, job: &mut dyn Job) -> Result<(), StoreError> {
        self.plain("SAVEPOINT block")?;
        self.tx.renew();
        if !job.run(&mut self.tx) {
            // After a grave error (disk full, I/O) SQLite may have rolled the whole transaction back by itself.
            self.plain("ROLLBACK TO block")?;
        }
        self.plain("RELEASE block")
    }

    fn plain(&self, sql: &str) -> Result<(), StoreError> {
        match &self.tx.engine {
            Engine::Sqlite(session) => session.plain(sql).inspect_err(|error| self.judge(error)),
            Engine::Postgres(_) => Err(StoreError::Stopped),
        }
    }

    /// Leaves no transaction open behind a failed batch.
    fn give_up(&self, error: StoreError) -> StoreError {
        tracing::error!(%error, "a batch of transactions failed");
        if let Engine::Sqlite(session) = &self.tx.engine
            && !session.idle()
            && session.plain("ROLLBACK").is_err()
        {
            self.stop();
        }
        error
    }

    /// After a failed flush the kernel may have dropped the pages it could not write, and the next flush would
    /// succeed without them. Only a restart, which reads what the disk really holds, may write again. A full disk is
    /// no such case: SQLite was refused before it believed anything.
    fn judge(&self, error: &StoreError) {
        let StoreError::Engine(cause) = error else { return };
        let code = cause
            .downcast_ref::<rusqlite::Error>()
            .and_then(rusqlite::Error::sqlite_error)
            .map_or(0, |e| e.extended_code & 0xff);
        if matches!(code, ffi::SQLITE_IOERR | ffi::SQLITE_CORRUPT | ffi::SQLITE_NOTADB) {
            self.stop();
        }
    }

    fn stop(&self) {
        if !self.stopped.swap(true, Ordering::AcqRel) {
            tracing::error!("the store stops taking writes: what the disk holds is no longer known");
        }
    }

    /// Carries the WAL into the database file, as far as readers let it. Nobody waits for this answer, and a reader in
    /// the way is no failure; a failed flush is one.
    fn checkpoint(&mut self) {
        let pages = self.wal_pages.load(Ordering::Relaxed);
        if pages < CHECKPOINT_PAGES {
            self.checkpoint_at = CHECKPOINT_PAGES; // the log began anew
        }
        if pages < self.checkpoint_at || self.stopped.load(Ordering::Acquire) {
            return;
        }
        // A long reader keeps the log from beginning anew: not every batch behind it tries again, each with flushes.
        self.checkpoint_at = pages.saturating_add(CHECKPOINT_PAGES);
        self.readers.let_all_go();
        let done = match &self.tx.engine {
            Engine::Sqlite(session) => session.checkpoint(),
            Engine::Postgres(_) => Ok(false),
        };
        match done {
            // Whoever looks from now on needs the file alone, and does not keep the log from beginning anew.
            Ok(true) => self.readers.let_all_go(),
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(%error, "a checkpoint failed");
                self.judge(&error);
            }
        }
    }
}
