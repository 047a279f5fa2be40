//! What holds for blocks on either engine.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use store::testing::fresh_database;
use store::{Store, StoreError, Val, vals, work};

async fn note(store: &Store, name: &str, value: &str) -> Result<u64, StoreError> {
    let (name, value) = (name.to_owned(), value.to_owned());
    store
        .write(work!(|tx, name, value| {
            tx.execute("INSERT INTO meta (name, value) VALUES ($1, $2)", vals![name, value]).await
        }))
        .await
}

async fn noted(store: &Store, name: &str) -> Option<String> {
    let name = name.to_owned();
    let row = store.read(work!(|tx, name| tx.row("SELECT value FROM meta WHERE name = $1", vals![name]).await)).await;
    row.unwrap().map(|mut row: store::Row| row.get(0).unwrap())
}

#[tokio::test]
async fn what_was_written_is_read() {
    let database = fresh_database().await;
    let store = database.store();
    assert_eq!(note(&store, "a", "1").await.unwrap(), 1);
    assert_eq!(noted(&store, "a").await.as_deref(), Some("1"));
    assert_eq!(noted(&store, "b").await, None);
}

#[tokio::test]
async fn the_doctor_can_time_a_question_and_a_commit() {
    let database = fresh_database().await;
    let store = database.store();
    assert!(store.ping().await.unwrap() < std::time::Duration::from_secs(60));
    assert!(store.time_commits(3).await.unwrap() > std::time::Duration::ZERO);
    assert_eq!(noted(&store, "commit_probe").await.as_deref(), Some("2"));
}

#[tokio::test]
async fn parameters_bind_by_number_not_by_order_of_appearance() {
    let database = fresh_database().await;
    let store = database.store();
    store
        .write(work!(|tx| -> StoreError {
            tx.execute("INSERT INTO meta (value, name) VALUES ($2, $1)", vals!["name", "value"]).await
        }))
        .await
        .unwrap();
    assert_eq!(noted(&store, "name").await.as_deref(), Some("value"));
}

#[tokio::test]
async fn every_kind_of_value_comes_back_as_it_went() {
    let database = fresh_database().await;
    let store = database.store();
    let blob = vec![0u8, 255, 1];
    store
        .write(work!(|tx, blob| -> StoreError {
            tx.execute(
                "CREATE TABLE kinds (a {int}, b {text}, c {blob}, d {bool}, e {int}, f {json}) {wide_table}",
                &[],
            )
            .await?;
            let sql = "INSERT INTO kinds VALUES ($1, $2, $3, $4, $5, $6)";
            let all = vals![-7i64, "h\u{e9}", blob, true, Option::<i64>::None, "{\"a\" : 1}"];
            tx.execute(sql, all).await
        }))
        .await
        .unwrap();
    let mut row = store
        .read(work!(|tx| tx.row("SELECT a, b, c, d, e, f FROM kinds WHERE d = $1", &[Val::Bool(true)]).await))
        .await
        .map_err(|e: StoreError| e)
        .unwrap()
        .unwrap();
    assert_eq!(row.get::<i64>(0).unwrap(), -7);
    assert_eq!(row.get::<String>(1).unwrap(), "h\u{e9}");
    assert_eq!(row.get::<Vec<u8>>(2).unwrap(), [0u8, 255, 1]);
    assert!(row.get::<bool>(3).unwrap());
    assert_eq!(row.get::<Option<i64>>(4).unwrap(), None);
    assert_eq!(row.get::<String>(5).unwrap(), "{\"a\" : 1}", "documents come back bytewise");
}

#[tokio::test]
async fn a_column_read_as_something_else_is_an_error_not_a_panic() {
    let database = fresh_database().await;
    let store = database.store();
    note(&store, "a", "text").await.unwrap();
    let mut row =
        store.read(work!(|tx| -> StoreError { tx.row("SELECT value FROM meta", &[]).await })).await.unwrap().unwrap();
    assert!(matches!(row.get::<i64>(0), Err(StoreError::Misread { column: 0, .. })));
    assert!(matches!(row.get::<i64>(9), Err(StoreError::Misread { column: 9, .. })));
}

#[tokio::test]
async fn text_compares_bytewise() {
    let database = fresh_database().await;
    let store = database.store();
    for name in ["b", "B", "a", "\u{e9}", "A"] {
        note(&store, name, "").await.unwrap();
    }
    let rows = store
        .read(work!(|tx| -> StoreError { tx.rows("SELECT name FROM meta ORDER BY name", &[]).await }))
        .await
        .unwrap();
    let names: Vec<String> = rows.into_iter().map(|mut r| r.get(0).unwrap()).collect();
    assert_eq!(names, ["A", "B", "a", "b", "\u{e9}"]);
}

#[tokio::test]
async fn a_refusal_undoes_the_block() {
    let database = fresh_database().await;
    let store = database.store();
    let refused = store
        .write(work!(|tx| -> StoreError {
            tx.execute("INSERT INTO meta (name, value) VALUES ('x', 'y')", &[]).await?;
            Err::<(), _>(StoreError::Setting("no".into()))
        }))
        .await;
    assert!(matches!(refused, Err(StoreError::Setting(_))));
    assert_eq!(noted(&store, "x").await, None);
}

#[tokio::test]
async fn a_taken_key_is_named_as_such() {
    let database = fresh_database().await;
    let store = database.store();
    note(&store, "a", "1").await.unwrap();
    assert!(matches!(note(&store, "a", "2").await, Err(StoreError::Taken(_))));
    assert_eq!(noted(&store, "a").await.as_deref(), Some("1"));
}

#[tokio::test]
async fn a_block_that_swallows_a_refused_statement_is_not_committed() {
    let database = fresh_database().await;
    let store = database.store();
    note(&store, "a", "1").await.unwrap();
    let outcome = store
        .write(work!(|tx| -> StoreError {
            tx.execute("INSERT INTO meta (name, value) VALUES ('b', '')", &[]).await?;
            let _ = tx.execute("INSERT INTO meta (name, value) VALUES ('a', '')", &[]).await;
            Ok(())
        }))
        .await;
    assert!(matches!(outcome, Err(StoreError::Taken(_))), "{outcome:?}");
    assert_eq!(noted(&store, "b").await, None);
}

#[tokio::test]
async fn a_read_cannot_write() {
    let database = fresh_database().await;
    let store = database.store();
    let outcome = store
        .read(work!(|tx| -> StoreError { tx.execute("INSERT INTO meta (name, value) VALUES ('b', '')", &[]).await }))
        .await;
    assert!(matches!(outcome, Err(StoreError::Engine(_))), "{outcome:?}");
    assert_eq!(noted(&store, "b").await, None);
}

#[tokio::test]
async fn all_questions_of_a_read_see_one_snapshot() {
    let database = fresh_database().await;
    let store = database.store();
    note(&store, "a", "1").await.unwrap();
    let other = store.clone();
    // A block may not wait on SQLite; the neighbour's write is therefore done to its end inside the block.
    let neighbour = Arc::new(move || {
        let other = other.clone();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                // On Postgres connections belong to the runtime that opened them, so this one waits here for it.
                runtime.block_on(note(&other, "b", "2")).unwrap();
            });
        });
    });
    let counts = store
        .scan(work!(|tx, neighbour| -> StoreError {
            let first: i64 = tx.row("SELECT count(*) FROM meta", &[]).await?.unwrap().get(0)?;
            neighbour();
            let second: i64 = tx.row("SELECT count(*) FROM meta", &[]).await?.unwrap().get(0)?;
            Ok((first, second))
        }))
        .await;
    assert_eq!(counts.unwrap(), (1, 1));
    assert_eq!(noted(&store, "b").await.as_deref(), Some("2"));
}

#[tokio::test]
async fn a_block_has_a_budget_of_rows() {
    let database = fresh_database().await;
    let store = database.store();
    let outcome = store
        .write(work!(|tx| -> StoreError {
            let many =
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10001) SELECT i FROM n";
            tx.rows(many, &[]).await
        }))
        .await;
    assert!(matches!(outcome, Err(StoreError::TooLong(10_000))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_writers_of_one_row_all_count() {
    let database = fresh_database().await;
    let store = database.store();
    note(&store, "n", "0").await.unwrap();
    let runs = Arc::new(AtomicU32::new(0));
    let writers: Vec<_> = (0..100)
        .map(|_| {
            let (store, runs) = (store.clone(), Arc::clone(&runs));
            tokio::spawn(async move {
                loop {
                    let runs = Arc::clone(&runs);
                    let outcome = store
                        .write(work!(|tx, runs| -> StoreError {
                            runs.fetch_add(1, Ordering::Relaxed);
                            let sql = "SELECT value FROM meta WHERE name = 'n' {for_update}";
                            let n: String = tx.row(sql, &[]).await?.unwrap().get(0)?;
                            let next = (n.parse::<u32>().unwrap() + 1).to_string();
                            tx.execute("UPDATE meta SET value = $1 WHERE name = 'n'", vals![&next]).await
                        }))
                        .await;
                    match outcome {
                        Ok(_) => return,
                        Err(StoreError::Busy | StoreError::Conflict) => {}
                        Err(other) => panic!("{other}"),
                    }
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(noted(&store, "n").await.as_deref(), Some("100"));
    assert!(runs.load(Ordering::Relaxed) >= 100);
}
