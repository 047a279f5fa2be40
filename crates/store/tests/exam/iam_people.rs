//! Users, groups, roles and the keys of users.

use kernel::{AccountId, Time};
use model::{AccessKey, AccessKeyStatus, AccessKeyUse, IamGroup, IamRole, IamUser};
use store::testing::fresh_database;
use store::{StoreError, work};

pub fn account() -> AccountId {
    AccountId::parse("123456789012").unwrap()
}

fn elsewhere() -> AccountId {
    AccountId::parse("999999999999").unwrap()
}

pub fn user(n: u32) -> IamUser {
    IamUser {
        id: format!("AIDA{n:017}"),
        account: account(),
        name: format!("User{n}"),
        path: if n.is_multiple_of(2) { "/even/".into() } else { "/".into() },
        created: Time::from_secs(100),
        boundary: None,
        tags: vec![("team".into(), "späť".into())],
        generation: 0,
    }
}

pub fn group(n: u32) -> IamGroup {
    IamGroup {
        id: format!("AGPA{n:017}"),
        account: account(),
        name: format!("Group{n}"),
        path: if n.is_multiple_of(2) { "/even/".into() } else { "/".into() },
        created: Time::from_secs(100),
    }
}

pub fn role(n: u32) -> IamRole {
    IamRole {
        id: format!("AROA{n:017}"),
        account: account(),
        name: format!("Role{n}"),
        path: if n.is_multiple_of(2) { "/even/".into() } else { "/".into() },
        description: Some("what for".into()),
        trust: "{ \"Version\":\t\"2012-10-17\" }".into(),
        trust_ids: vec![("arn:aws:iam::123456789012:user/a".into(), "AIDAa".into())],
        max_session_secs: 3600,
        created: Time::from_secs(100),
        boundary: None,
        tags: Vec::new(),
        generation: 0,
        last_used: None,
    }
}

#[tokio::test]
async fn a_user_comes_back_as_written_and_its_name_is_one_users_whatever_the_case() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        let (here, one) = (account(), user(1));
        assert!(tx.iam_users().insert(&one).await?);
        assert!(!tx.iam_users().insert(&IamUser { name: "uSER1".into(), ..user(2) }).await?, "the name is taken");
        assert_eq!(tx.iam_users().get(&here, "User1").await?, Some(one.clone()));
        assert_eq!(tx.iam_users().get_for_update(&here, "User1").await?, Some(one.clone()));
        assert_eq!(tx.iam_users().get_by_id(&here, &one.id).await?, Some(one.clone()));
        assert_eq!(tx.iam_users().get(&here, "user1").await?, None, "found under its own spelling only");
        assert_eq!(tx.iam_users().get(&here, "User\0").await?, None);
        assert_eq!(tx.iam_users().get(&elsewhere(), "User1").await?, None);
        assert_eq!(tx.iam_users().get_by_id(&elsewhere(), &one.id).await?, None);
        assert!(tx.iam_users().is_taken(&here, "USER1", "AIDAsomebody").await?);
        assert!(!tx.iam_users().is_taken(&here, "USER1", &one.id).await?, "one's own name is free");
        let renamed = IamUser { name: "Ana".into(), boundary: Some("arn:b".into()), generation: 4, ..one.clone() };
        assert!(tx.iam_users().save(&renamed).await?);
        assert_eq!(tx.iam_users().get(&here, "Ana").await?, Some(renamed.clone()));
        assert_eq!(tx.iam_users().get(&here, "User1").await?, None);
        assert!(tx.iam_users().insert(&IamUser { id: "AIDAanew".into(), ..one }).await?, "the old name is free");
        assert!(tx.iam_users().end_sessions(&here, &renamed.id).await?);
        assert_eq!(tx.iam_users().get(&here, "Ana").await?, Some(IamUser { generation: 5, ..renamed.clone() }));
        assert!(!tx.iam_users().end_sessions(&elsewhere(), &renamed.id).await?);
        assert!(tx.iam_users().delete(&here, &renamed.id).await?);
        assert!(!tx.iam_users().delete(&here, &renamed.id).await?);
        assert!(!tx.iam_users().save(&renamed).await?);
    });
    let clash = IamUser { name: "user1".into(), ..user(7) };
    write!(store, |tx| tx.iam_users().insert(&user(7)).await?);
    let outcome = store.write(work!(|tx, clash| -> StoreError { tx.iam_users().save(clash).await })).await;
    assert!(matches!(outcome, Err(StoreError::Taken(_))));
}

#[tokio::test]
async fn users_groups_and_roles_are_listed_each_once_below_a_path_on_pages_of_any_size() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        for n in 1..=5 {
            assert!(tx.iam_users().insert(&user(n)).await?);
            assert!(tx.iam_groups().insert(&group(n)).await?);
            assert!(tx.iam_roles().insert(&role(n)).await?);
        }
        assert_eq!(tx.iam_users().get_count(&account()).await?, 5);
        assert_eq!(tx.iam_groups().get_count(&account()).await?, 5);
        assert_eq!(tx.iam_roles().get_count(&account()).await?, 5);
        assert_eq!(tx.iam_roles().get_count(&elsewhere()).await?, 0);
    });
    for (prefix, all) in [("/", vec![1, 2, 3, 4, 5]), ("/even/", vec![2, 4]), ("/ev", vec![2, 4]), ("/odd/", vec![])] {
        for limit in [1, 2, 60] {
            let (mut users, mut groups, mut roles) = (Vec::<String>::new(), Vec::<String>::new(), Vec::<String>::new());
            loop {
                let last = |seen: &Vec<String>| seen.last().map(|name| name.to_lowercase()).unwrap_or_default();
                let (u, g, r) = (last(&users), last(&groups), last(&roles));
                let (u, g, r) = read!(store, |tx, u, g, r, prefix, limit| (
                    tx.iam_users().list(&account(), prefix, u, *limit).await?,
                    tx.iam_groups().list(&account(), prefix, g, *limit).await?,
                    tx.iam_roles().list(&account(), prefix, r, *limit).await?,
                ));
                users.extend(u.items.into_iter().map(|user| user.name));
                groups.extend(g.items.into_iter().map(|group| group.name));
                roles.extend(r.items.into_iter().map(|role| role.name));
                assert!(u.more == g.more && g.more == r.more);
                if !u.more {
                    break;
                }
            }
            assert_eq!(users, all.iter().map(|n| format!("User{n}")).collect::<Vec<_>>(), "{prefix} {limit}");
            assert_eq!(groups, all.iter().map(|n| format!("Group{n}")).collect::<Vec<_>>(), "{prefix} {limit}");
            assert_eq!(roles, all.iter().map(|n| format!("Role{n}")).collect::<Vec<_>>(), "{prefix} {limit}");
        }
    }
}

#[tokio::test]
async fn a_role_comes_back_as_written_and_its_use_is_noted_once_a_minute() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        let (here, one) = (account(), role(1));
        assert!(tx.iam_roles().insert(&one).await?);
        assert!(!tx.iam_roles().insert(&IamRole { name: "ROLE1".into(), ..role(2) }).await?);
        assert_eq!(tx.iam_roles().get(&here, "Role1").await?, Some(one.clone()));
        assert_eq!(tx.iam_roles().get_for_update(&here, "Role1").await?, Some(one.clone()));
        assert_eq!(tx.iam_roles().get_by_id(&here, &one.id).await?, Some(one.clone()));
        assert_eq!(tx.iam_roles().get(&here, "role1").await?, None);
        assert_eq!(tx.iam_roles().get(&here, "\0").await?, None);
        let changed = IamRole {
            description: None,
            trust: "{}".into(),
            trust_ids: Vec::new(),
            max_session_secs: 43_200,
            boundary: Some("arn:b".into()),
            tags: vec![("k".into(), "v".into())],
            generation: 2,
            ..one.clone()
        };
        assert!(tx.iam_roles().save(&changed).await?);
        assert_eq!(tx.iam_roles().get(&here, "Role1").await?, Some(changed.clone()));
        let note = |secs| Time::from_secs(secs);
        assert!(tx.iam_role_uses().note(&here, &one.id, note(1_000), "eu-west-1").await?);
        assert!(!tx.iam_role_uses().note(&here, &one.id, note(1_059), "us-east-1").await?, "within the minute");
        assert!(!tx.iam_role_uses().note(&here, &one.id, note(900), "us-east-1").await?, "an older one");
        let used = tx.iam_roles().get(&here, "Role1").await?.unwrap().last_used;
        assert_eq!(used, Some((note(1_000), "eu-west-1".to_owned())));
        assert!(tx.iam_role_uses().note(&here, &one.id, note(1_060), "us-east-1").await?);
        let used = tx.iam_roles().list(&here, "/", "", 9).await?.items[0].last_used.clone();
        assert_eq!(used, Some((note(1_060), "us-east-1".to_owned())));
        assert!(tx.iam_roles().end_sessions(&here, &one.id).await?);
        assert_eq!(tx.iam_roles().get(&here, "Role1").await?.unwrap().generation, changed.generation + 1);
        assert!(!tx.iam_roles().end_sessions(&elsewhere(), &one.id).await?);
        assert!(tx.iam_roles().delete(&here, &one.id).await?);
        assert!(!tx.iam_roles().delete(&here, &one.id).await?);
        assert!(!tx.iam_roles().save(&changed).await?);
    });
}

#[tokio::test]
async fn a_group_has_its_users_and_a_user_its_groups() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        let here = account();
        for n in 1..=3 {
            tx.iam_users().insert(&user(n)).await?;
            assert!(tx.iam_groups().insert(&group(n)).await?);
        }
        assert!(!tx.iam_groups().insert(&IamGroup { id: "AGPAx".into(), ..group(1) }).await?);
        assert_eq!(tx.iam_groups().get(&here, "Group1").await?, Some(group(1)));
        assert_eq!(tx.iam_groups().get_for_update(&here, "Group1").await?, Some(group(1)));
        assert_eq!(tx.iam_groups().get(&here, "group1").await?, None);
        assert!(tx.iam_groups().is_taken(&here, "GROUP1", &group(2).id).await?);
        assert!(!tx.iam_groups().is_taken(&here, "GROUP1", &group(1).id).await?);
        for n in 1..=3 {
            assert!(tx.iam_groups().join(&here, &user(n).id, &group(1).id).await?);
        }
        assert!(!tx.iam_groups().join(&here, &user(1).id, &group(1).id).await?, "in it already");
        assert!(tx.iam_groups().join(&here, &user(1).id, &group(2).id).await?);
        assert_eq!(tx.iam_groups().list_of(&here, &user(1).id).await?, [group(1), group(2)]);
        assert!(tx.iam_groups().list_of(&elsewhere(), &user(1).id).await?.is_empty());
        let page = tx.iam_groups().list_members(&here, &group(1).id, "", 2).await?;
        assert_eq!((page.items, page.more), (vec![user(1).id, user(2).id], true));
        let page = tx.iam_groups().list_members(&here, &group(1).id, &user(2).id, 2).await?;
        assert_eq!((page.items, page.more), (vec![user(3).id], false));
        assert!(tx.iam_groups().leave(&here, &user(1).id, &group(1).id).await?);
        assert!(!tx.iam_groups().leave(&here, &user(1).id, &group(1).id).await?);
        let renamed = IamGroup { name: "staff".into(), path: "/x/".into(), ..group(2) };
        assert!(tx.iam_groups().save(&renamed).await?);
        assert_eq!(tx.iam_groups().list_of(&here, &user(1).id).await?, [renamed], "the members stay");
        assert!(tx.iam_groups().delete(&here, &group(3).id).await?);
        assert!(!tx.iam_groups().delete(&here, &group(3).id).await?);
        assert!(!tx.iam_groups().save(&group(3)).await?);
    });
}

fn key(id: &str, principal: &str) -> AccessKey {
    AccessKey {
        id: id.into(),
        principal: principal.into(),
        label: String::new(),
        sealed_secret: vec![7; 40],
        status: AccessKeyStatus::Active,
        created: Time::from_secs(5),
    }
}

#[tokio::test]
async fn a_users_keys_are_switched_and_ended() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        let (ana, ben) = (user(1).id, user(2).id);
        for (id, whose) in [("AKIA1", &ana), ("AKIA2", &ana), ("AKIA3", &ben)] {
            tx.access_keys().insert(&key(id, whose)).await?;
        }
        assert!(tx.access_keys().switch(&ana, "AKIA1", false).await?);
        assert!(!tx.access_keys().switch(&ana, "AKIA3", false).await?, "somebody else's");
        assert!(!tx.access_keys().switch(&ana, "AKIA\0", false).await?);
        let listed = tx.access_keys().list_of(&ana).await?;
        let told: Vec<_> = listed.iter().map(|key| (key.id.as_str(), key.status)).collect();
        assert_eq!(told, [("AKIA1", AccessKeyStatus::Inactive), ("AKIA2", AccessKeyStatus::Active)]);
        assert!(tx.access_keys().switch(&ana, "AKIA1", true).await?);
        assert_eq!(tx.access_keys().get("AKIA1").await?.unwrap().status, AccessKeyStatus::Active);
        assert!(tx.access_keys().switch(&ana, "AKIA1", false).await?);
        assert!(tx.access_keys().end("AKIA1").await?, "a key that is switched off can be ended");
        assert!(!tx.access_keys().switch(&ana, "AKIA1", true).await?, "and is not switched on again");
        assert_eq!(tx.access_keys().list_of(&ana).await?.len(), 1);
        assert_eq!(tx.access_keys().list_of(&ben).await?.len(), 1, "nobody else's");
    });
}

#[tokio::test]
async fn a_keys_use_is_noted_once_a_minute() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        let used = |secs, service: &str| AccessKeyUse {
            at: Time::from_secs(secs),
            service: service.into(),
            region: "eu-west-1".into(),
        };
        assert_eq!(tx.access_keys().get_use("AKIA1").await?, None);
        assert!(tx.access_keys().note_use("AKIA1", &used(1_000, "iam")).await?);
        assert!(!tx.access_keys().note_use("AKIA1", &used(1_059, "sts")).await?);
        assert_eq!(tx.access_keys().get_use("AKIA1").await?, Some(used(1_000, "iam")));
        assert!(tx.access_keys().note_use("AKIA1", &used(1_060, "sts")).await?);
        assert_eq!(tx.access_keys().get_use("AKIA1").await?, Some(used(1_060, "sts")));
    });
}
