use kernel::{EntropyExt, SystemEntropy};
use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;
const FULL: (&str, &str) = ("InvalidParameterException", "A user can be in at most 100 groups.");

async fn names_of(pool: &Pool, name: &str) -> Vec<String> {
    let told = pool.admin("AdminListGroupsForUser", json!({ "Username": name, "Limit": 60 })).await.expect_ok();
    told["Groups"].as_array().unwrap().iter().map(|group| group["GroupName"].as_str().unwrap().to_owned()).collect()
}

#[cognate_test]
async fn up_41_joining_and_leaving_twice_is_as_good_as_once(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    pool.group("staff", json!({})).await;
    let before = pool.person("ana").await.expect_ok();
    for _ in 0..2 {
        let answer = pool.join("ana", "staff").await;
        answer.expect_ok();
        assert!(answer.body.is_empty(), "{answer:?}");
        assert_eq!(names_of(&pool, "ana").await, ["staff"]);
    }
    let member = json!({ "Username": "ana", "GroupName": "staff" });
    for _ in 0..2 {
        pool.admin("AdminRemoveUserFromGroup", member.clone()).await.expect_ok();
        assert!(names_of(&pool, "ana").await.is_empty());
    }
    assert_eq!(pool.person("ana").await.expect_ok(), before, "a group is nothing of the person's own");
}

#[cognate_test]
async fn a_person_is_meant_by_any_of_their_names(app: App) {
    let pool = app.pool().named_by_email().await;
    let sub = pool.sign_up("ana@example.com", PW, &[]).await.expect_ok()["UserSub"].as_str().unwrap().to_owned();
    for (group, name) in [("a", "ana@example.com"), ("b", &sub)] {
        pool.group(group, json!({})).await;
        pool.join(name, group).await.expect_ok();
    }
    assert_eq!(names_of(&pool, &sub).await, ["a", "b"]);
    assert_eq!(names_of(&pool, "ana@example.com").await, ["a", "b"]);
}

#[cognate_test]
async fn strange_groups_and_strangers_are_refused_the_group_first(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    pool.group("staff", json!({})).await;
    for op in ["AdminAddUserToGroup", "AdminRemoveUserFromGroup"] {
        let no_group = ("ResourceNotFoundException", "Group not found.");
        for name in ["ana", "nobody"] {
            let answer = pool.admin(op, json!({ "Username": name, "GroupName": "Staff" })).await;
            answer.expect_fault(no_group.0, no_group.1);
        }
        let answer = pool.admin(op, json!({ "Username": "nobody", "GroupName": "staff" })).await;
        answer.expect_fault("UserNotFoundException", "User does not exist.");
    }
    let answer = pool.admin("AdminListGroupsForUser", json!({ "Username": "nobody" })).await;
    answer.expect_fault("UserNotFoundException", "User does not exist.");
}

/// Groups `g0` and on, and ana in the first of them, as if asked for one by one: a race runs many times.
async fn seed(app: &App, pool: &Pool, count: usize, joined: usize) {
    let sub = pool.attribute("ana", "sub").await.as_str().unwrap().to_owned();
    let (id, sub) = (kernel::UserPoolId::parse(&pool.id).unwrap(), kernel::Sub::parse(&sub).unwrap());
    let now = app.now();
    let group = |n| model::Group {
        pool: id.clone(),
        id: SystemEntropy.uuid(),
        name: format!("g{n}"),
        description: None,
        role_arn: None,
        precedence: None,
        created: now,
        modified: now,
    };
    let groups: Vec<model::Group> = (0..count).map(group).collect();
    let made = app.store().write(store::work!(|tx, groups, joined, sub| -> store::StoreError {
        for (number, group) in groups.iter().enumerate() {
            tx.groups().insert(group).await?;
            if number < *joined {
                tx.groups().join(group, sub).await?;
            }
        }
        Ok(())
    }));
    made.await.unwrap();
}

#[cognate_test]
async fn up_41_a_person_is_in_a_hundred_groups_and_not_one_more_however_many_ask_at_once(app: App) {
    let pool = app.pool().with_user("ana", PW).with_user("bob", PW).await;
    seed(&app, &pool, 164, 99).await;
    let answers = race(64, |number| {
        let pool = pool.clone();
        let body = json!({ "Username": "ana", "GroupName": format!("g{}", 100 + number) });
        async move { pool.admin_insisting("AdminAddUserToGroup", body).await }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    for lost in answers.iter().filter(|answer| !answer.is_ok()) {
        lost.expect_fault(FULL.0, FULL.1);
    }
    pool.join("ana", "g99").await.expect_fault(FULL.0, FULL.1);
    pool.join("ana", "g0").await.expect_ok();
    pool.join("bob", "g99").await.expect_ok();
    // Whoever leaves a group, or whose group goes, has room for another.
    pool.admin("AdminRemoveUserFromGroup", json!({ "Username": "ana", "GroupName": "g1" })).await.expect_ok();
    pool.join("ana", "g99").await.expect_ok();
    pool.join("ana", "g1").await.expect_fault(FULL.0, FULL.1);
    pool.admin("DeleteGroup", json!({ "GroupName": "g2" })).await.expect_ok();
    pool.join("ana", "g1").await.expect_ok();
}
