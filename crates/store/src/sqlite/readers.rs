//! Connections for readers: opened as needed, bounded, each used by one block at a time. A thread gets the one it used last
//! where that rests: its pages and compiled statements are in that core's caches, and another core would have to fetch them.

use super::{Session, SqliteOptions};
use crate::tx::Engine;
use crate::{StoreError, Tx};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, ThreadId};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    cache_kib: u32,
    rows_max: u32,
    places: Arc<Semaphore>,
    idle: Mutex<Vec<Resting>>,
}

/// A connection that nobody uses.
#[derive(Debug)]
struct Resting {
    tx: Tx,
    /// Who used it last.
    last: ThreadId,
}

/// One reader, for one block.
#[derive(Debug)]
pub(super) struct Lease {
    home: Arc<Readers>,
    tx: Tx,
    begun: bool,
    _place: OwnedSemaphorePermit,
}

impl Readers {
    pub(super) fn new(path: PathBuf, options: &SqliteOptions) -> Self {
        Self {
            path,
            cache_kib: options.cache_kib,
            rows_max: options.rows_max,
            places: Arc::new(Semaphore::new(options.readers_max.max(1))),
            idle: Mutex::new(Vec::new()),
        }
    }

    pub(super) async fn lease(self: &Arc<Self>) -> Result<Lease, StoreError> {
        let place = match Arc::clone(&self.places).try_acquire_owned() {
            Ok(place) => place,
            Err(_) => Arc::clone(&self.places).acquire_owned().await.map_err(|_| StoreError::Stopped)?,
        };
        let tx = match self.rested() {
            Some(tx) => tx,
            None => Tx::new(Engine::Sqlite(Session::open_reader(&self.path, self.cache_kib)?), self.rows_max),
        };
        Ok(Lease { home: Arc::clone(self), tx, begun: false, _place: place })
    }

    /// What this thread used last; else what has rested longest, which nobody will miss.
    fn rested(&self) -> Option<Tx> {
        let me = thread::current().id();
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let mine = idle.iter().rposition(|resting| resting.last == me).unwrap_or(0);
        (mine < idle.len()).then(|| idle.remove(mine).tx)
    }

    fn rest(&self, tx: Tx) {
        let resting = Resting { tx, last: thread::current().id() };
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(resting);
    }
}

impl Lease {
    /// One snapshot for all questions of the block; it is taken at the first of them.
    pub(super) fn begin(&mut self) -> Result<&mut Tx, StoreError> {
        self.tx.renew();
        if let Engine::Sqlite(session) = &self.tx.engine {
            session.plain("BEGIN")?;
        }
        self.begun = true;
        Ok(&mut self.tx)
    }

    /// Gives the connection back. One that is dropped without (the block panicked) is closed instead.
    pub(super) fn end(mut self) {
        if let Engine::Sqlite(session) = &self.tx.engine
            && (!self.begun || session.plain("COMMIT").is_ok())
            && session.idle()
        {
            self.begun = false;
            self.home.rest(self.tx);
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
