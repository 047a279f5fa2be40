//! Access keys in a database: made, found, ended.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use authority::{AccessKeys, StoredKeys};
use crypto::Keyring;
use kernel::{AccountId, SystemEntropy, Time};
use std::sync::Arc;
use store::{Place, SqliteOptions, Store};

const NOW: Time = Time::from_secs(1_767_268_800);

fn account() -> AccountId {
    AccountId::parse("123456789012").unwrap()
}

async fn keys() -> (StoredKeys, Store) {
    let store = Store::open_sqlite(Place::Temporary, SqliteOptions::default()).unwrap();
    store.migrate(NOW).await.unwrap();
    (StoredKeys::new(store.clone(), Arc::new(Keyring::draw(&SystemEntropy))), store)
}

#[tokio::test]
async fn a_key_signs_until_it_is_ended() {
    let (keys, _) = keys().await;
    let made = keys.create("laptop", NOW, &SystemEntropy).await.unwrap();
    assert_eq!((made.id.len(), &made.id[..4], made.secret.reveal().len()), (20, "AKIA", 40));
    let found = keys.find(&made.id).await.unwrap().unwrap();
    assert!(found.secret.matches(made.secret.reveal()));
    assert_eq!(found.principal, "root");
    assert!(keys.find("AKIANOBODY").await.unwrap().is_none());
    assert!(keys.end(&account(), &made.id).await.unwrap());
    assert!(keys.find(&made.id).await.unwrap().is_none());
    assert!(!keys.end(&account(), &made.id).await.unwrap(), "it ends once");
    assert_eq!(keys.list().await.unwrap().len(), 1, "its row stays");
}

#[tokio::test]
async fn only_the_first_start_makes_a_key() {
    let (keys, _) = keys().await;
    let first = keys.create_first(NOW, &SystemEntropy).await.unwrap().unwrap();
    assert!(keys.create_first(NOW, &SystemEntropy).await.unwrap().is_none());
    keys.end(&account(), &first.id).await.unwrap();
    assert!(
        keys.create_first(NOW, &SystemEntropy).await.unwrap().is_some(),
        "an account nobody can enter gets a new one"
    );
}

#[tokio::test]
async fn another_keyring_does_not_open_the_secret() {
    let (keys, store) = keys().await;
    let made = keys.create("x", NOW, &SystemEntropy).await.unwrap();
    let foreign = StoredKeys::new(store, Arc::new(Keyring::draw(&SystemEntropy)));
    assert!(foreign.find(&made.id).await.is_err());
}
