//! Databases for tests: a fresh one per test, on the engine that `COGNATE_TEST_DB` names (`sqlite` by default).
//!
//! Postgres is a private server, started once per test process from the machine's package, and gone with it.

#![allow(clippy::expect_used, clippy::panic)] // part of tests: what is missing is said loudly and ends the test

mod laundry;
mod server;

use crate::{Place, PostgresConfig, SqliteOptions, Store, StoreError, work};
use kernel::Time;
use laundry::Lent;
use std::time::Duration;

/// Which engine the tests of this process run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestEngine {
    /// The embedded engine.
    Sqlite,
    /// A private Postgres.
    Postgres,
}

/// The engine named by `COGNATE_TEST_DB`.
///
/// # Panics
/// When it names an engine we do not have.
#[must_use]
#[allow(clippy::disallowed_methods)] // the test runner's switch, not a setting of the server
pub fn engine() -> TestEngine {
    match std::env::var("COGNATE_TEST_DB").as_deref() {
        Err(_) | Ok("" | "sqlite") => TestEngine::Sqlite,
        Ok("postgres") => TestEngine::Postgres,
        Ok(other) => panic!("COGNATE_TEST_DB is {other:?}; it may be sqlite or postgres"),
    }
}

/// How often a test of a race runs: `COGNATE_RACE_ROUNDS`, and 3 when nobody says.
///
/// # Panics
/// When it is no number.
#[must_use]
#[allow(clippy::disallowed_methods)] // the test runner's switch, like the engine
pub fn race_rounds() -> usize {
    match std::env::var("COGNATE_RACE_ROUNDS") {
        Ok(text) => text.parse().expect("COGNATE_RACE_ROUNDS is a number"),
        Err(_) => 3,
    }
}

/// A database of one test, removed with it.
#[derive(Debug)]
pub struct TestDatabase {
    store: Store,
    lent: Option<Lent>,
}

impl TestDatabase {
    /// The store, migrated.
    #[must_use]
    pub fn store(&self) -> Store {
        self.store.clone()
    }

    /// Empties it for another round of the same test, once nobody is at work on it. False where that cannot be done: take
    /// a fresh one.
    pub async fn renew(&self) -> bool {
        let Some(lent) = &self.lent else { return false };
        let washed = server::running().wash(lent).await;
        self.store.settings().forget_all();
        washed
    }

    /// How to connect to it once more; None on the embedded engine.
    #[must_use]
    pub fn postgres_url(&self) -> Option<String> {
        self.lent.as_ref().map(|lent| server::running().url(lent))
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Some(lent) = self.lent.take() {
            server::running().take_back(lent);
        }
    }
}

/// How many rows the outbox has, whatever became of them and whatever they are.
///
/// # Panics
/// When it cannot be read.
pub async fn outbox_rows(store: &Store) -> i64 {
    count(store, "SELECT count(*) FROM outbox").await
}

/// How many of them wait or are being tried.
///
/// # Panics
/// When it cannot be read.
pub async fn outbox_under_way(store: &Store) -> i64 {
    count(store, "SELECT count(*) FROM outbox WHERE state = 'queued'").await
}

async fn count(store: &Store, sql: &'static str) -> i64 {
    let count = store.read(work!(|tx, sql| -> StoreError {
        let row = tx.row(sql, &[]).await?;
        row.ok_or(StoreError::Misread { column: 0, expected: "a count" })?.get(0)
    }));
    count.await.expect("the outbox is read")
}

/// A migrated database nobody else uses.
///
/// # Panics
/// When it cannot be made; the message says what to install.
pub async fn fresh_database() -> TestDatabase {
    match engine() {
        TestEngine::Sqlite => {
            let store = Store::open_sqlite(Place::Temporary, SqliteOptions::default()).expect("a temporary database");
            store.migrate(Time::from_secs(0)).await.expect("migrations run on an empty database");
            TestDatabase { store, lent: None }
        }
        TestEngine::Postgres => {
            let lent = server::running().lend().await;
            let store = connect(&server::running().url(&lent)).await;
            TestDatabase { store, lent: Some(lent) }
        }
    }
}

/// An empty Postgres database without a schema, whatever `COGNATE_TEST_DB` says: for tests about Postgres itself.
///
/// # Panics
/// When it cannot be made; the message says what to install.
pub async fn empty_postgres() -> String {
    let lent = server::running().lend_empty().await;
    server::running().url(&lent)
}

async fn connect(url: &str) -> Store {
    let config = PostgresConfig { startup_wait: Duration::from_secs(20), ..PostgresConfig::new(url) };
    Store::open_postgres(config).await.expect("the private Postgres takes connections")
}
