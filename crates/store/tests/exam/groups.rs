//! Groups and who is in them.

use crate::given;
use kernel::{Time, UserPoolId};
use model::{Group, Membership, Refusal};
use store::testing::fresh_database;
use store::{Store, work};
use uuid::Uuid;

#[tokio::test]
async fn a_group_comes_back_as_written_and_its_name_is_one_groups() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        let (pool, group) = (given::pool_id(), given::group(1));
        assert!(tx.groups().insert(&group).await?);
        assert!(!tx.groups().insert(&Group { id: Uuid::from_u128(9), ..group.clone() }).await?, "the name is taken");
        assert_eq!(tx.groups().get(&pool, "group0001").await?, Some(group.clone()));
        assert_eq!(tx.groups().get(&pool, "Group0001").await?, None, "case counts");
        assert_eq!(tx.groups().get(&pool, "group\0").await?, None);
        let elsewhere = UserPoolId::parse("eu-west-1_other").unwrap();
        assert_eq!(tx.groups().get(&elsewhere, "group0001").await?, None);
        let bare = Group { description: None, role_arn: None, precedence: None, ..group };
        assert!(tx.groups().save(&Group { modified: Time::from_secs(300), ..bare.clone() }).await?);
        let found = tx.groups().get(&pool, "group0001").await?.unwrap();
        assert_eq!(found, Group { modified: Time::from_secs(300), ..bare.clone() });
        assert!(!tx.groups().save(&Group { name: "nobody".into(), ..bare }).await?);
        assert!(tx.groups().delete(&pool, "group0001", Time::from_secs(1)).await?);
        assert!(!tx.groups().delete(&pool, "group0001", Time::from_secs(1)).await?);
        assert!(!tx.groups().delete(&pool, "group\0", Time::from_secs(1)).await?);
    });
    for locked in [false, true] {
        let refusal = store
            .write(work!(|tx, locked| -> Refusal {
                let (pool, name) = (given::pool_id(), "group0001");
                if *locked {
                    tx.groups().require_for_update(&pool, name).await
                } else {
                    tx.groups().require(&pool, name).await
                }
            }))
            .await;
        assert!(matches!(refusal, Err(Refusal::NoSuchGroup)));
    }
}

async fn people_in(store: &Store, group: Group, limit: u32) -> Vec<String> {
    let mut seen = Vec::<String>::new();
    loop {
        let (after, asked) = (seen.last().cloned().unwrap_or_default(), group.clone());
        let page = read!(store, |tx, asked, after, limit| tx.users().list_in_group(asked, after, *limit).await?);
        seen.extend(page.items.iter().map(|user| user.sub.to_string()));
        if !page.more {
            return seen;
        }
    }
}

#[tokio::test]
async fn up_41_groups_and_their_people_are_listed_each_once_on_pages_of_any_size() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        for n in 1..=5 {
            tx.groups().insert(&given::group(n)).await?;
            tx.users().insert(&given::user(n)).await?;
            assert!(tx.groups().join(&given::group(1), &given::sub(n)).await?);
            assert!(!tx.groups().join(&given::group(1), &given::sub(n)).await?, "in it already");
        }
        tx.groups().join(&given::group(2), &given::sub(3)).await?;
        assert_eq!(tx.groups().get_count(&given::pool_id()).await?, 5);
        assert_eq!(tx.groups().get_count_of(&given::pool_id(), &given::sub(3)).await?, 2);
    });
    for limit in [1, 2, 60] {
        let all: Vec<String> = (1..=5).map(|n| given::sub(n).to_string()).collect();
        assert_eq!(people_in(&store, given::group(1), limit).await, all);
        assert_eq!(people_in(&store, given::group(2), limit).await, [given::sub(3).to_string()]);
        assert!(people_in(&store, given::group(3), limit).await.is_empty());
        let mut seen = Vec::<String>::new();
        loop {
            let after = seen.last().cloned().unwrap_or_default();
            let page = read!(store, |tx, after, limit| tx.groups().list(&given::pool_id(), after, *limit).await?);
            seen.extend(page.items.iter().map(|group| group.name.clone()));
            if !page.more {
                break;
            }
        }
        assert_eq!(seen, ["group0001", "group0002", "group0003", "group0004", "group0005"]);
    }
}

#[tokio::test]
async fn a_group_made_anew_has_none_of_the_old_ones_people() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        let (pool, sub) = (given::pool_id(), given::sub(1));
        tx.users().insert(&given::user(1)).await?;
        for n in 1..=2 {
            tx.groups().insert(&given::group(n)).await?;
            tx.groups().join(&given::group(n), &sub).await?;
        }
        tx.groups().delete(&pool, "group0001", Time::from_secs(1)).await?;
        let anew = Group { id: Uuid::from_u128(77), ..given::group(1) };
        assert!(tx.groups().insert(&anew).await?);
        let names: Vec<String> = tx.groups().list_of(&pool, &sub).await?.into_iter().map(|g| g.name).collect();
        assert_eq!(names, ["group0002"]);
        assert_eq!(tx.groups().get_count_of(&pool, &sub).await?, 1);
        assert_eq!(tx.groups().get_membership(&pool, &sub).await?.groups, ["group0002"]);
        assert!(tx.users().list_in_group(&anew, "", 9).await?.items.is_empty());
    });
}

#[tokio::test]
async fn tk_07_a_persons_groups_are_read_with_what_their_tokens_tell() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        let (pool, sub) = (given::pool_id(), given::sub(1));
        assert_eq!(tx.groups().get_membership(&pool, &sub).await?, Membership::default());
        let silent = Group { role_arn: None, precedence: None, ..given::group(3) };
        for group in [&silent, &given::group(2), &given::group(1)] {
            tx.groups().insert(group).await?;
            tx.groups().join(group, &sub).await?;
        }
        let told = tx.groups().get_membership(&pool, &sub).await?;
        assert_eq!(told.groups, ["group0001", "group0002", "group0003"]);
        let role = |n: u32| given::group(n).role_arn.unwrap();
        assert_eq!(told.roles, [role(1), role(2)]);
        assert_eq!(told.preferred_role, Some(role(1)));
        assert_eq!(tx.groups().list_of(&pool, &sub).await?, [given::group(1), given::group(2), silent]);
        assert!(tx.groups().leave(&given::group(1), &sub).await?);
        assert!(!tx.groups().leave(&given::group(1), &sub).await?);
        assert_eq!(tx.groups().get_membership(&pool, &sub).await?.preferred_role, Some(role(2)));
        assert!(tx.groups().list_of(&pool, &given::sub(2)).await?.is_empty());
    });
}
