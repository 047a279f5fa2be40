//! What only Postgres can get wrong: collisions, deadlocks, blocks dropped half way, poolers. Skipped on SQLite.

use crate::given;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use store::testing::{TestDatabase, TestEngine, engine, fresh_database};
use store::{DatabaseTls, PostgresConfig, Store, StoreError, vals, work};
use tokio::sync::{Barrier, Notify};

async fn two_rows() -> Option<TestDatabase> {
    if engine() == TestEngine::Sqlite {
        return None;
    }
    let database = fresh_database().await;
    let insert = "INSERT INTO meta (name, value) VALUES ('a', '0'), ('b', '0')";
    database.store().write(work!(|tx, insert| -> StoreError { tx.execute(insert, &[]).await })).await.unwrap();
    Some(database)
}

#[derive(Clone)]
struct Meeting {
    runs: Arc<AtomicU32>,
    barrier: Arc<Barrier>,
}

impl Meeting {
    fn of_two() -> Self {
        Self { runs: Arc::default(), barrier: Arc::new(Barrier::new(2)) }
    }

    /// Both sides arrive in their first run, and only then: a second run goes straight on.
    async fn arrive(&self) {
        if self.runs.fetch_add(1, Ordering::SeqCst) < 2 {
            self.barrier.wait().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn write_skew_is_noticed_and_the_block_runs_again_40001() {
    let Some(database) = two_rows().await else { return };
    let meeting = Meeting::of_two();
    // Each side reads both rows and, if both are 0, sets its own: serially only one may.
    let side = |mine: &'static str| {
        let (store, meeting) = (database.store(), meeting.clone());
        tokio::spawn(async move {
            store
                .write(work!(|tx, meeting, mine| -> StoreError {
                    let rows = tx.rows("SELECT name FROM meta WHERE value = '0' AND name IN ('a', 'b')", &[]).await?;
                    meeting.arrive().await;
                    if rows.len() == 2 {
                        tx.execute("UPDATE meta SET value = '1' WHERE name = $1", vals![*mine]).await?;
                    }
                    Ok(rows.len())
                }))
                .await
                .unwrap()
        })
    };
    let (one, two) = (side("a"), side("b"));
    let mut seen = [one.await.unwrap(), two.await.unwrap()];
    seen.sort_unstable();
    assert_eq!(seen, [1, 2], "one of them saw the other's change in the end");
    assert_eq!(meeting.runs.load(Ordering::SeqCst), 3, "one block ran twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadlock_is_resolved_by_running_one_block_again_40p01() {
    let Some(database) = two_rows().await else { return };
    let meeting = Meeting::of_two();
    let side = |first: &'static str, second: &'static str| {
        let (store, meeting) = (database.store(), meeting.clone());
        tokio::spawn(async move {
            store
                .write(work!(|tx, meeting, first, second| -> StoreError {
                    let lock = "SELECT value FROM meta WHERE name = $1 {for_update}";
                    tx.row(lock, vals![*first]).await?;
                    meeting.arrive().await;
                    tx.row(lock, vals![*second]).await?;
                    Ok(())
                }))
                .await
                .unwrap();
        })
    };
    let (one, two) = (side("a", "b"), side("b", "a"));
    one.await.unwrap();
    two.await.unwrap();
    assert!(meeting.runs.load(Ordering::SeqCst) >= 3, "a victim ran again");
}

#[tokio::test]
async fn a_block_that_collides_every_time_is_given_up_as_busy() {
    let Some(database) = two_rows().await else { return };
    let store = database.store();
    let runs = Arc::new(AtomicU32::new(0));
    let (other, count) = (database.store(), Arc::clone(&runs));
    let outcome = store
        .write(work!(|tx, other, count| -> StoreError {
            tx.row("SELECT value FROM meta WHERE name = 'a'", &[]).await?;
            // Every time, a neighbour changes the row between our look and our change.
            let n = count.fetch_add(1, Ordering::SeqCst).to_string();
            let sql = "UPDATE meta SET value = $1 WHERE name = 'a'";
            other.write(work!(|tx, n, sql| -> StoreError { tx.execute(sql, vals![n]).await })).await?;
            tx.execute("UPDATE meta SET value = 'mine' WHERE name = 'a'", &[]).await
        }))
        .await;
    assert!(matches!(outcome, Err(StoreError::Busy)), "{outcome:?}");
    assert_eq!(runs.load(Ordering::SeqCst), 6, "once and five times again");
}

#[tokio::test]
async fn a_block_dropped_half_way_leaves_nothing_behind() {
    let Some(database) = two_rows().await else { return };
    let url = database.postgres_url().unwrap();
    let store = Store::open_postgres(PostgresConfig { connections_max: 1, ..PostgresConfig::new(url) }).await.unwrap();
    let hanging = store.write(work!(|tx| -> StoreError {
        tx.execute("UPDATE meta SET value = 'half' WHERE name = 'a'", &[]).await?;
        std::future::pending::<()>().await;
        Ok(())
    }));
    assert!(tokio::time::timeout(Duration::from_millis(300), hanging).await.is_err());
    // The one connection is free again, holds no lock, and the change is gone.
    let value: String = store
        .write(work!(|tx| -> StoreError {
            let sql = "SELECT value FROM meta WHERE name = 'a' {for_update}";
            tx.row(sql, &[]).await?.unwrap().get(0)
        }))
        .await
        .unwrap();
    assert_eq!(value, "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_settings_is_seen_also_when_its_request_was_dropped_during_the_commit() {
    let Some(database) = two_rows().await else { return };
    let store = database.store();
    write!(store, |tx| {
        tx.pools().insert(&given::pool(given::pool_id().as_str())).await?;
        let nap = "CREATE FUNCTION nap() RETURNS trigger LANGUAGE plpgsql AS \
            'BEGIN PERFORM pg_sleep(0.5); RETURN NULL; END'";
        tx.execute(nap, &[]).await?;
        let slow = "CREATE CONSTRAINT TRIGGER slow_commit AFTER UPDATE ON pools DEFERRABLE INITIALLY DEFERRED \
            FOR EACH ROW EXECUTE FUNCTION nap()";
        tx.execute(slow, &[]).await?;
    });
    let saved = Arc::new(Notify::new());
    let told = Arc::clone(&saved);
    let renaming = store.write(work!(|tx, told| -> StoreError {
        let renamed = model::Pool { name: "renamed".into(), ..given::pool(given::pool_id().as_str()) };
        tx.pools().save(&renamed).await?;
        told.notify_one();
        Ok(())
    }));
    let dropped_while_committing = async {
        saved.notified().await;
        tokio::time::sleep(Duration::from_millis(150)).await;
    };
    tokio::select! {
        outcome = renaming => panic!("the commit takes longer than that: {outcome:?}"),
        () = dropped_while_committing => {}
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(store.require_pool(&given::pool_id()).await.unwrap().name, "people", "read while it commits");
    while read!(store, |tx| tx.pools().get(&given::pool_id()).await?).unwrap().name == "people" {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(store.require_pool(&given::pool_id()).await.unwrap().name, "renamed", "what was kept is not used");
}

#[tokio::test]
async fn behind_a_pooler_no_statement_has_a_name() {
    let Some(database) = two_rows().await else { return };
    let config = PostgresConfig { pooled: true, ..PostgresConfig::new(database.postgres_url().unwrap()) };
    let store = Store::open_postgres(config).await.unwrap();
    let names: i64 = store
        .write(work!(|tx| -> StoreError {
            let sql = "UPDATE meta SET value = $2 WHERE name = $1 AND $3 > 1 AND CAST($4 AS TEXT) IS NULL";
            assert_eq!(tx.execute(sql, vals!["a", "5", 2i64, Option::<&str>::None]).await?, 1);
            tx.row("SELECT count(*) FROM pg_prepared_statements", &[]).await?.unwrap().get(0)
        }))
        .await
        .unwrap();
    assert_eq!(names, 0);
}

#[tokio::test]
async fn rl_08_connections_that_the_server_ended_are_replaced_without_an_error() {
    let Some(database) = two_rows().await else { return };
    let url = database.postgres_url().unwrap();
    let store = Store::open_postgres(PostgresConfig { connections_max: 1, ..PostgresConfig::new(&url) }).await.unwrap();
    let runs = Arc::new(AtomicU32::new(0));
    let (count, other) = (Arc::clone(&runs), database.store());
    // The first run loses its connection in the middle: nothing was committed, so the block runs again on a new one.
    let changed = store
        .write(work!(|tx, count, other| -> StoreError {
            let pid: i64 = tx.row("SELECT CAST(pg_backend_pid() AS {int})", &[]).await?.unwrap().get(0)?;
            if count.fetch_add(1, Ordering::SeqCst) == 0 {
                let end = "SELECT pg_terminate_backend(CAST($1 AS {int})::int)";
                other.write(work!(|tx, end, pid| -> StoreError { tx.row(end, vals![*pid]).await })).await?;
            }
            tx.execute("UPDATE meta SET value = 'new' WHERE name = 'a'", &[]).await
        }))
        .await;
    assert_eq!(changed.unwrap(), 1);
    assert_eq!(runs.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn no_free_connection_in_time_is_busy() {
    let Some(database) = two_rows().await else { return };
    let config = PostgresConfig {
        connections_max: 1,
        connection_wait: Duration::from_millis(50),
        ..PostgresConfig::new(database.postgres_url().unwrap())
    };
    let store = Store::open_postgres(config).await.unwrap();
    let inner = store.clone();
    let outcome = store
        .write(work!(|tx, inner| -> StoreError {
            tx.row("SELECT value FROM meta WHERE name = 'a'", &[]).await?;
            Ok(inner.read(work!(|tx| -> StoreError { tx.row("SELECT value FROM meta", &[]).await })).await.map(drop))
        }))
        .await
        .unwrap();
    assert!(matches!(outcome, Err(StoreError::Busy)));
}

#[tokio::test]
async fn a_database_that_never_answers_is_named_after_the_wait() {
    if engine() == TestEngine::Sqlite {
        return;
    }
    let config = PostgresConfig {
        startup_wait: Duration::from_millis(700),
        tls: DatabaseTls::Off,
        ..PostgresConfig::new("host=127.0.0.1 port=1 user=nobody")
    };
    assert!(matches!(Store::open_postgres(config).await, Err(StoreError::Unreachable(_))));
}

#[tokio::test]
async fn a_wrong_database_is_refused_at_once() {
    let Some(database) = two_rows().await else { return };
    let url = database.postgres_url().unwrap().replace("dbname=", "dbname=no_such_");
    let outcome = Store::open_postgres(PostgresConfig::new(url)).await;
    assert!(matches!(outcome, Err(StoreError::Engine(_))), "{outcome:?}");
}
