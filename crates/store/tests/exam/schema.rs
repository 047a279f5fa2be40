use kernel::Time;
use store::testing::{TestEngine, empty_postgres, engine, fresh_database};
use store::{Place, PostgresConfig, SchemaState, SqliteOptions, Store, StoreError, vals, work};

async fn empty() -> Store {
    match engine() {
        TestEngine::Sqlite => Store::open_sqlite(Place::Temporary, SqliteOptions::default()).unwrap(),
        TestEngine::Postgres => Store::open_postgres(PostgresConfig::new(empty_postgres().await)).await.unwrap(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_database_is_migrated_once_however_many_nodes_start_together() {
    let store = empty().await;
    assert_eq!(store.schema_state().await.unwrap(), SchemaState::Empty);
    assert!(store.require_schema().await.unwrap_err().to_string().contains("cognate migrate"));
    let starts: Vec<_> = (0..4)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.migrate(Time::from_secs(1)).await })
        })
        .collect();
    for start in starts {
        assert_eq!(start.await.unwrap().unwrap(), SchemaState::Current);
    }
    let count: i64 = store
        .read(work!(|tx| -> StoreError {
            tx.row("SELECT count(*) FROM schema_version WHERE number = 1", &[]).await?.unwrap().get(0)
        }))
        .await
        .unwrap();
    assert_eq!(count, 1);
}

async fn pretend(store: &Store, number: i64, oldest: i64) {
    store
        .write(work!(|tx, number, oldest| -> StoreError {
            let sql = "INSERT INTO schema_version (number, name, oldest, applied_at) VALUES ($1, 'later', $2, 0)";
            tx.execute(sql, vals![*number, *oldest]).await
        }))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_newer_schema_is_used_when_it_allows_us_and_refused_when_not() {
    let database = fresh_database().await;
    let store = database.store();
    pretend(&store, 900, 1).await;
    assert_eq!(store.require_schema().await.unwrap(), SchemaState::Ahead { at: 900 });
    pretend(&store, 901, 900).await;
    assert_eq!(store.schema_state().await.unwrap(), SchemaState::TooNew { at: 901, oldest: 900 });
    assert!(store.require_schema().await.unwrap_err().to_string().contains("newer release"));
    pretend(&store, 902, 1).await;
    assert_eq!(store.schema_state().await.unwrap(), SchemaState::TooNew { at: 902, oldest: 900 }, "it stays excluded");
}

#[tokio::test]
async fn every_way_in_which_passwords_were_ever_kept_is_remembered() {
    let database = fresh_database().await;
    let store = database.store();
    assert_eq!(store.note_password_storage("srp").await.unwrap(), ["srp"]);
    assert_eq!(store.note_password_storage("argon2id").await.unwrap(), ["argon2id", "srp"]);
    assert_eq!(store.note_password_storage("srp").await.unwrap(), ["argon2id", "srp"], "also once it has changed back");
}

#[tokio::test]
async fn another_keyring_is_noticed() {
    let database = fresh_database().await;
    let store = database.store();
    store.check_keyring("aa").await.unwrap();
    store.check_keyring("aa").await.unwrap();
    assert!(matches!(store.check_keyring("bb").await, Err(StoreError::ForeignKeyring(_))));
    assert!(matches!(store.replace_keyring("bb", "cc").await, Err(StoreError::ForeignKeyring(_))));
    store.replace_keyring("aa", "bb").await.unwrap();
    store.check_keyring("bb").await.unwrap();
}
