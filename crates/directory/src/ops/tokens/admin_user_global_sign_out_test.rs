use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;

async fn sign_out(pool: &Pool, name: &str) -> Answer {
    pool.admin("AdminUserGlobalSignOut", json!({ "Username": name })).await
}

/// TK-19, AU-34.
#[cognate_test]
async fn tk_19_au_34_tokens_from_before_end_and_those_from_the_same_second_after_live(app: App) {
    let pool = app.pool().with_user("ana", PW).with_user("bob", PW).await;
    let one = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    let two = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    let bob = app.sign_in(&pool, "bob", PW).await.expect_tokens();
    let answer = sign_out(&pool, "ana").await;
    answer.expect_ok();
    assert_eq!(answer.text(), "{}");
    let after = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    assert_eq!(testkit::claims(&after["AccessToken"])["iat"], testkit::claims(&one["AccessToken"])["iat"]);
    for ended in [&one, &two] {
        let answer = pool.get_user(&ended["AccessToken"]).await;
        answer.expect_fault("NotAuthorizedException", "Access Token has been revoked");
        let answer = pool.refresh(&ended["RefreshToken"]).await;
        answer.expect_fault("NotAuthorizedException", "Refresh Token has been revoked");
    }
    for lives in [&after, &bob] {
        pool.get_user(&lives["AccessToken"]).await.expect_ok();
        pool.refresh(&lives["RefreshToken"]).await.expect_tokens();
    }
}

#[cognate_test]
async fn any_name_of_the_person_will_do_and_no_other(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let tokens = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    sign_out(&pool, "nobody").await.expect_fault("UserNotFoundException", "User does not exist.");
    pool.get_user(&tokens["AccessToken"]).await.expect_ok();
    let sub = pool.attribute("ana", "sub").await.as_str().unwrap().to_owned();
    sign_out(&pool, &sub).await.expect_ok();
    pool.get_user(&tokens["AccessToken"]).await.expect_code("NotAuthorizedException");
}
