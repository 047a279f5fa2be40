//! The embedded engine's batches. A block that holds the writer lets others queue up, so that they share a commit.

use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;
use store::{Health, Place, SqliteOptions, Store, StoreError, vals, work};

async fn open() -> Store {
    // A batch may last as long as the test holds it.
    let options = SqliteOptions { batch_time_max: Duration::from_secs(60), ..SqliteOptions::default() };
    let store = Store::open_sqlite(Place::Temporary, options).unwrap();
    store
        .write(work!(|tx| -> StoreError {
            tx.execute("CREATE TABLE parent (id {int} PRIMARY KEY) {table}", &[]).await?;
            let child = "CREATE TABLE child (id {int} PRIMARY KEY, \
                parent {int} REFERENCES parent DEFERRABLE INITIALLY DEFERRED) {table}";
            tx.execute(child, &[]).await
        }))
        .await
        .unwrap();
    store
}

/// Holds the writer inside a block until told to go on.
fn hold(store: &Store) -> (mpsc::Sender<()>, tokio::task::JoinHandle<Result<(), StoreError>>) {
    let (go, wait) = mpsc::channel::<()>();
    let wait = Arc::new(Mutex::new(wait));
    let store = store.clone();
    let held = tokio::spawn(async move {
        store
            .write(work!(|tx, wait| -> StoreError {
                tx.execute("INSERT INTO parent (id) VALUES (1000)", &[]).await?;
                wait.lock().unwrap().recv().unwrap();
                Ok(())
            }))
            .await
    });
    (go, held)
}

fn insert(store: &Store, id: i64) -> tokio::task::JoinHandle<Result<u64, StoreError>> {
    let store = store.clone();
    tokio::spawn(async move {
        store
            .write(work!(|tx, id| -> StoreError {
                tx.execute("INSERT INTO parent (id) VALUES ($1)", vals![*id]).await
            }))
            .await
    })
}

async fn parents(store: &Store) -> i64 {
    let row = store.read(work!(|tx| -> StoreError { tx.row("SELECT count(*) FROM parent", &[]).await })).await;
    row.unwrap().unwrap().get(0).unwrap()
}

async fn settle() {
    tokio::time::sleep(Duration::from_millis(50)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_fails_its_own_block_and_no_other() {
    let store = open().await;
    let (go, held) = hold(&store);
    settle().await;
    let before = insert(&store, 1);
    let panicking = {
        let store = store.clone();
        tokio::spawn(async move {
            let outcome: Result<(), StoreError> = store
                .write(work!(|tx| -> StoreError {
                    tx.execute("INSERT INTO parent (id) VALUES (2)", &[]).await?;
                    panic!("on purpose")
                }))
                .await;
            outcome
        })
    };
    settle().await;
    let after = insert(&store, 3);
    settle().await;
    go.send(()).unwrap();
    held.await.unwrap().unwrap();
    assert_eq!(before.await.unwrap().unwrap(), 1);
    assert!(matches!(panicking.await.unwrap(), Err(StoreError::Panicked)));
    assert_eq!(after.await.unwrap().unwrap(), 1);
    assert_eq!(parents(&store).await, 3, "1000, 1 and 3: the panicking block left nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_inside_a_batch_undoes_its_block_only_and_leaves_after_the_commit() {
    let store = open().await;
    let (go, held) = hold(&store);
    settle().await;
    let refused = {
        let store = store.clone();
        tokio::spawn(async move {
            store
                .write(work!(|tx| -> StoreError {
                    tx.execute("INSERT INTO parent (id) VALUES (2)", &[]).await?;
                    Err::<(), _>(StoreError::Setting("no".into()))
                }))
                .await
        })
    };
    settle().await;
    assert!(!refused.is_finished(), "no answer leaves before the commit of its batch");
    let neighbour = insert(&store, 3);
    settle().await;
    go.send(()).unwrap();
    held.await.unwrap().unwrap();
    assert!(matches!(refused.await.unwrap(), Err(StoreError::Setting(_))));
    neighbour.await.unwrap().unwrap();
    assert_eq!(parents(&store).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_commit_fails_every_block_of_the_batch_and_the_next_batch_works() {
    let store = open().await;
    let (go, held) = hold(&store);
    settle().await;
    let neighbour = insert(&store, 1);
    let orphan = {
        let store = store.clone();
        tokio::spawn(async move {
            // A deferred constraint is looked at by COMMIT: the one way to make it fail with a healthy disk.
            let sql = "INSERT INTO child (id, parent) VALUES (1, 77)";
            store.write(work!(|tx, sql| -> StoreError { tx.execute(sql, &[]).await })).await
        })
    };
    settle().await;
    go.send(()).unwrap();
    assert!(held.await.unwrap().is_err());
    assert!(neighbour.await.unwrap().is_err());
    assert!(orphan.await.unwrap().is_err());
    assert_eq!(parents(&store).await, 0, "nothing of the batch holds");
    assert_eq!(store.health(), Health::Good, "a refused commit is no broken disk");
    insert(&store, 5).await.unwrap().unwrap();
    assert_eq!(parents(&store).await, 1);
}

#[tokio::test]
async fn a_block_that_waits_for_something_else_than_rows_is_a_bug_and_says_so() {
    let store = open().await;
    let outcome = store
        .write(work!(|tx| -> StoreError {
            tx.execute("INSERT INTO parent (id) VALUES (9)", &[]).await?;
            tokio::task::yield_now().await;
            Ok(())
        }))
        .await;
    assert!(matches!(outcome, Err(StoreError::Suspended)));
    assert_eq!(parents(&store).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_turns_away_at_once() {
    let options = SqliteOptions { queue_max: 1, ..SqliteOptions::default() };
    let store = Store::open_sqlite(Place::Temporary, options).unwrap();
    store
        .write(work!(|tx| -> StoreError {
            tx.execute("CREATE TABLE parent (id {int} PRIMARY KEY) {table}", &[]).await
        }))
        .await
        .unwrap();
    let (go, held) = hold(&store);
    settle().await;
    let queued = insert(&store, 1);
    settle().await;
    assert!(matches!(insert(&store, 2).await.unwrap(), Err(StoreError::Busy)));
    go.send(()).unwrap();
    held.await.unwrap().unwrap();
    queued.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_nobody_waits_for_any_more_is_not_begun() {
    let store = open().await;
    let (go, held) = hold(&store);
    settle().await;
    let abandoned = insert(&store, 1);
    settle().await;
    abandoned.abort();
    settle().await;
    go.send(()).unwrap();
    held.await.unwrap().unwrap();
    insert(&store, 2).await.unwrap().unwrap();
    assert_eq!(parents(&store).await, 2, "1000 and 2");
}

#[tokio::test]
async fn closing_answers_what_is_queued_and_keeps_it() {
    let directory = std::env::temp_dir().join(format!("cognate-close-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let place = Place::File(directory.join("cognate.db"));
    let store = Store::open_sqlite(place.clone(), SqliteOptions::default()).unwrap();
    store.migrate(kernel::Time::from_secs(0)).await.unwrap();
    store.check_keyring("aa").await.unwrap();
    drop(store);
    let again = Store::open_sqlite(place, SqliteOptions::default()).unwrap();
    assert!(again.check_keyring("bb").await.is_err());
    again.check_keyring("aa").await.unwrap();
    drop(again);
    std::fs::remove_dir_all(directory).unwrap();
}
