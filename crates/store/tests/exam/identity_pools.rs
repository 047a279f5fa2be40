//! Identity pools.

use kernel::{AccountId, IdentityPoolId, Region, Time};
use model::{
    Ambiguous, IdentityPool, MappingKind, MatchType, PoolRoles, Providers, RoleMapping, Rule, TagMap, UserPoolProvider,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::StoreError;
use store::testing::fresh_database;

pub fn account() -> AccountId {
    AccountId::parse("123456789012").unwrap()
}

pub fn pool_id(n: u32) -> IdentityPoolId {
    IdentityPoolId::parse(&format!("eu-west-1:{n:08x}-0000-4000-8000-000000000000")).unwrap()
}

/// A pool in which everything is set, so that whatever a row forgets is noticed.
pub fn pool(n: u32) -> IdentityPool {
    let text = |text: &str| text.to_owned();
    let rule =
        Rule { claim: text("dept"), match_type: MatchType::StartsWith, value: text("spä\0t"), role_arn: text("r1") };
    let mappings = [
        ("accounts.google.com", MappingKind::Rules(vec![rule]), Ambiguous::Deny),
        ("x:web", MappingKind::Token, Ambiguous::AuthenticatedRole),
    ];
    let mapping = |(key, kind, ambiguous): (&str, _, _)| (text(key), RoleMapping { kind, ambiguous });
    IdentityPool {
        id: pool_id(n),
        account: account(),
        name: format!("pool {n}"),
        guests: true,
        classic: true,
        developer_provider: Some(text("login.example")),
        providers: Providers {
            user_pools: vec![UserPoolProvider { name: text("x"), client_id: text("web"), server_side_check: true }],
            social: BTreeMap::from([(text("accounts.google.com"), text("app"))]),
            oidc: vec![text("arn:aws:iam::123456789012:oidc-provider/x")],
            saml: vec![text("arn:aws:iam::123456789012:saml-provider/y")],
        },
        roles: PoolRoles {
            authenticated: Some(text("auth")),
            unauthenticated: Some(text("guest")),
            mappings: mappings.into_iter().map(mapping).collect(),
        },
        tag_maps: BTreeMap::from([(
            text("accounts.google.com"),
            TagMap { defaults: true, tags: BTreeMap::from([(text("k"), text("c"))]) },
        )]),
        tags: BTreeMap::from([(text("team"), text("späť"))]),
        created: Time::from_secs(100),
        updated: Time::from_secs(200),
        version: 1,
    }
}

#[tokio::test]
async fn id_01_a_pool_comes_back_as_it_was_written() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        let full = pool(1);
        let bare = IdentityPool {
            guests: false,
            classic: false,
            developer_provider: None,
            providers: Providers::default(),
            roles: PoolRoles::default(),
            tag_maps: BTreeMap::new(),
            tags: BTreeMap::new(),
            ..pool(2)
        };
        for pool in [&full, &bare] {
            tx.identity_pools().insert(pool).await?;
            assert_eq!(tx.identity_pools().get(&pool.id).await?.as_ref(), Some(pool));
            assert_eq!(tx.identity_pools().get_for_update(&pool.id).await?.as_ref(), Some(pool));
        }
        assert_eq!(tx.identity_pools().get(&pool_id(3)).await?, None);
    });
    let twice = store.write(store::work!(|tx| -> StoreError { tx.identity_pools().insert(&pool(1)).await })).await;
    assert!(matches!(twice, Err(StoreError::Taken(_))), "{twice:?}");
}

#[tokio::test]
async fn id_03_a_writer_that_read_an_older_pool_changes_nothing() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        tx.identity_pools().insert(&pool(1)).await?;
        let renamed = IdentityPool { name: "renamed".into(), updated: Time::from_secs(300), guests: false, ..pool(1) };
        assert!(tx.identity_pools().update(&renamed).await?);
        assert!(!tx.identity_pools().update(&pool(1)).await?, "it was at the first version");
        let found = tx.identity_pools().get(&pool_id(1)).await?.unwrap();
        assert_eq!(found, IdentityPool { version: 2, ..renamed });
        assert!(tx.identity_pools().update(&found).await?);
        assert!(!tx.identity_pools().update(&pool(9)).await?, "not there");
    });
}

#[tokio::test]
async fn id_04_pools_are_listed_by_id_in_pages_each_region_and_account_by_itself() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        for n in 1..=5 {
            tx.identity_pools().insert(&pool(n)).await?;
        }
        let id = IdentityPoolId::parse("us-east-1:0a").unwrap();
        tx.identity_pools().insert(&IdentityPool { id, ..pool(0) }).await?;
        let id = IdentityPoolId::parse("eu-west-1:0b").unwrap();
        let foreign = AccountId::parse("999999999999").unwrap();
        tx.identity_pools().insert(&IdentityPool { id, account: foreign, ..pool(0) }).await?;
    });
    for limit in [1, 2, 5, 60] {
        let mut seen: Vec<String> = Vec::new();
        loop {
            let after = seen.last().cloned();
            let page = read!(store, |tx, after, limit| {
                let region = Region::parse("eu-west-1").unwrap();
                tx.identity_pools().list(&account(), &region, after.as_deref(), *limit).await?
            });
            assert!(page.items.len() <= limit as usize);
            seen.extend(page.items.iter().map(|pool| pool.id.to_string()));
            if !page.more {
                break;
            }
        }
        assert_eq!(seen, (1..=5).map(|n| pool_id(n).to_string()).collect::<Vec<_>>(), "pages of {limit}");
    }
    let count =
        read!(store, |tx| tx.identity_pools().get_count(&account(), &Region::parse("eu-west-1").unwrap()).await?);
    assert_eq!(count, 5);
}

#[tokio::test]
async fn a_pool_is_read_once_a_second_and_a_change_is_seen_at_once_where_it_was_made() {
    let database = fresh_database().await;
    let store = database.store();
    assert!(store.identity_pool(&pool_id(1)).await.unwrap().is_none());
    write!(store, |tx| tx.identity_pools().insert(&pool(1)).await?);
    let (first, again) =
        (store.identity_pool(&pool_id(1)).await.unwrap(), store.identity_pool(&pool_id(1)).await.unwrap());
    assert!(Arc::ptr_eq(&first.unwrap(), &again.unwrap()), "read once");
    write!(store, |tx| {
        let known = tx.identity_pools().get(&pool_id(1)).await?.unwrap();
        tx.identity_pools().update(&IdentityPool { guests: false, ..known }).await?
    });
    assert!(!store.identity_pool(&pool_id(1)).await.unwrap().unwrap().guests);
    write!(store, |tx| assert!(tx.identity_pools().delete(&pool_id(1)).await?));
    assert!(store.identity_pool(&pool_id(1)).await.unwrap().is_none());
    write!(store, |tx| assert!(!tx.identity_pools().delete(&pool_id(1)).await?, "gone already"));
}
