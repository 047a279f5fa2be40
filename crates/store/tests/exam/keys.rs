//! Access keys, the stock of signing keys, the pools' signing keys.

use crate::given;
use kernel::{AccountId, Time};
use model::{AccessKey, AccessKeyStatus, KeyUse, OpenIdKeyRow, SigningKeyRow};
use store::testing::fresh_database;
use store::{StockedKey, StoreError, work};
use uuid::Uuid;

fn access_key(id: &str) -> AccessKey {
    AccessKey {
        id: id.into(),
        principal: "root".into(),
        label: "first".into(),
        sealed_secret: vec![7; 40],
        status: AccessKeyStatus::Active,
        created: Time::from_secs(5),
    }
}

#[tokio::test]
async fn access_keys_are_listed_and_an_ended_one_stays_ended() {
    let database = fresh_database().await;
    let store = database.store();
    assert!(!read!(store, |tx| tx.access_keys().any_active().await?));
    let keys: Vec<_> = ["AKIA1", "AKIA2", "AKIA3"].map(access_key).into();
    write!(store, |tx, keys| for key in keys {
        tx.access_keys().insert(key).await?;
    });
    let (page, rest) = write!(store, |tx| {
        assert!(tx.access_keys().any_active().await?);
        assert!(tx.access_keys().end("AKIA2").await?);
        assert!(!tx.access_keys().end("AKIA2").await?);
        let page = tx.access_keys().list("", 2).await?;
        (page, tx.access_keys().list("AKIA2", 2).await?)
    });
    assert_eq!(page.items.iter().map(|k| k.id.as_str()).collect::<Vec<_>>(), ["AKIA1", "AKIA2"]);
    assert!(page.more && !rest.more);
    assert_eq!(page.items[1].status, AccessKeyStatus::Ended);
    let key = read!(store, |tx| tx.access_keys().get("AKIA1").await?).unwrap();
    assert_eq!((key.principal.as_str(), key.label.as_str()), ("root", "first"));
    assert_eq!(
        (key.sealed_secret, key.status, key.created),
        (vec![7; 40], AccessKeyStatus::Active, Time::from_secs(5))
    );
    assert!(read!(store, |tx| tx.access_keys().get("AKIA9").await?).is_none());
    let again = access_key("AKIA2");
    let outcome = store.write(work!(|tx, again| -> StoreError { tx.access_keys().insert(again).await })).await;
    assert!(matches!(outcome, Err(StoreError::Taken(_))), "an id never comes back");
}

#[tokio::test]
async fn roots_generation_moves_with_each_of_its_keys_that_is_ended_or_switched_off() {
    let database = fresh_database().await;
    let store = database.store();
    let keys =
        [access_key("AKIA1"), access_key("AKIA2"), AccessKey { principal: "AIDA1".into(), ..access_key("AKIA3") }];
    write!(store, |tx, keys| for key in keys {
        tx.access_keys().insert(key).await?;
    });
    assert_eq!(store.root_generation().await.unwrap(), 0);
    let switched = async |principal: &'static str, id: &'static str, active: bool| {
        let done = write!(store, |tx, principal, id, active| tx.access_keys().switch(principal, id, *active).await?);
        (done, store.root_generation().await.unwrap())
    };
    assert_eq!(switched("root", "AKIA1", false).await, (true, 1));
    assert_eq!(switched("root", "AKIA1", true).await, (true, 1), "what ended stays ended");
    assert_eq!(switched("root", "AKIA1", false).await, (true, 2));
    assert_eq!(switched("AIDA1", "AKIA3", false).await, (true, 2), "nobody else's key");
    assert_eq!(switched("root", "AKIA3", false).await, (false, 2));
    write!(store, |tx| assert!(tx.access_keys().end("AKIA2").await?));
    assert_eq!(store.root_generation().await.unwrap(), 3);
    assert_eq!(switched("root", "AKIA2", false).await, (false, 3), "it is ended");
}

fn stocked(n: u128) -> StockedKey {
    StockedKey {
        id: Uuid::from_u128(n),
        kind: "RS256".into(),
        sealed: vec![1],
        jwk: "{}".into(),
        created: Time::from_secs(i64::try_from(n).unwrap()),
    }
}

#[tokio::test]
async fn the_stock_gives_out_its_oldest_key_once() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        tx.key_stock().push(&stocked(2)).await?;
        tx.key_stock().push(&stocked(1)).await?;
        assert_eq!(tx.key_stock().count("RS256").await?, 2);
        assert_eq!(tx.key_stock().count("ES256").await?, 0);
        assert_eq!(tx.key_stock().take("ES256").await?, None);
        assert_eq!(tx.key_stock().take("RS256").await?, Some(stocked(1)));
        assert_eq!(tx.key_stock().take("RS256").await?, Some(stocked(2)));
        assert_eq!(tx.key_stock().take("RS256").await?, None);
    });
}

#[tokio::test]
async fn a_pools_keys_are_listed_oldest_first_retired_and_withdrawn() {
    let database = fresh_database().await;
    let store = database.store();
    let key = |kid: &str, created| SigningKeyRow {
        pool: given::pool_id(),
        kid: kid.into(),
        key_use: KeyUse::Access,
        sealed: vec![9],
        jwk: "{}".into(),
        created: Time::from_secs(created),
        not_before: Time::from_secs(created + 1),
        retired: None,
    };
    let keys = [key("a", 20), key("b", 10)];
    let pool = given::pool_id();
    let listed = write!(store, |tx, keys, pool| {
        for key in keys {
            tx.signing_keys().insert(key).await?;
        }
        assert!(tx.signing_keys().retire(pool, "b", Time::from_secs(30)).await?);
        assert!(!tx.signing_keys().retire(pool, "b", Time::from_secs(40)).await?, "the first moment stays");
        let listed = tx.signing_keys().list(pool).await?;
        assert!(tx.signing_keys().delete(pool, "a").await?);
        assert!(!tx.signing_keys().delete(pool, "a").await?);
        listed
    });
    assert_eq!(listed.iter().map(|k| k.kid.as_str()).collect::<Vec<_>>(), ["b", "a"]);
    assert_eq!((listed[0].retired, listed[1].retired), (Some(Time::from_secs(30)), None));
    assert_eq!((listed[1].key_use, listed[1].not_before), (KeyUse::Access, Time::from_secs(21)));
    assert_eq!(read!(store, |tx| tx.signing_keys().list(&given::pool_id()).await?).len(), 1);
}

#[tokio::test]
async fn the_keys_of_identity_pools_tokens_are_the_accounts_and_go_when_nobody_can_need_them() {
    let database = fresh_database().await;
    let store = database.store();
    let account = |digit: char| AccountId::parse(&digit.to_string().repeat(12)).unwrap();
    let key = |digit, kid: &str, created| OpenIdKeyRow {
        account: account(digit),
        kid: kid.into(),
        algorithm: "RS512".into(),
        sealed: vec![9],
        jwk: "{}".into(),
        created: Time::from_secs(created),
        not_before: Time::from_secs(created + 1),
        retired: None,
    };
    let keys = [key('1', "a", 20), key('1', "b", 10), key('2', "b", 30)];
    let (one, two) = (account('1'), account('2'));
    let (mine, theirs) = write!(store, |tx, keys, one, two| {
        for key in keys {
            tx.openid_keys().insert(key).await?;
        }
        assert!(tx.openid_keys().retire(one, "b", Time::from_secs(30)).await?);
        assert!(!tx.openid_keys().retire(one, "b", Time::from_secs(40)).await?, "the first moment stays");
        assert!(!tx.openid_keys().retire(two, "a", Time::from_secs(40)).await?, "another account's");
        (tx.openid_keys().list(one).await?, tx.openid_keys().list(two).await?)
    });
    assert_eq!(mine, [OpenIdKeyRow { retired: Some(Time::from_secs(30)), ..key('1', "b", 10) }, key('1', "a", 20)]);
    assert_eq!(theirs, [key('2', "b", 30)]);
    // As long as a token lives, and a while for clocks.
    let gone = Time::from_secs(30 + 26 * 3600);
    assert_eq!(store.sweep(gone - std::time::Duration::from_secs(1), 10).await.unwrap(), 0);
    assert_eq!(store.sweep(gone, 10).await.unwrap(), 1);
    let (one, two) = (account('1'), account('2'));
    let left = read!(store, |tx, one| tx.openid_keys().list(one).await?);
    assert_eq!(left.len(), 1, "{left:?}");
    let one = account('1');
    let changed = write!(store, |tx, one, two| {
        tx.openid_keys().retire(one, "a", Time::from_secs(50)).await?;
        assert!(tx.openid_keys().unretire(one, "a").await? && tx.openid_keys().bring_forward(one, "a").await?);
        assert!(tx.openid_keys().delete(two, "b").await? && !tx.openid_keys().delete(two, "b").await?);
        tx.openid_keys().list(one).await?
    });
    assert_eq!(changed, [OpenIdKeyRow { not_before: Time::default(), ..key('1', "a", 20) }]);
}
