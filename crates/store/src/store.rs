//! The door: one store, two engines, two verbs.

use crate::postgres::Postgres;
use crate::settings::Settings;
use crate::sqlite::Sqlite;
use crate::{Figures, Place, PostgresConfig, SqliteOptions, StoreError, Tx, Work, vals, work};
use kernel::{BoxFuture, Stopwatch};
use std::sync::Arc;
use std::time::Duration;

/// The database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    engine: Arc<Engine>,
    settings: Arc<Settings>,
}

/// What is asked of Postgres is boxed wherever it is asked: its futures are large, and blocks on SQLite would carry them.
#[derive(Debug)]
enum Engine {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// Whether the store can be written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// Reads and writes.
    Good,
    /// Reads only: a flush failed, and only a restart (which reads what the disk really holds) may write again.
    WritesStopped,
}

impl Store {
    /// Opens the embedded database.
    ///
    /// # Errors
    /// When the file cannot be opened, or is no database of ours.
    pub fn open_sqlite(place: Place, options: SqliteOptions) -> Result<Self, StoreError> {
        let settings = Arc::new(Settings::new());
        let sqlite = Sqlite::open(place, options, Arc::clone(&settings))?;
        Ok(Self { engine: Arc::new(Engine::Sqlite(sqlite)), settings })
    }

    /// Connects to Postgres, waiting for it as long as the configuration says.
    ///
    /// # Errors
    /// When it does not answer in time, refuses us, or the configuration cannot be used.
    pub async fn open_postgres(config: PostgresConfig) -> Result<Self, StoreError> {
        let settings = Arc::new(Settings::new());
        let postgres = Postgres::open(config, Arc::clone(&settings)).await?;
        Ok(Self { engine: Arc::new(Engine::Postgres(postgres)), settings })
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Runs a block in one transaction and answers once it is durable. The block may run again when writers collide;
    /// an `Err` of the block rolls it back.
    ///
    /// # Errors
    /// What the block answered, or a [`StoreError`].
    pub async fn write<D, F, T, E>(&self, work: Work<D, F>) -> Result<T, E>
    where
        D: Send + Sync + 'static,
        F: for<'a> Fn(&'a D, &'a mut Tx) -> BoxFuture<'a, Result<T, E>> + Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match &*self.engine {
            Engine::Sqlite(sqlite) => sqlite.write(work).await,
            Engine::Postgres(postgres) => Box::pin(postgres.write(&work)).await,
        }
    }

    /// Runs a block that only reads, on one snapshot. Takes no writer. On SQLite it runs on the caller's thread: for
    /// point reads and bounded pages; what may take long goes through [`Store::scan`].
    ///
    /// # Errors
    /// What the block answered, or a [`StoreError`].
    pub async fn read<D, F, T, E>(&self, work: Work<D, F>) -> Result<T, E>
    where
        F: for<'a> Fn(&'a D, &'a mut Tx) -> BoxFuture<'a, Result<T, E>>,
        E: From<StoreError>,
    {
        match &*self.engine {
            Engine::Sqlite(sqlite) => sqlite.read(&work).await,
            Engine::Postgres(postgres) => Box::pin(postgres.read(&work)).await,
        }
    }

    /// As [`Store::read`], for questions that walk many rows: on SQLite they get a thread of their own.
    ///
    /// # Errors
    /// What the block answered, or a [`StoreError`].
    pub async fn scan<D, F, T, E>(&self, work: Work<D, F>) -> Result<T, E>
    where
        D: Send + Sync + 'static,
        F: for<'a> Fn(&'a D, &'a mut Tx) -> BoxFuture<'a, Result<T, E>> + Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match &*self.engine {
            Engine::Sqlite(sqlite) => sqlite.scan(work).await,
            Engine::Postgres(postgres) => Box::pin(postgres.read(&work)).await,
        }
    }

    /// How long a question takes that needs no table: for readiness and `doctor`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn ping(&self) -> Result<Duration, StoreError> {
        let asked = Stopwatch::start();
        self.read(work!(|tx| tx.row("SELECT 1", &[]).await)).await?;
        Ok(asked.elapsed())
    }

    /// How long a durable commit takes, on average over `count` of them one after another: for `doctor`.
    ///
    /// # Errors
    /// When the database does not take the writes.
    pub async fn time_commits(&self, count: u32) -> Result<Duration, StoreError> {
        let begun = Stopwatch::start();
        for round in 0..count.max(1) {
            let value = round.to_string();
            self.write(work!(|tx, value| {
                let sql = "INSERT INTO meta (name, value) VALUES ('commit_probe', $1) \
                    ON CONFLICT (name) DO UPDATE SET value = excluded.value";
                tx.execute(sql, vals![value]).await
            }))
            .await?;
        }
        Ok(begun.elapsed() / count.max(1))
    }

    /// What it is doing and has done.
    #[must_use]
    pub fn figures(&self) -> Figures {
        match &*self.engine {
            Engine::Sqlite(sqlite) => sqlite.figures(),
            Engine::Postgres(postgres) => postgres.figures(),
        }
    }

    /// Whether the store still takes writes.
    #[must_use]
    pub fn health(&self) -> Health {
        match &*self.engine {
            Engine::Sqlite(sqlite) if sqlite.stopped() => Health::WritesStopped,
            _ => Health::Good,
        }
    }

    /// `sqlite` or `postgres`, for reports.
    #[must_use]
    pub fn engine_name(&self) -> &'static str {
        match &*self.engine {
            Engine::Sqlite(_) => "sqlite",
            Engine::Postgres(_) => "postgres",
        }
    }
}
