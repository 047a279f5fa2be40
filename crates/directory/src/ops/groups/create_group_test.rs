use kernel::{EntropyExt, UserPoolId};
use model::{Group, Refusal};
use store::work;
use testkit::SeededEntropy;
use testkit::prelude::*;

const TAKEN: (&str, &str) = ("GroupExistsException", "A group with the name already exists");

#[cognate_test]
async fn up_41_a_group_is_shown_as_it_was_made(app: App) {
    let pool = app.pool().await;
    let role = "arn:aws:iam::123456789012:role/staff";
    let given =
        json!({ "GroupName": "Mitarbeiter/ünï", "Description": "all of \u{0}them", "RoleArn": role, "Precedence": 0 });
    let made = pool.admin("CreateGroup", given).await.expect_ok();
    let now = app.now().millis() as f64 / 1000.0;
    let expected = json!({ "Group": { "GroupName": "Mitarbeiter/ünï", "UserPoolId": pool.id, "Description": "all of \u{0}them",
        "RoleArn": role, "Precedence": 0, "LastModifiedDate": now, "CreationDate": now } });
    assert_eq!(made, expected);
    let got = pool.admin("GetGroup", json!({ "GroupName": "Mitarbeiter/ünï" })).await.expect_ok();
    assert_eq!(got, expected);
}

#[cognate_test]
async fn a_group_that_was_given_only_a_name_shows_only_that(app: App) {
    let pool = app.pool().await;
    let made = pool.admin("CreateGroup", json!({ "GroupName": "staff" })).await.expect_ok();
    let names: Vec<&String> = made["Group"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["GroupName", "UserPoolId", "LastModifiedDate", "CreationDate"]);
}

#[cognate_test]
async fn up_41_a_name_is_one_groups_and_case_counts_whatever_the_pool_folds(app: App) {
    let pool = app.pool().set("UsernameConfiguration", json!({ "CaseSensitive": false })).await;
    pool.group("staff", json!({})).await;
    pool.admin("CreateGroup", json!({ "GroupName": "staff" })).await.expect_fault(TAKEN.0, TAKEN.1);
    pool.group("Staff", json!({})).await;
    app.pool().await.group("staff", json!({})).await;
}

#[cognate_test]
async fn up_41_of_64_who_make_one_group_at_once_one_does(app: App) {
    let pool = app.pool().await;
    let answers = race(64, |_| {
        let pool = pool.clone();
        async move { pool.admin_insisting("CreateGroup", json!({ "GroupName": "staff" })).await }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    for lost in answers.iter().filter(|answer| !answer.is_ok()) {
        lost.expect_fault(TAKEN.0, TAKEN.1);
    }
}

#[cognate_test]
async fn up_41_precedence_goes_from_nought_to_the_largest_of_32_bits(app: App) {
    let pool = app.pool().await;
    pool.group("first", json!({ "Precedence": 0 })).await;
    pool.group("last", json!({ "Precedence": 2_147_483_647 })).await;
    let answer = pool.admin("CreateGroup", json!({ "GroupName": "below", "Precedence": -1 })).await;
    let text = "1 validation error detected: Value '-1' at 'precedence' failed to satisfy constraint: Member must have value greater than or equal to 0";
    answer.expect_fault("InvalidParameterException", text);
    let answer = pool.admin("CreateGroup", json!({ "GroupName": "beyond", "Precedence": 2_147_483_648_i64 })).await;
    answer.expect_code("SerializationException");
    for nobody in ["below", "beyond"] {
        pool.admin("GetGroup", json!({ "GroupName": nobody })).await.expect_code("ResourceNotFoundException");
    }
}

#[cognate_test]
async fn a_role_that_is_none_and_a_name_with_blanks_are_refused(app: App) {
    let pool = app.pool().await;
    for bad in [
        json!({ "GroupName": "a b" }),
        json!({ "GroupName": "" }),
        json!({ "GroupName": "a".repeat(129) }),
        json!({ "GroupName": "staff", "RoleArn": "role/staff-of-the-house" }),
        json!({ "GroupName": "staff", "Description": "a".repeat(2049) }),
    ] {
        pool.admin("CreateGroup", bad).await.expect_code("InvalidParameterException");
    }
    assert_eq!(pool.admin("ListGroups", json!({})).await.expect_ok(), json!({ "Groups": [] }));
}

/// Groups behind the server's back: ten thousand calls would take a minute.
async fn fill(app: &App, pool: &Pool, count: u32) {
    let (id, dice) = (UserPoolId::parse(&pool.id).unwrap(), SeededEntropy::of("fill"));
    let group = |n: u32| Group {
        pool: id.clone(),
        id: dice.uuid(),
        name: format!("g{n}"),
        description: None,
        role_arn: None,
        precedence: None,
        created: app.now(),
        modified: app.now(),
    };
    let all: Vec<Group> = (0..count).map(group).collect();
    for chunk in all.chunks(500) {
        let chunk = chunk.to_vec();
        app.store()
            .write(work!(|tx, chunk| -> Refusal {
                for group in chunk {
                    tx.groups().insert(group).await?;
                }
                Ok(())
            }))
            .await
            .unwrap();
    }
}

#[cognate_test]
async fn up_41_a_pool_has_ten_thousand_groups_and_not_one_more(app: App) {
    let pool = app.pool().await;
    fill(&app, &pool, 9_999).await;
    pool.group("the-last", json!({})).await;
    let answer = pool.admin("CreateGroup", json!({ "GroupName": "beyond" })).await;
    answer.expect_fault("LimitExceededException", "A user pool can have at most 10000 groups.");
    // A name that is taken is told as such even then.
    pool.admin("CreateGroup", json!({ "GroupName": "the-last" })).await.expect_fault(TAKEN.0, TAKEN.1);
    pool.admin("DeleteGroup", json!({ "GroupName": "g0" })).await.expect_ok();
    pool.group("beyond", json!({})).await;
}
