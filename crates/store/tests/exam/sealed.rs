//! Sealed values, as a change of the master key walks through them.

use crate::given;
use kernel::Time;
use model::{AccessKey, AccessKeyStatus, ClientSecret, Credential, RetiredPassword};
use store::testing::fresh_database;
use store::{SealedColumn, StockedKey, Store};
use uuid::Uuid;

async fn fill(store: &Store) {
    let pool = given::pool_id();
    let client = given::client("c1").id;
    write!(store, |tx, pool, client| {
        for n in 1..=5u8 {
            let sealed = vec![n; 20];
            let credential = Credential {
                pool: pool.clone(),
                sub: given::sub(n.into()),
                generation: 1,
                sealed: sealed.clone(),
                expires: None,
                set: Time::from_secs(1),
            };
            tx.credentials().save(&credential).await?;
            let retired = RetiredPassword {
                pool: pool.clone(),
                sub: given::sub(n.into()),
                generation: RetiredPassword::key(7),
                sealed: sealed.clone(),
                retired: Time::from_secs(1),
            };
            tx.password_history().save(&retired).await?;
            let secret = ClientSecret { id: format!("s{n}"), sealed: sealed.clone(), created: Time::from_secs(1) };
            tx.clients().insert_secret(pool, client, &secret).await?;
            let stocked = StockedKey {
                id: Uuid::from_u128(n.into()),
                kind: "RS256".into(),
                sealed: sealed.clone(),
                jwk: "{}".into(),
                created: Time::from_secs(1),
            };
            tx.key_stock().push(&stocked).await?;
            let key = AccessKey {
                id: format!("AKIA{n}"),
                principal: "root".into(),
                label: String::new(),
                sealed_secret: sealed,
                status: AccessKeyStatus::Active,
                created: Time::from_secs(1),
            };
            tx.access_keys().insert(&key).await?;
        }
    });
}

#[tokio::test]
async fn every_sealed_value_is_met_once_page_by_page() {
    let database = fresh_database().await;
    let store = database.store();
    fill(&store).await;
    for column in [
        SealedColumn::Credentials,
        SealedColumn::PasswordHistory,
        SealedColumn::ClientSecrets,
        SealedColumn::KeyStock,
        SealedColumn::AccessKeys,
    ] {
        let mut met = Vec::new();
        let mut after: Option<Vec<String>> = None;
        loop {
            let page = read!(store, |tx, column, after| tx.sealed().list(*column, after.as_deref(), 2).await?);
            after = page.items.last().map(|value| value.key.clone());
            met.extend(page.items.into_iter().map(|value| value.sealed[0]));
            if !page.more {
                break;
            }
        }
        assert_eq!(met, [1, 2, 3, 4, 5], "{column:?}");
    }
    for empty in [SealedColumn::SigningKeys, SealedColumn::OpenIdKeys, SealedColumn::Outbox] {
        assert!(read!(store, |tx, empty| tx.sealed().list(*empty, None, 2).await?).items.is_empty());
    }
}

#[tokio::test]
async fn a_value_that_has_changed_meanwhile_is_not_replaced() {
    let database = fresh_database().await;
    let store = database.store();
    fill(&store).await;
    for column in [
        SealedColumn::Credentials,
        SealedColumn::PasswordHistory,
        SealedColumn::ClientSecrets,
        SealedColumn::KeyStock,
        SealedColumn::AccessKeys,
    ] {
        let (first, missed, done) = write!(store, |tx, column| {
            let first = tx.sealed().list(*column, None, 1).await?.items.remove(0);
            let missed = tx.sealed().replace(*column, &first.key, b"other", b"new").await?;
            let done = tx.sealed().replace(*column, &first.key, &first.sealed, b"new").await?;
            (first, missed, done)
        });
        assert!(!missed && done, "{column:?}");
        let again = read!(store, |tx, column| tx.sealed().list(*column, None, 1).await?).items.remove(0);
        assert_eq!((again.key, again.sealed.as_slice()), (first.key, b"new".as_slice()));
    }
}
