//! The embedded engine: readers beside one writer thread with group commit.

mod readers;
mod session;
mod views;
mod writer;

use crate::settings::Settings;
use crate::work::poll_once;
use crate::{Figures, StoreError, Tx, Work};
use kernel::BoxFuture;
use readers::Readers;
pub(crate) use session::Session;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
pub use views::before_rest;
use writer::{Order, Writer};

/// Where the database lives.
#[derive(Debug, Clone)]
pub enum Place {
    /// A file (and two beside it, `-wal` and `-shm`).
    File(PathBuf),
    /// A file of its own that goes away with the store and is never flushed: `dev --ephemeral` and tests.
    Temporary,
}

/// How the embedded engine behaves. The defaults suit a small machine.
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    /// Connections for readers; each costs up to `cache_kib`.
    pub readers_max: usize,
    /// Page cache per connection, in KiB.
    pub cache_kib: u32,
    /// Blocks in one commit at most.
    pub batch_max: usize,
    /// How long a batch may go on before it is committed.
    pub batch_time_max: Duration,
    /// Blocks waiting for the writer at most; one more is turned away as busy.
    pub queue_max: usize,
    /// Rows one block may read and change at most.
    pub rows_max: u32,
    /// How old a view of the database may be that blocks of a thread share. What this process commits ends it at once; this
    /// is for what another one commits.
    pub view_max: Duration,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self {
            readers_max: 8,
            cache_kib: 2048,
            batch_max: 256,
            batch_time_max: Duration::from_millis(10),
            queue_max: 4096,
            rows_max: 10_000,
            view_max: Duration::from_micros(500),
        }
    }
}

#[derive(Debug)]
pub(crate) struct Sqlite {
    // Order matters: the writer ends, the readers close, then the files may go.
    writer: Writer,
    readers: Arc<Readers>,
    settings: Arc<Settings>,
    _files: Files,
}

impl Sqlite {
    pub(crate) fn open(place: Place, options: SqliteOptions, settings: Arc<Settings>) -> Result<Self, StoreError> {
        let files = Files::at(place)?;
        let writer = Session::open_writer(&files.path, options.cache_kib, !files.temporary)?;
        let readers = Arc::new(Readers::new(files.path.clone(), &options));
        let writer = Writer::start(writer, &options, Arc::clone(&readers))?;
        Ok(Self { writer, readers, settings, _files: files })
    }

    pub(crate) fn figures(&self) -> Figures {
        self.writer.figures()
    }

    pub(crate) fn stopped(&self) -> bool {
        self.writer.stopped()
    }

    pub(crate) async fn write<D, F, T, E>(&self, work: Work<D, F>) -> Result<T, E>
    where
        D: Send + Sync + 'static,
        F: for<'a> Fn(&'a D, &'a mut Tx) -> BoxFuture<'a, Result<T, E>> + Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (order, answer) = Order::new(work, Arc::clone(&self.settings));
        self.writer.enqueue(Box::new(order))?;
        // The writer drops an order unanswered only when it ends.
        answer.await.unwrap_or_else(|_| Err(StoreError::Stopped.into()))
    }

    pub(crate) async fn read<D, F, T, E>(&self, work: &Work<D, F>) -> Result<T, E>
    where
        F: for<'a> Fn(&'a D, &'a mut Tx) -> BoxFuture<'a, Result<T, E>>,
        E: From<StoreError>,
    {
        let mut lease = self.readers.lease().await?;
        let outcome = poll_once(work.start(lease.begin()?));
        lease.end();
        outcome
    }

    pub(crate) async fn scan<D, F, T, E>(&self, work: Work<D, F>) -> Result<T, E>
    where
        D: Send + Sync + 'static,
        F: for<'a> Fn(&'a D, &'a mut Tx) -> BoxFuture<'a, Result<T, E>> + Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let mut lease = self.readers.lease().await?;
        let scan = tokio::task::spawn_blocking(move || {
            let outcome = poll_once(work.start(lease.begin()?));
            lease.end();
            outcome
        });
        scan.await.unwrap_or_else(|_| Err(StoreError::Panicked.into()))
    }
}

/// The database's files; a temporary one is removed when dropped.
#[derive(Debug)]
struct Files {
    path: PathBuf,
    temporary: bool,
}

impl Files {
    fn at(place: Place) -> Result<Self, StoreError> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        match place {
            Place::File(path) => Ok(Self { path, temporary: false }),
            Place::Temporary => {
                let name = format!("cognate-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
                let directory = std::env::temp_dir().join(name);
                private_directory(&directory).map_err(StoreError::engine)?;
                Ok(Self { path: directory.join("cognate.db"), temporary: true })
            }
        }
    }
}

/// Others on the machine have no business in it. A leftover of a killed process with our number is emptied.
fn private_directory(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    if path.exists() {
        std::fs::remove_dir_all(path)?;
    }
    std::fs::DirBuilder::new().mode(0o700).create(path)
}

impl Drop for Files {
    fn drop(&mut self) {
        if self.temporary
            && let Some(directory) = self.path.parent()
            && let Err(error) = std::fs::remove_dir_all(directory)
        {
            tracing::warn!(%error, "could not remove a temporary database");
        }
    }
}
