//! Managed and inline policies, whom they are attached to, what a principal is granted, and providers.

use crate::iam_people::{account, group, role, user};
use kernel::{AccountId, Time};
use model::{BUILT_IN, IamRole, IamUser, ManagedPolicy, OidcProvider, Owner, PolicyVersion, SamlProvider};
use store::testing::fresh_database;
use store::{EntityFilter, PolicyFilter};

fn elsewhere() -> AccountId {
    AccountId::parse("999999999999").unwrap()
}

fn policy(n: u32) -> ManagedPolicy {
    ManagedPolicy {
        id: format!("ANPA{n:017}"),
        account: account(),
        name: format!("Policy{n}"),
        path: if n.is_multiple_of(2) { "/even/".into() } else { "/".into() },
        description: Some("any\0text".into()),
        default_version: 1,
        newest_version: 1,
        created: Time::from_secs(100),
        updated: Time::from_secs(100),
        tags: vec![("k".into(), "v".into())],
    }
}

fn version(number: i64) -> PolicyVersion {
    PolicyVersion { number, document: format!("{{ \"v\": {number} }}\n"), created: Time::from_secs(100 + number) }
}

#[tokio::test]
async fn a_policy_comes_back_as_written_with_its_versions_newest_first() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        let (here, one) = (account(), policy(1));
        assert!(tx.iam_policies().insert(&one).await?);
        let clash = ManagedPolicy { name: "POLICY1".into(), path: "/x/".into(), ..policy(2) };
        assert!(!tx.iam_policies().insert(&clash).await?, "one name, whatever the path");
        assert_eq!(tx.iam_policies().get(&here, &one.arn()).await?, Some(one.clone()));
        assert_eq!(tx.iam_policies().get_for_update(&here, &one.arn()).await?, Some(one.clone()));
        assert_eq!(tx.iam_policies().get(&here, &one.arn().to_lowercase()).await?, None);
        assert_eq!(tx.iam_policies().get(&here, "arn:\0").await?, None);
        assert_eq!(tx.iam_policies().get(&elsewhere(), &one.arn()).await?, None);
        for number in [1, 2, 10] {
            tx.iam_policies().insert_version(&one, &version(number)).await?;
        }
        assert_eq!(tx.iam_policies().get_version_count(&here).await?, 3);
        assert_eq!(tx.iam_policies().list_versions(&one).await?, [version(10), version(2), version(1)]);
        assert_eq!(tx.iam_policies().get_version(&one, 2).await?, Some(version(2)));
        assert!(tx.iam_policies().delete_version(&one, 2).await?);
        assert!(!tx.iam_policies().delete_version(&one, 2).await?);
        assert_eq!(tx.iam_policies().get_version(&one, 2).await?, None);
        let changed = ManagedPolicy {
            default_version: 10,
            newest_version: 10,
            updated: Time::from_secs(300),
            tags: Vec::new(),
            ..one.clone()
        };
        assert!(tx.iam_policies().save(&changed).await?);
        assert_eq!(tx.iam_policies().get(&here, &one.arn()).await?, Some(changed.clone()));
        assert_eq!(tx.iam_grants().get_document(&here, &one.arn()).await?, Some(version(10).document));
        assert_eq!(tx.iam_policies().get_count(&here).await?, 1);
        assert!(tx.iam_policies().delete(&one).await?);
        assert!(!tx.iam_policies().delete(&one).await?);
        assert!(!tx.iam_policies().save(&changed).await?);
        assert!(tx.iam_policies().list_versions(&one).await?.is_empty(), "the versions go with it");
        assert_eq!(tx.iam_grants().get_document(&here, &one.arn()).await?, None);
    });
}

fn everything(prefix: &str) -> PolicyFilter {
    PolicyFilter { prefix: prefix.into(), attached: false, bounding: false }
}

#[tokio::test]
async fn policies_are_listed_by_path_and_by_their_use() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        let here = account();
        for n in 1..=4 {
            tx.iam_policies().insert(&policy(n)).await?;
        }
        let page = tx.iam_policies().list(&here, &everything("/"), "", 3).await?;
        assert_eq!((page.items, page.more), (vec![policy(1), policy(2), policy(3)], true));
        let page = tx.iam_policies().list(&here, &everything("/"), "policy3", 3).await?;
        assert_eq!((page.items, page.more), (vec![policy(4)], false));
        assert_eq!(tx.iam_policies().list(&here, &everything("/even/"), "", 9).await?.items, [policy(2), policy(4)]);
        let owner = Owner::Role(role(1).id);
        tx.iam_attachments().attach(&here, &owner, &policy(2).arn()).await?;
        let attached = PolicyFilter { attached: true, ..everything("/") };
        assert_eq!(tx.iam_policies().list(&here, &attached, "", 9).await?.items, [policy(2)]);
        let bounding = PolicyFilter { bounding: true, ..everything("/") };
        assert!(tx.iam_policies().list(&here, &bounding, "", 9).await?.items.is_empty());
        tx.iam_roles().insert(&IamRole { boundary: Some(policy(3).arn()), ..role(1) }).await?;
        tx.iam_users().insert(&IamUser { boundary: Some(policy(1).arn()), ..user(1) }).await?;
        assert_eq!(tx.iam_policies().list(&here, &bounding, "", 9).await?.items, [policy(1), policy(3)]);
    });
}

#[tokio::test]
async fn inline_policies_are_put_over_each_other_and_listed_by_name() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        let (here, owner, other) = (account(), Owner::Role(role(1).id), Owner::User(user(1).id));
        for (name, document) in [("b", "{1}"), ("a", "{2}"), ("b", "{3}")] {
            tx.iam_inline().put(&here, &owner, name, document).await?;
        }
        assert_eq!(tx.iam_inline().get(&here, &owner, "b").await?.as_deref(), Some("{3}"));
        assert_eq!(tx.iam_inline().get(&here, &owner, "B").await?, None);
        assert_eq!(tx.iam_inline().get(&here, &owner, "\0").await?, None);
        assert_eq!(tx.iam_inline().get(&here, &other, "b").await?, None);
        let pair = |name: &str, document: &str| (name.to_owned(), document.to_owned());
        assert_eq!(tx.iam_inline().list(&here, &owner).await?, [pair("a", "{2}"), pair("b", "{3}")]);
        assert!(tx.iam_inline().delete(&here, &owner, "a").await?);
        assert!(!tx.iam_inline().delete(&here, &owner, "a").await?);
        assert!(!tx.iam_inline().delete(&here, &owner, "\0").await?);
        assert!(!tx.iam_inline().delete(&here, &other, "b").await?);
    });
}

fn anybody() -> EntityFilter {
    EntityFilter { prefix: "/".into(), attached: true, bounded: true, users: true, groups: true, roles: true }
}

#[tokio::test]
async fn attachments_are_listed_from_both_ends() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        let (here, arn) = (account(), policy(1).arn());
        tx.iam_users().insert(&user(1)).await?;
        tx.iam_users().insert(&IamUser { boundary: Some(arn.clone()), ..user(2) }).await?;
        tx.iam_groups().insert(&group(1)).await?;
        tx.iam_roles().insert(&IamRole { boundary: Some(arn.clone()), ..role(2) }).await?;
        let owners = [Owner::User(user(1).id), Owner::Group(group(1).id), Owner::Role(role(2).id)];
        for owner in &owners {
            assert!(tx.iam_attachments().attach(&here, owner, &arn).await?);
            assert!(!tx.iam_attachments().attach(&here, owner, &arn).await?, "attached already");
        }
        tx.iam_attachments().attach(&here, &owners[0], &policy(2).arn()).await?;
        assert_eq!(tx.iam_attachments().list(&here, &owners[0]).await?, [policy(1).arn(), policy(2).arn()]);
        assert_eq!(tx.iam_attachments().get_counts(&here, &arn).await?, (3, 2));
        assert_eq!(tx.iam_attachments().get_counts(&elsewhere(), &arn).await?, (0, 0));

        let names = |page: store::Page<store::Attached>| -> Vec<String> {
            page.items.into_iter().map(|found| format!("{} {}", &found.owner.id()[..4], found.name)).collect()
        };
        let all = ["AGPA Group1", "AIDA User1", "AIDA User2", "AROA Role2"];
        assert_eq!(names(tx.iam_attachments().list_entities(&here, &arn, &anybody(), "", 9).await?), all);
        let page = tx.iam_attachments().list_entities(&here, &arn, &anybody(), &user(1).id, 1).await?;
        assert!(page.more);
        assert_eq!(names(page), ["AIDA User2"]);
        for (filter, expected) in [
            (EntityFilter { bounded: false, ..anybody() }, vec!["AGPA Group1", "AIDA User1", "AROA Role2"]),
            (EntityFilter { attached: false, ..anybody() }, vec!["AIDA User2", "AROA Role2"]),
            (EntityFilter { prefix: "/even/".into(), ..anybody() }, vec!["AIDA User2", "AROA Role2"]),
            (EntityFilter { users: false, roles: false, ..anybody() }, vec!["AGPA Group1"]),
            (EntityFilter { users: false, groups: false, ..anybody() }, vec!["AROA Role2"]),
        ] {
            assert_eq!(names(tx.iam_attachments().list_entities(&here, &arn, &filter, "", 9).await?), expected);
        }
        assert!(tx.iam_attachments().detach(&here, &owners[0], &arn).await?);
        assert!(!tx.iam_attachments().detach(&here, &owners[0], &arn).await?);
        assert!(!tx.iam_attachments().detach(&here, &owners[0], "arn:\0").await?);
    });
}

#[tokio::test]
async fn a_users_grants_are_its_own_and_its_groups() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        let here = account();
        assert_eq!(tx.iam_grants().of_user(&here, &user(1).id).await?, None);
        tx.iam_users().insert(&IamUser { boundary: Some(policy(2).arn()), generation: 3, ..user(1) }).await?;
        tx.iam_groups().insert(&group(1)).await?;
        tx.iam_groups().insert(&group(2)).await?;
        tx.iam_groups().join(&here, &user(1).id, &group(1).id).await?;
        for n in 1..=2 {
            tx.iam_policies().insert(&ManagedPolicy { default_version: i64::from(n), ..policy(n) }).await?;
            for number in 1..=2 {
                tx.iam_policies().insert_version(&policy(n), &version(number)).await?;
            }
        }
        let (ana, staff, others) = (Owner::User(user(1).id), Owner::Group(group(1).id), Owner::Group(group(2).id));
        tx.iam_inline().put(&here, &ana, "own", "{own}").await?;
        tx.iam_inline().put(&here, &staff, "shared", "{shared}").await?;
        tx.iam_inline().put(&here, &others, "foreign", "{foreign}").await?;
        tx.iam_attachments().attach(&here, &ana, &policy(1).arn()).await?;
        tx.iam_attachments().attach(&here, &staff, &BUILT_IN[0].arn()).await?;
        tx.iam_attachments().attach(&here, &others, &policy(2).arn()).await?;
        let grants = tx.iam_grants().of_user(&here, &user(1).id).await?.unwrap();
        let pair = |name: &str, document: &str| (name.to_owned(), document.to_owned());
        let expected = [
            pair(&BUILT_IN[0].arn(), BUILT_IN[0].document),
            pair("inline:shared", "{shared}"),
            pair(&policy(1).arn(), &version(1).document),
            pair("inline:own", "{own}"),
        ];
        assert_eq!(grants.identity, expected);
        assert_eq!(grants.boundary, Some(pair(&policy(2).arn(), &version(2).document)));
        assert_eq!((grants.arn, grants.name, grants.generation), (user(1).arn(), "User1".to_owned(), 3));
        assert_eq!(grants.tags, user(1).tags);
    });
}

#[tokio::test]
async fn a_roles_grants_are_its_own_and_a_lost_boundary_allows_nothing() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        let here = account();
        assert_eq!(tx.iam_grants().of_role(&here, &role(1).id).await?, None);
        tx.iam_roles().insert(&IamRole { boundary: Some(policy(9).arn()), ..role(1) }).await?;
        let owner = Owner::Role(role(1).id);
        tx.iam_inline().put(&here, &owner, "own", "{own}").await?;
        tx.iam_attachments().attach(&here, &owner, &policy(9).arn()).await?;
        let grants = tx.iam_grants().of_role(&here, &role(1).id).await?.unwrap();
        assert_eq!(grants.identity, [("inline:own".to_owned(), "{own}".to_owned())]);
        assert_eq!(grants.boundary, Some((policy(9).arn(), String::new())));
        assert_eq!((grants.id, grants.arn), (role(1).id, role(1).arn()));
        assert_eq!(tx.iam_grants().of_user(&here, &role(1).id).await?, None, "a role is no user");
        assert_eq!(tx.iam_grants().of_role(&elsewhere(), &role(1).id).await?, None);
    });
}

#[tokio::test]
async fn providers_come_back_as_written() {
    let database = fresh_database().await;
    let store = database.store();
    let oidc = OidcProvider {
        account: account(),
        url: "id.example/a".into(),
        client_ids: vec!["one\0".into(), "two".into()],
        thumbprints: vec!["a".repeat(40)],
        tags: vec![("k".into(), "v".into())],
        created: Time::from_secs(100),
    };
    let saml = SamlProvider {
        account: account(),
        name: "Corp".into(),
        metadata: "<EntityDescriptor/>".into(),
        created: Time::from_secs(100),
        valid_until: Time::from_secs(900),
        tags: Vec::new(),
    };
    write!(store, |tx, oidc, saml| {
        let here = account();
        assert!(tx.iam_providers().insert_oidc(oidc).await?);
        assert!(!tx.iam_providers().insert_oidc(oidc).await?);
        assert_eq!(tx.iam_providers().get_oidc(&here, "id.example/a").await?.as_ref(), Some(oidc));
        assert_eq!(tx.iam_providers().get_oidc_for_update(&here, "id.example/a").await?.as_ref(), Some(oidc));
        assert_eq!(tx.iam_providers().get_oidc(&here, "\0").await?, None);
        assert_eq!(tx.iam_providers().get_oidc_for_update(&here, "\0").await?, None);
        let changed = OidcProvider { client_ids: Vec::new(), ..oidc.clone() };
        assert!(tx.iam_providers().save_oidc(&changed).await?);
        assert_eq!(tx.iam_providers().list_oidc(&here).await?.first(), Some(&changed));

        assert!(tx.iam_providers().insert_saml(saml).await?);
        assert!(!tx.iam_providers().insert_saml(&SamlProvider { name: "CORP".into(), ..saml.clone() }).await?);
        assert_eq!(tx.iam_providers().get_saml(&here, "Corp").await?.as_ref(), Some(saml));
        assert_eq!(tx.iam_providers().get_saml_for_update(&here, "Corp").await?.as_ref(), Some(saml));
        assert_eq!(tx.iam_providers().get_saml(&here, "corp").await?, None);
        assert_eq!(tx.iam_providers().get_saml_for_update(&here, "\0").await?, None);
        let renewed = SamlProvider { metadata: "<new/>".into(), valid_until: Time::from_secs(1_900), ..saml.clone() };
        assert!(tx.iam_providers().save_saml(&renewed).await?);
        assert_eq!(tx.iam_providers().list_saml(&here).await?.first(), Some(&renewed));

        assert_eq!(tx.iam_providers().get_count(&here).await?, 2);
        assert_eq!(tx.iam_providers().get_count(&elsewhere()).await?, 0);
        assert!(tx.iam_providers().delete_oidc(&here, "id.example/a").await?);
        assert!(!tx.iam_providers().delete_oidc(&here, "id.example/a").await?);
        assert!(!tx.iam_providers().delete_oidc(&here, "\0").await?);
        assert!(!tx.iam_providers().save_oidc(&changed).await?);
        assert!(tx.iam_providers().delete_saml(&here, "Corp").await?);
        assert!(!tx.iam_providers().delete_saml(&here, "Corp").await?);
        assert!(!tx.iam_providers().delete_saml(&here, "\0").await?);
        assert!(!tx.iam_providers().save_saml(&renewed).await?);
    });
}
