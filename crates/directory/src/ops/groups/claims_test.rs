//! What tokens tell of groups (tokens.md 4 and 5), on every way to tokens.

use testkit::claims;
use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;
const TOLD: [&str; 3] = ["cognito:groups", "cognito:roles", "cognito:preferred_role"];

fn role(name: &str) -> String {
    format!("arn:aws:iam::123456789012:role/{name}")
}

/// Puts ana into a group: its name, precedence and role.
async fn put(pool: &Pool, name: &str, precedence: Option<i64>, role_name: Option<&str>) {
    let mut settings = json!({});
    if let Some(precedence) = precedence {
        settings["Precedence"] = precedence.into();
    }
    if let Some(role_name) = role_name {
        settings["RoleArn"] = role(role_name).into();
    }
    pool.group(name, settings).await;
    pool.join("ana", name).await.expect_ok();
}

/// The three claims of a token; those that are not there are null.
fn told(token: &Value) -> Value {
    let said = claims(token);
    TOLD.iter().map(|name| said[*name].clone()).collect()
}

/// Both tokens tell the groups; roles are in the ID token alone.
#[track_caller]
fn assert_told(tokens: &Value, groups: &Value, roles: &Value, preferred: &Value) {
    assert_eq!(told(&tokens["IdToken"]), json!([groups, roles, preferred]));
    assert_eq!(told(&tokens["AccessToken"]), json!([groups, null, null]));
    for token in ["IdToken", "AccessToken"] {
        let said = claims(&tokens[token]);
        for name in TOLD {
            assert!(said.get(name).is_none_or(|value| !value.is_null()), "left out, not null: {said}");
        }
    }
}

#[cognate_test]
async fn tk_07_no_groups_no_claims(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    pool.group("staff", json!({ "RoleArn": role("staff"), "Precedence": 0 })).await;
    let tokens = pool.sign_in("ana", PW).await.expect_tokens();
    assert_told(&tokens, &Value::Null, &Value::Null, &Value::Null);
}

#[cognate_test]
async fn tk_07_groups_without_roles_are_told_alone(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    put(&pool, "b", Some(2), None).await;
    put(&pool, "unranked", None, None).await;
    put(&pool, "a", Some(3), None).await;
    let tokens = pool.sign_in("ana", PW).await.expect_tokens();
    assert_told(&tokens, &json!(["b", "a", "unranked"]), &Value::Null, &Value::Null);
}

#[cognate_test]
async fn tk_07_the_lowest_precedence_prefers_its_role_and_none_ranks_last(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    put(&pool, "unranked", None, Some("unranked")).await;
    put(&pool, "late", Some(2_147_483_647), Some("late")).await;
    put(&pool, "first", Some(0), Some("first")).await;
    let tokens = pool.sign_in("ana", PW).await.expect_tokens();
    let roles = json!([role("first"), role("late"), role("unranked")]);
    assert_told(&tokens, &json!(["first", "late", "unranked"]), &roles, &json!(role("first")));
}

#[cognate_test]
async fn tk_07_a_tie_prefers_a_common_role_and_none_where_roles_differ(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    put(&pool, "a", Some(1), Some("one")).await;
    put(&pool, "b", Some(1), Some("one")).await;
    put(&pool, "c", Some(2), Some("two")).await;
    let tokens = pool.sign_in("ana", PW).await.expect_tokens();
    let roles = json!([role("one"), role("two")]);
    assert_told(&tokens, &json!(["a", "b", "c"]), &roles, &json!(role("one")));

    pool.admin("UpdateGroup", json!({ "GroupName": "c", "Precedence": 1 })).await.expect_ok();
    let tokens = pool.sign_in("ana", PW).await.expect_tokens();
    assert_told(&tokens, &json!(["a", "b", "c"]), &roles, &Value::Null);
}

#[cognate_test]
async fn tk_07_every_way_to_tokens_tells_the_groups(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    put(&pool, "staff", Some(1), Some("staff")).await;
    let client = json!({ "ClientId": pool.client.id });
    let mut ways = vec![pool.sign_in("ana", PW).await.expect_tokens()];
    ways.push(pool.srp_sign_in("ana", PW).await.expect_tokens());
    let mut body = client.clone();
    body["AuthFlow"] = json!("ADMIN_USER_PASSWORD_AUTH");
    body["AuthParameters"] = json!({ "USERNAME": "ana", "PASSWORD": PW });
    ways.push(pool.admin("AdminInitiateAuth", body).await.expect_tokens());
    let refresh = ways[0]["RefreshToken"].clone();
    ways.push(pool.refresh(&refresh).await.expect_tokens());
    let mut body = client;
    body["RefreshToken"] = refresh;
    ways.push(app.call("GetTokensFromRefreshToken", body).await.expect_tokens());

    pool.admin("AdminSetUserPassword", json!({ "Username": "ana", "Password": "Temp0rary-horse" })).await.expect_ok();
    let asked = pool.sign_in("ana", "Temp0rary-horse").await.expect_challenge("NEW_PASSWORD_REQUIRED");
    let responses = json!({ "USERNAME": "ana", "NEW_PASSWORD": PW });
    let answer = pool.respond(&pool.client, "NEW_PASSWORD_REQUIRED", &asked["Session"], responses).await;
    ways.push(answer.expect_tokens());
    for tokens in &ways {
        assert_told(tokens, &json!(["staff"]), &json!([role("staff")]), &json!(role("staff")));
    }
}

#[cognate_test]
async fn tk_11_a_refresh_reads_the_groups_anew(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    put(&pool, "old", Some(5), Some("old")).await;
    let token = pool.sign_in("ana", PW).await.expect_tokens()["RefreshToken"].clone();
    put(&pool, "new", Some(1), Some("new")).await;
    let tokens = pool.refresh(&token).await.expect_tokens();
    assert_told(&tokens, &json!(["new", "old"]), &json!([role("new"), role("old")]), &json!(role("new")));

    let changed = json!({ "GroupName": "old", "Precedence": 0, "RoleArn": role("other") });
    pool.admin("UpdateGroup", changed).await.expect_ok();
    let tokens = pool.refresh(&token).await.expect_tokens();
    assert_told(&tokens, &json!(["old", "new"]), &json!([role("other"), role("new")]), &json!(role("other")));

    pool.admin("DeleteGroup", json!({ "GroupName": "old" })).await.expect_ok();
    pool.admin("AdminRemoveUserFromGroup", json!({ "Username": "ana", "GroupName": "new" })).await.expect_ok();
    let tokens = pool.refresh(&token).await.expect_tokens();
    assert_told(&tokens, &Value::Null, &Value::Null, &Value::Null);
}

#[cognate_test]
async fn up_41_a_person_in_the_most_groups_of_the_longest_names_still_uses_their_token(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    for n in 0..100 {
        // Four bytes a character, and 128 of them.
        let name = format!("{n:03}{}", "\u{1F980}".repeat(125));
        pool.group(&name, json!({ "RoleArn": format!("{}{}", role("r"), "x".repeat(2000)) })).await;
        pool.join("ana", &name).await.expect_ok();
    }
    let tokens = pool.sign_in("ana", PW).await.expect_tokens();
    assert_eq!(claims(&tokens["IdToken"])["cognito:groups"].as_array().unwrap().len(), 100);
    pool.get_user(&tokens["AccessToken"]).await.expect_ok();
    pool.refresh(&tokens["RefreshToken"]).await.expect_tokens();
}
