use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;

async fn revoke(pool: &Pool, client: &AppClient, token: &Value) -> Answer {
    let secret = client.secret.as_ref().map(|secret| secret.reveal().clone());
    pool.app().call("RevokeToken", json!({ "ClientId": client.id, "Token": token, "ClientSecret": secret })).await
}

#[cognate_test]
async fn au_35_one_sign_in_ends_with_all_its_tokens_and_the_others_live(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let ended = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    let refreshed = pool.refresh(&ended["RefreshToken"]).await.expect_tokens();
    let other = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    let answer = revoke(&pool, &pool.client, &ended["RefreshToken"]).await;
    answer.expect_ok();
    assert_eq!(answer.text(), "{}");
    for token in [&ended["AccessToken"], &refreshed["AccessToken"]] {
        pool.get_user(token).await.expect_fault("NotAuthorizedException", "Access Token has been revoked");
    }
    let answer = pool.refresh(&ended["RefreshToken"]).await;
    answer.expect_fault("NotAuthorizedException", "Refresh Token has been revoked");
    pool.get_user(&other["AccessToken"]).await.expect_ok();
    pool.refresh(&other["RefreshToken"]).await.expect_tokens();
}

#[cognate_test]
async fn au_35_repeating_it_and_garbage_are_answered_like_success(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let tokens = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    for _ in 0..2 {
        assert_eq!(revoke(&pool, &pool.client, &tokens["RefreshToken"]).await.expect_ok(), json!({}));
    }
    assert_eq!(revoke(&pool, &pool.client, &json!("garbage")).await.expect_ok(), json!({}));
}

#[cognate_test]
async fn au_35_access_and_id_tokens_are_of_the_wrong_kind(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let tokens = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    for kind in ["AccessToken", "IdToken"] {
        revoke(&pool, &pool.client, &tokens[kind]).await.expect_code("UnsupportedTokenTypeException");
    }
    pool.get_user(&tokens["AccessToken"]).await.expect_ok();
}

#[cognate_test]
async fn au_35_only_the_client_that_got_the_token_may_end_it(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let tokens = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    let other = pool.client(json!({})).await;
    revoke(&pool, &other, &tokens["RefreshToken"]).await.expect_code("UnauthorizedException");
    let confidential = pool.client(json!({ "GenerateSecret": true })).await;
    let own = pool.sign_in_through(&confidential, "ana", PW).await.expect_tokens();
    let bare = AppClient { secret: None, ..confidential.clone() };
    revoke(&pool, &bare, &own["RefreshToken"]).await.expect_code("UnauthorizedException");
    let wrong =
        AppClient { secret: Some(kernel::Secret::new("wrongwrongwrongwrongwrong".to_owned())), ..confidential.clone() };
    revoke(&pool, &wrong, &own["RefreshToken"]).await.expect_code("UnauthorizedException");
    let needless = AppClient { secret: confidential.secret.clone(), ..pool.client.clone() };
    revoke(&pool, &needless, &tokens["RefreshToken"]).await.expect_code("UnauthorizedException");
    pool.get_user(&tokens["AccessToken"]).await.expect_ok();
    pool.get_user(&own["AccessToken"]).await.expect_ok();
    revoke(&pool, &confidential, &own["RefreshToken"]).await.expect_ok();
    pool.get_user(&own["AccessToken"]).await.expect_fault("NotAuthorizedException", "Access Token has been revoked");
}

#[cognate_test]
async fn au_35_where_revocation_is_off_it_is_not_supported(app: App) {
    let pool = app.pool().client_set("EnableTokenRevocation", json!(false)).with_user("ana", PW).await;
    let tokens = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    revoke(&pool, &pool.client, &tokens["RefreshToken"]).await.expect_code("UnsupportedOperationException");
    pool.refresh(&tokens["RefreshToken"]).await.expect_tokens();
}

#[cognate_test]
async fn tk_20_a_client_without_revocation_shows_no_family_and_revokes_nothing(app: App) {
    let pool = app.pool().client_set("EnableTokenRevocation", json!(false)).with_user("ana", PW).await;
    let tokens = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    let refreshed = pool.refresh(&tokens["RefreshToken"]).await.expect_tokens();
    for token in [&tokens["AccessToken"], &tokens["IdToken"], &refreshed["AccessToken"], &refreshed["IdToken"]] {
        assert!(testkit::claims(token).get("origin_jti").is_none());
    }
    let answer = revoke(&pool, &pool.client, &tokens["RefreshToken"]).await;
    answer.expect_fault("UnsupportedOperationException", "Token revocation is not enabled for this client.");
    pool.get_user(&refreshed["AccessToken"]).await.expect_ok();
}
