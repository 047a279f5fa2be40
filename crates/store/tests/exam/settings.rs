//! What may be a second old, and what may not.

use crate::{given, iam_people};
use kernel::ClientId;
use model::Refusal;
use std::sync::Arc;
use std::time::Duration;
use store::testing::{TestEngine, engine, fresh_database};
use store::{Place, PostgresConfig, SqliteOptions, Store};

#[tokio::test]
async fn settings_are_kept_and_a_change_is_seen_at_once_where_it_was_made() {
    let database = fresh_database().await;
    let store = database.store();
    let id = given::pool_id();
    let client = ClientId::parse("client1").unwrap();
    assert!(matches!(store.require_pool(&id).await, Err(Refusal::NoSuchPool(_))));
    assert!(matches!(store.require_client(&client).await, Err(Refusal::NoSuchClient(_))));
    write!(store, |tx| {
        tx.pools().insert(&given::pool(given::pool_id().as_str())).await?;
        tx.clients().insert(&given::client("client1")).await?;
    });
    let (first, again) = (store.require_pool(&id).await.unwrap(), store.require_pool(&id).await.unwrap());
    assert!(Arc::ptr_eq(&first, &again), "read once");
    let kept = store.require_client(&client).await.unwrap();
    assert!(Arc::ptr_eq(&kept, &store.require_client(&client).await.unwrap()));
    for round in 0..20 {
        let name = format!("name{round}");
        let wanted = name.clone();
        write!(store, |tx, name| {
            let mut pool = given::pool(given::pool_id().as_str());
            pool.name = name.clone();
            tx.pools().save(&pool).await?;
            let mut client = given::client("client1");
            client.name = name.clone();
            tx.clients().save(&client).await?;
        });
        assert_eq!(store.require_pool(&id).await.unwrap().name, wanted);
        assert_eq!(store.require_client(&client).await.unwrap().name, wanted);
    }
    write!(store, |tx| tx.pools().delete(&given::pool_id(), kernel::Time::from_secs(1)).await?);
    assert!(store.pool(&id).await.unwrap().is_none());
    assert!(store.client(&client).await.unwrap().is_none());
}

#[tokio::test]
async fn whoever_reads_what_a_principal_may_do_makes_nobody_forget_anything() {
    let database = fresh_database().await;
    let store = database.store();
    let (id, account, user) = (given::pool_id(), iam_people::account(), iam_people::user(1));
    let ana = user.id.clone();
    write!(store, |tx, user| {
        tx.pools().insert(&given::pool(given::pool_id().as_str())).await?;
        assert!(tx.iam_users().insert(user).await?);
    });
    let kept = store.require_pool(&id).await.unwrap();
    let grants = store.grants(&account, &ana).await.unwrap().unwrap();
    assert!(Arc::ptr_eq(&grants, &store.grants(&account, &ana).await.unwrap().unwrap()), "read once");
    read!(store, |tx| {
        assert!(tx.iam_roles().get(&iam_people::account(), "nobody").await?.is_none());
        assert!(tx.iam_providers().get_oidc(&iam_people::account(), "nowhere.example").await?.is_none());
    });
    assert!(Arc::ptr_eq(&kept, &store.require_pool(&id).await.unwrap()), "nothing was changed");
    assert!(Arc::ptr_eq(&grants, &store.grants(&account, &ana).await.unwrap().unwrap()));
}

#[tokio::test]
async fn a_change_on_another_node_is_seen_within_little_more_than_a_second() {
    let directory = std::env::temp_dir().join(format!("cognate-nodes-{}", std::process::id()));
    let database = fresh_database().await;
    let (here, there) = match engine() {
        TestEngine::Postgres => {
            let url = database.postgres_url().unwrap();
            (database.store(), Store::open_postgres(PostgresConfig::new(url)).await.unwrap())
        }
        TestEngine::Sqlite => {
            std::fs::create_dir_all(&directory).unwrap();
            let open = || {
                let place = Place::File(directory.join("cognate.db"));
                Store::open_sqlite(place, SqliteOptions::default()).unwrap()
            };
            let here = open();
            here.migrate(kernel::Time::from_secs(0)).await.unwrap();
            (here, open())
        }
    };
    write!(here, |tx| tx.pools().insert(&given::pool(given::pool_id().as_str())).await?);
    assert_eq!(there.require_pool(&given::pool_id()).await.unwrap().name, "people");
    write!(here, |tx| {
        let mut pool = given::pool(given::pool_id().as_str());
        pool.name = "renamed".into();
        tx.pools().save(&pool).await?;
    });
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_eq!(there.require_pool(&given::pool_id()).await.unwrap().name, "renamed");
    drop((here, there));
    let _ = std::fs::remove_dir_all(directory);
}
