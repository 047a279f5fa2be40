//! Pools and clients.

use crate::given;
use contract::cognito_idp::types::SoftwareTokenMfaConfigType;
use kernel::{AccountId, ClientId, Region, Time, UserPoolId};
use model::{ClientSecret, Refusal};
use store::testing::fresh_database;
use store::{StoreError, work};

#[tokio::test]
async fn a_pool_comes_back_as_it_was_written() {
    let database = fresh_database().await;
    let store = database.store();
    let mut pool = given::pool("eu-west-1_AbCdEfGhI");
    let id = pool.id.clone();
    let stored = pool.clone();
    write!(store, |tx, stored| tx.pools().insert(stored).await?);
    pool.name = "guests".into();
    pool.settings.sms_authentication_message = Some("\u{e9} \"{####}\"".into());
    pool.modified = Time::from_secs(300);
    pool.mfa.software_token_mfa_configuration = Some(SoftwareTokenMfaConfigType { enabled: Some(false) });
    let changed = pool.clone();
    assert!(write!(store, |tx, changed| tx.pools().save(changed).await?));
    let wanted = id.clone();
    let found = read!(store, |tx, wanted| tx.pools().get(wanted).await?).unwrap();
    assert_eq!((found.name.as_str(), found.account.as_str()), ("guests", "123456789012"));
    assert_eq!((found.created, found.modified), (Time::from_secs(100), Time::from_secs(300)));
    assert_eq!(found.settings.sms_authentication_message, pool.settings.sms_authentication_message);
    assert_eq!(found.mfa.software_token_mfa_configuration, pool.mfa.software_token_mfa_configuration);
    let locked = id.clone();
    assert!(write!(store, |tx, locked| tx.pools().get_for_update(locked).await?).is_some());

    let again = pool.clone();
    let outcome = store.write(work!(|tx, again| -> StoreError { tx.pools().insert(again).await })).await;
    assert!(matches!(outcome, Err(StoreError::Taken(_))));
    let nobody = UserPoolId::parse("eu-west-1_nobody").unwrap();
    let refusal = store.read(work!(|tx, nobody| -> Refusal { tx.pools().require(nobody).await })).await;
    assert!(matches!(refusal, Err(Refusal::NoSuchPool(name)) if name == "eu-west-1_nobody"));
}

#[tokio::test]
async fn a_pool_is_locked_for_a_change_by_its_own_account_only() {
    let database = fresh_database().await;
    let store = database.store();
    let pool = given::pool("eu-west-1_AbCdEfGhI");
    let stored = pool.clone();
    write!(store, |tx, stored| tx.pools().insert(stored).await?);
    let require = async |id: &str, account: &str| {
        let (id, account) = (UserPoolId::parse(id).unwrap(), AccountId::parse(account).unwrap());
        store.write(work!(|tx, id, account| -> Refusal { tx.pools().require_for_update(id, account).await })).await
    };
    assert_eq!(require(pool.id.as_str(), "123456789012").await.unwrap().id, pool.id);
    for (id, account) in [(pool.id.as_str(), "210987654321"), ("eu-west-1_nobody", "123456789012")] {
        let refused = require(id, account).await;
        assert!(matches!(&refused, Err(Refusal::NoSuchPool(name)) if name == id), "{refused:?}");
    }
}

#[tokio::test]
async fn pools_are_listed_per_account_and_region_each_once() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| for id in ["eu-west-1_b", "eu-west-1_a", "us-east-1_c", "eu-west-1_C", "eu-west-1_d"] {
        tx.pools().insert(&given::pool(id)).await?;
    });
    let mut seen = Vec::<String>::new();
    loop {
        let after = seen.last().cloned().unwrap_or_default();
        let here = (AccountId::parse("123456789012").unwrap(), Region::parse("eu-west-1").unwrap());
        let page = read!(store, |tx, here, after| tx.pools().list(&here.0, &here.1, after, 2).await?);
        assert!(page.items.len() <= 2);
        seen.extend(page.items.iter().map(|p| p.id.to_string()));
        if !page.more {
            break;
        }
    }
    assert_eq!(seen, ["eu-west-1_C", "eu-west-1_a", "eu-west-1_b", "eu-west-1_d"]);
}

#[tokio::test]
async fn a_client_is_found_by_its_id_alone_and_by_its_pool() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        let mut client = given::client("client1");
        tx.clients().insert(&client).await?;
        client.name = "app".into();
        client.confidential = false;
        client.settings.refresh_token_validity = Some(7);
        assert!(tx.clients().save(&client).await?);
        let found = tx.clients().get_anywhere(&client.id).await?.unwrap();
        assert_eq!((found.name.as_str(), found.confidential), ("app", false));
        assert_eq!(found.settings.refresh_token_validity, Some(7));
        assert_eq!(found.pool, given::pool_id());
        assert!(tx.clients().get(&given::pool_id(), &client.id).await?.is_some());
        let elsewhere = UserPoolId::parse("eu-west-1_other").unwrap();
        assert!(tx.clients().get(&elsewhere, &client.id).await?.is_none());
    });
    let refusal = store
        .read(work!(|tx| -> Refusal {
            tx.clients().require(&given::pool_id(), &ClientId::parse("nobody").unwrap()).await
        }))
        .await;
    assert!(matches!(refusal, Err(Refusal::NoSuchClient(name)) if name == "nobody"));
    let outcome = store
        .write(work!(|tx| -> StoreError {
            let mut thief = given::client("client1");
            thief.pool = UserPoolId::parse("eu-west-1_other").unwrap();
            tx.clients().insert(&thief).await
        }))
        .await;
    assert!(matches!(outcome, Err(StoreError::Taken(_))), "an id leads to one pool");
}

#[tokio::test]
async fn clients_are_listed_each_once() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| for id in ["c", "a", "b"] {
        tx.clients().insert(&given::client(id)).await?;
    });
    let (first, second) = read!(store, |tx| {
        let pool = given::pool_id();
        (tx.clients().list(&pool, "", 2).await?, tx.clients().list(&pool, "b", 2).await?)
    });
    let ids = |page: &store::Page<model::Client>| page.items.iter().map(|c| c.id.to_string()).collect::<Vec<_>>();
    assert_eq!((ids(&first), first.more), (vec!["a".to_owned(), "b".to_owned()], true));
    assert_eq!((ids(&second), second.more), (vec!["c".to_owned()], false));
}

#[tokio::test]
async fn a_client_has_several_secrets_and_they_go_with_it() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        let (pool, client) = (given::pool_id(), given::client("client1"));
        tx.clients().insert(&client).await?;
        for n in 1..=2u8 {
            let secret = ClientSecret { id: format!("s{n}"), sealed: vec![n], created: Time::from_secs(n.into()) };
            tx.clients().insert_secret(&pool, &client.id, &secret).await?;
        }
        let secrets = tx.clients().list_secrets(&pool, &client.id).await?;
        assert_eq!(secrets.iter().map(|s| s.sealed[0]).collect::<Vec<_>>(), [1, 2]);
        assert!(tx.clients().delete_secret(&pool, &client.id, "s1").await?);
        assert!(!tx.clients().delete_secret(&pool, &client.id, "s1").await?);
        assert!(tx.clients().delete(&pool, &client.id).await?);
        assert!(!tx.clients().delete(&pool, &client.id).await?);
        assert!(tx.clients().list_secrets(&pool, &client.id).await?.is_empty());
        assert!(tx.clients().get_anywhere(&client.id).await?.is_none());
    });
}
