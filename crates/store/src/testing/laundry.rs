//! Databases are lent to tests and washed when they come back: to copy a new one from the template takes longer than most
//! tests, and a round of a race much longer than the race.
//!
//! Nobody sees anything of who had it before. Each use has a user of its own, who may not log in once it is over: what the
//! last test left running cannot connect again, and its connections are ended. Then the rows are put back as migrations
//! leave them; a database of which more than rows has changed is thrown away.
//!
//! Between two rounds of one race the connections stay: sixteen new ones cost more than the race. Nobody may be in the
//! middle of anything then.

use super::server::url_of;
use crate::{PostgresConfig, Store};
use kernel::Time;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

/// The user who owns everything.
const OWNER: &str = "cognate";
const TEMPLATE: &str = "cognate_template";

/// A database in somebody's hands.
#[derive(Debug, Clone)]
pub(super) struct Lent {
    pub(super) database: String,
    pub(super) user: String,
}

/// The databases of this process.
pub(super) struct Laundry {
    directory: PathBuf,
    admin: Client,
    /// Washed, with the connection that washes.
    clean: Vec<(String, Client)>,
    /// The connections that will wash what is lent.
    washers: HashMap<String, Client>,
    databases: u32,
    uses: u32,
}

impl Laundry {
    /// Makes the template.
    pub(super) async fn open(directory: &Path) -> Self {
        let admin = connected(&url_of(directory, OWNER, "postgres")).await;
        admin.batch_execute(&format!("CREATE DATABASE {TEMPLATE} TEMPLATE template0")).await.expect("a template");
        let template = url_of(directory, OWNER, TEMPLATE);
        let config = PostgresConfig { connections_max: 1, ..PostgresConfig::new(&template) };
        let store = Store::open_postgres(config).await.expect("the template takes connections");
        store.migrate(Time::from_secs(0)).await.expect("migrations run on an empty database");
        drop(store);
        let inside = connected(&template).await;
        inside.batch_execute(include_str!("pristine.sql")).await.expect("the template keeps what is pristine");
        Self {
            directory: directory.to_path_buf(),
            admin,
            clean: Vec::new(),
            washers: HashMap::new(),
            databases: 0,
            uses: 0,
        }
    }

    /// A migrated database nobody else uses.
    pub(super) async fn lend(&mut self) -> Lent {
        let (database, washer) = match self.clean.pop() {
            Some(clean) => clean,
            None => {
                let database = self.create(TEMPLATE).await;
                let washer = connected(&url_of(&self.directory, OWNER, &database)).await;
                // Whoever still holds a lock on rows would keep everybody waiting: such a database is not washed.
                washer.batch_execute("SET lock_timeout = '2s'").await.expect("a setting");
                (database, washer)
            }
        };
        self.washers.insert(database.clone(), washer);
        self.lent(database).await
    }

    /// An empty database, which is never lent again.
    pub(super) async fn lend_empty(&mut self) -> Lent {
        let database = self.create("template0").await;
        self.lent(database).await
    }

    /// Puts the rows back between two rounds, once nobody is at work any more. False when somebody stays at work, or more
    /// than rows has changed.
    pub(super) async fn wash(&self, lent: &Lent) -> bool {
        let Some(washer) = self.washers.get(&lent.database) else { return false };
        let busy = "SELECT FROM pg_stat_activity WHERE usename = $1 AND state <> 'idle'";
        for _ in 0..100 {
            match self.admin.query(busy, &[&lent.user]).await {
                Ok(rows) if rows.is_empty() => return restored(washer).await,
                Ok(_) => tokio::time::sleep(Duration::from_millis(2)).await,
                Err(_) => return false,
            }
        }
        false
    }

    /// Lets nobody in any more who had it, and washes it.
    pub(super) async fn take_back(&mut self, lent: &Lent) {
        let washer = self.washers.remove(&lent.database);
        if let Some(washer) = washer
            && self.end(&lent.user).await
            && restored(&washer).await
            // Whoever was logging in at that moment is in by now.
            && self.connections_of(&lent.user).await == Some(0)
        {
            self.clean.push((lent.database.clone(), washer));
            return;
        }
        let _ = self.admin.batch_execute(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", lent.database)).await;
    }

    /// Shuts somebody out and ends their connections.
    async fn end(&self, user: &str) -> bool {
        let ended = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = $1";
        self.admin.batch_execute(&format!("ALTER ROLE {user} NOLOGIN")).await.is_ok()
            && self.admin.query(ended, &[&user]).await.is_ok()
    }

    async fn connections_of(&self, user: &str) -> Option<i64> {
        let sql = "SELECT count(*) FROM pg_stat_activity WHERE usename = $1";
        self.admin.query_one(sql, &[&user]).await.ok().map(|row| row.get(0))
    }

    async fn lent(&mut self, database: String) -> Lent {
        self.uses += 1;
        let user = format!("use_{}", self.uses);
        self.admin.batch_execute(&format!("CREATE ROLE {user} SUPERUSER LOGIN")).await.expect("a user for one test");
        Lent { database, user }
    }

    async fn create(&mut self, from: &str) -> String {
        self.databases += 1;
        let name = format!("cognate_test_{}", self.databases);
        let sql = format!("CREATE DATABASE {name} TEMPLATE {from} STRATEGY file_copy");
        // The connection that migrated the template may take a moment to be gone.
        for _ in 0..100 {
            match self.admin.batch_execute(&sql).await {
                Ok(()) => return name,
                Err(error) if error.code() == Some(&SqlState::OBJECT_IN_USE) => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                Err(error) => panic!("{sql}: {error:?}"),
            }
        }
        panic!("{from} stays in use");
    }
}

async fn restored(washer: &Client) -> bool {
    let washed = washer.query_one("SELECT pristine.restore()", &[]).await;
    washed.is_ok_and(|row| row.get(0))
}

async fn connected(url: &str) -> Client {
    for _ in 0..200 {
        if let Ok((client, connection)) = tokio_postgres::connect(url, tokio_postgres::NoTls).await {
            tokio::spawn(connection);
            return client;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the private Postgres does not answer on {url}");
}
