use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;
const REFUSED: &str = "NotAuthorizedException";

async fn disable(pool: &Pool, name: &str) -> Answer {
    pool.admin("AdminDisableUser", json!({ "Username": name })).await
}

/// AU-36, UP-40.
#[cognate_test]
async fn au_36_switching_somebody_off_ends_sign_in_refresh_and_tokens_at_once(app: App) {
    let pool = app.pool().with_user("ana", PW).with_user("bob", PW).await;
    let ana = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    let bob = app.sign_in(&pool, "bob", PW).await.expect_tokens();
    let answer = disable(&pool, "ana").await;
    answer.expect_ok();
    assert_eq!(answer.text(), "{}");
    pool.sign_in("ana", PW).await.expect_fault(REFUSED, "User is disabled.");
    pool.srp_sign_in("ana", PW).await.expect_fault(REFUSED, "User is disabled.");
    pool.refresh(&ana["RefreshToken"]).await.expect_fault(REFUSED, "Refresh Token has been revoked");
    for op in ["GetUser", "GlobalSignOut", "DeleteUser"] {
        let answer = app.call(op, json!({ "AccessToken": ana["AccessToken"] })).await;
        answer.expect_fault(REFUSED, "Access Token has been revoked");
    }
    let shown = pool.person("ana").await.expect_ok();
    assert_eq!((&shown["Enabled"], &shown["UserStatus"]), (&json!(false), &json!("CONFIRMED")));
    let listed = pool.admin("ListUsers", json!({})).await.expect_ok();
    assert_eq!(listed["Users"].as_array().unwrap().len(), 2, "people who are off stay in lists");
    pool.get_user(&bob["AccessToken"]).await.expect_ok();
}

#[cognate_test]
async fn au_36_a_challenge_under_way_ends_with_the_person(app: App) {
    let pool = app.pool().await;
    pool.invited("ana", "Temp0rary-pw").await.expect_ok();
    let challenge = app.sign_in(&pool, "ana", "Temp0rary-pw").await.expect_challenge("NEW_PASSWORD_REQUIRED");
    disable(&pool, "ana").await.expect_ok();
    let responses = json!({ "USERNAME": "ana", "NEW_PASSWORD": "Brand-new-1" });
    let answer = pool.respond(&pool.client, "NEW_PASSWORD_REQUIRED", &challenge["Session"], responses).await;
    answer.expect_code(REFUSED);
}

#[cognate_test]
async fn switching_off_twice_is_fine_and_switching_off_nobody_is_not(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    disable(&pool, "ana").await.expect_ok();
    let first = pool.person("ana").await.expect_ok()["UserLastModifiedDate"].clone();
    app.advance(Duration::from_secs(60));
    disable(&pool, "ana").await.expect_ok();
    assert_eq!(pool.person("ana").await.expect_ok()["UserLastModifiedDate"], first, "the first moment is kept");
    disable(&pool, "nobody").await.expect_fault("UserNotFoundException", "User does not exist.");
}
