//! Connections for readers: opened as needed, bounded, each used by one block at a time. A thread gets the one it used last
//! where that rests: its pages and compiled statements are in that core's caches, and another core would have to fetch them.
//!
//! Blocks that follow each other on a thread share a view of the database while nothing new can be in it (`views.rs`,
//! docs/decisions/0014): a view of one's own costs as much as a question.

use super::views::{self, View};
use super::{Session, SqliteOptions};
use crate::tx::Engine;
use crate::{StoreError, Tx};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    cache_kib: u32,
    rows_max: u32,
    view_max: Duration,
    /// Commits of this process that an answer may have told of.
    commits: AtomicU64,
    places: Arc<Semaphore>,
    idle: Mutex<Vec<Resting>>,
}

/// A connection that nobody uses.
#[derive(Debug)]
struct Resting {
    tx: Tx,
    /// Who used it last.
    last: ThreadId,
    /// What it looks at still.
    view: Option<View>,
}

/// One reader, for one block.
#[derive(Debug)]
pub(super) struct Lease {
    home: Arc<Readers>,
    tx: Tx,
    view: Option<View>,
    _place: OwnedSemaphorePermit,
}

impl Readers {
    pub(super) fn new(path: PathBuf, options: &SqliteOptions) -> Self {
        Self {
            path,
            cache_kib: options.cache_kib,
            rows_max: options.rows_max,
            view_max: options.view_max,
            commits: AtomicU64::new(0),
            places: Arc::new(Semaphore::new(options.readers_max.max(1))),
            idle: Mutex::new(Vec::new()),
        }
    }

    pub(super) async fn lease(self: &Arc<Self>) -> Result<Lease, StoreError> {
        let place = match Arc::clone(&self.places).try_acquire_owned() {
            Ok(place) => place,
            Err(_) => Arc::clone(&self.places).acquire_owned().await.map_err(|_| StoreError::Stopped)?,
        };
        let (tx, view) = match self.rested() {
            Some(rested) => rested,
            None => (Tx::new(Engine::Sqlite(Session::open_reader(&self.path, self.cache_kib)?), self.rows_max), None),
        };
        Ok(Lease { home: Arc::clone(self), tx, view, _place: place })
    }

    /// What this thread used last; else what has rested longest, which nobody will miss.
    fn rested(&self) -> Option<(Tx, Option<View>)> {
        let me = thread::current().id();
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let mine = idle.iter().rposition(|resting| resting.last == me).unwrap_or(0);
        (mine < idle.len()).then(|| idle.remove(mine)).map(|resting| (resting.tx, resting.view))
    }

    fn rest(&self, tx: Tx, view: Option<View>) {
        let resting = Resting { tx, last: thread::current().id(), view };
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(resting);
    }

    fn is_good(&self, view: &View) -> bool {
        view.is_good(self.commits.load(Ordering::Acquire), self.view_max)
    }

    /// This process committed something, of which nobody was told yet: views from before are over.
    pub(super) fn committed(&self) {
        self.commits.fetch_add(1, Ordering::Release);
    }

    /// Ends the views that this thread has left on connections.
    pub(super) fn let_go(&self) {
        let me = thread::current().id();
        self.end_views(|last| last == me);
    }

    /// Ends the views that any thread has left: what a view may look at stays in the log, and keeps it from beginning anew.
    /// Threads that are never out of work have left one at every moment. Nobody keeps the one they are using either.
    pub(super) fn let_all_go(&self) {
        self.committed();
        self.end_views(|_| true);
    }

    fn end_views(&self, whose: impl Fn(ThreadId) -> bool) {
        let left = {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.extract_if(.., |resting| resting.view.is_some() && whose(resting.last)).collect::<Vec<_>>()
        };
        for Resting { tx, last, .. } in left {
            if let Some(tx) = ended(tx) {
                self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(Resting { tx, last, view: None });
            }
        }
    }
}

/// The connection without its view; none when that is not to be had: it is closed then.
fn ended(tx: Tx) -> Option<Tx> {
    let gone = match &tx.engine {
        Engine::Sqlite(session) => session.plain("COMMIT").is_ok() && session.idle(),
        Engine::Postgres(_) => false,
    };
    gone.then_some(tx)
}

impl Lease {
    /// One view for all questions of the block; a new one is taken at the first of them.
    pub(super) fn begin(&mut self) -> Result<&mut Tx, StoreError> {
        self.tx.renew();
        if self.view.as_ref().is_some_and(|view| self.home.is_good(view)) {
            return Ok(&mut self.tx);
        }
        let commits = self.home.commits.load(Ordering::Acquire);
        if let Engine::Sqlite(session) = &self.tx.engine {
            if self.view.take().is_some() {
                session.plain("COMMIT")?;
            }
            session.plain("BEGIN")?;
        }
        self.view = Some(View::since(commits));
        self.tx.look_anew();
        Ok(&mut self.tx)
    }

    /// Gives the connection back, with its view where the thread will let go of it. One that is dropped without (the block
    /// panicked) is closed instead.
    pub(super) fn end(mut self) {
        let well = self.tx.take_trouble().is_none();
        match self.view.take() {
            None => self.home.rest(self.tx, None),
            Some(view) if well && self.home.is_good(&view) && views::keep(&self.home) => {
                self.home.rest(self.tx, Some(view));
            }
            Some(_) => {
                if let Some(tx) = ended(self.tx) {
                    self.home.rest(tx, None);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Files, Place};
    use super::*;

    #[tokio::test]
    async fn a_thread_gets_the_connection_it_used_last() {
        let files = Files::at(Place::Temporary).unwrap();
        Session::open_writer(&files.path, 64, false).unwrap();
        let readers = Arc::new(Readers::new(files.path.clone(), &SqliteOptions::default()));
        let resting = || readers.idle.lock().unwrap().iter().map(|resting| resting.last).collect::<Vec<_>>();
        let me = thread::current().id();

        let (mine, theirs) = (readers.lease().await.unwrap(), readers.lease().await.unwrap());
        mine.end();
        let other = thread::spawn(move || {
            theirs.end();
            thread::current().id()
        });
        let other = other.join().unwrap();
        assert_eq!(resting(), [me, other]);
        let again = readers.lease().await.unwrap();
        assert_eq!(resting(), [other], "mine is taken though theirs came back later");
        let more = readers.lease().await.unwrap();
        assert_eq!(resting(), [], "theirs, before another is opened");
        more.end();
        again.end();
        assert_eq!(resting(), [me, me]);
    }
}
