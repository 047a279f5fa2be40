//! Connections for readers: opened as needed, bounded, each used by one block at a time.

use super::{Session, SqliteOptions};
use crate::tx::Engine;
use crate::{StoreError, Tx};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    cache_kib: u32,
    rows_max: u32,
    places: Arc<Semaphore>,
    idle: Mutex<Vec<Tx>>,
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
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let tx = match idle {
            Some(tx) => tx,
            None => Tx::new(Engine::Sqlite(Session::open_reader(&self.path, self.cache_kib)?), self.rows_max),
        };
        Ok(Lease { home: Arc::clone(self), tx, begun: false, _place: place })
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
            self.home.idle.lock().unwrap_or_else(PoisonError::into_inner).push(self.tx);
        }
    }
}
