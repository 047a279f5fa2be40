use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;

async fn delete(app: &App, token: &Value) -> Answer {
    app.call("DeleteUser", json!({ "AccessToken": token })).await
}

#[cognate_test]
async fn a_person_is_gone_with_everything_and_the_name_is_free(app: App) {
    let pool = app.pool().with_user("ana", PW).with_user("bob", PW).await;
    let one = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    let two = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    let answer = delete(&app, &one["AccessToken"]).await;
    answer.expect_ok();
    assert_eq!(answer.text(), "", "the operation has no output");
    pool.person("ana").await.expect_fault("UserNotFoundException", "User does not exist.");
    for tokens in [&one, &two] {
        pool.get_user(&tokens["AccessToken"]).await.expect_fault("UserNotFoundException", "User does not exist.");
        pool.refresh(&tokens["RefreshToken"]).await.expect_fault("NotAuthorizedException", "Invalid Refresh Token");
    }
    delete(&app, &two["AccessToken"]).await.expect_fault("UserNotFoundException", "User does not exist.");
    app.sign_in(&pool, "ana", PW).await.expect_fault("UserNotFoundException", "User does not exist.");
    app.sign_in(&pool, "bob", PW).await.expect_tokens();
    pool.confirmed("ana", "Another-pass1").await;
    app.sign_in(&pool, "ana", "Another-pass1").await.expect_tokens();
    pool.get_user(&two["AccessToken"]).await.expect_code("UserNotFoundException");
}

#[cognate_test]
async fn a_token_that_ended_deletes_nobody(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let tokens = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    delete(&app, &tokens["IdToken"]).await.expect_fault("NotAuthorizedException", "Invalid Access Token");
    app.call("GlobalSignOut", json!({ "AccessToken": tokens["AccessToken"] })).await.expect_ok();
    let answer = delete(&app, &tokens["AccessToken"]).await;
    answer.expect_fault("NotAuthorizedException", "Access Token has been revoked");
    pool.person("ana").await.expect_ok();
}

#[cognate_test]
async fn of_sixty_four_who_delete_the_same_person_one_does(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let token = app.sign_in(&pool, "ana", PW).await.expect_tokens()["AccessToken"].clone();
    let answers = race(64, |_| {
        let (app, token) = (app.clone(), token.clone());
        async move { delete(&app, &token).await }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    for lost in answers.iter().filter(|answer| !answer.is_ok()) {
        let told = ["UserNotFoundException", "NotAuthorizedException", "TooManyRequestsException"];
        assert!(told.contains(&lost.code().as_str()), "{lost:?}");
    }
}
