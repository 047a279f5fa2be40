use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;

async fn turn(pool: &Pool, op: &str, name: &str) -> Answer {
    pool.admin(op, json!({ "Username": name })).await
}

#[cognate_test]
async fn up_40_enabling_lets_people_sign_in_and_brings_no_token_back(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let before = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    turn(&pool, "AdminDisableUser", "ana").await.expect_ok();
    app.sign_in(&pool, "ana", PW).await.expect_fault("NotAuthorizedException", "User is disabled.");
    let answer = turn(&pool, "AdminEnableUser", "ana").await;
    answer.expect_ok();
    assert_eq!(answer.text(), "{}");
    assert_eq!(pool.person("ana").await.expect_ok()["Enabled"], true);
    let revoked = pool.get_user(&before["AccessToken"]).await;
    revoked.expect_fault("NotAuthorizedException", "Access Token has been revoked");
    let revoked = pool.refresh(&before["RefreshToken"]).await;
    revoked.expect_fault("NotAuthorizedException", "Refresh Token has been revoked");
    let after = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    pool.get_user(&after["AccessToken"]).await.expect_ok();
}

#[cognate_test]
async fn enabling_somebody_who_is_on_changes_nothing(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let tokens = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    turn(&pool, "AdminEnableUser", "ana").await.expect_ok();
    pool.get_user(&tokens["AccessToken"]).await.expect_ok();
    turn(&pool, "AdminEnableUser", "nobody").await.expect_fault("UserNotFoundException", "User does not exist.");
}
