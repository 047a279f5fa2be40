use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;

#[cognate_test]
async fn tk_19_tokens_from_before_end_and_those_from_the_same_second_after_live(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let one = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    let two = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    let answer = app.call("GlobalSignOut", json!({ "AccessToken": one["AccessToken"] })).await;
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
    pool.get_user(&after["AccessToken"]).await.expect_ok();
    pool.refresh(&after["RefreshToken"]).await.expect_tokens();
}

#[cognate_test]
async fn au_34_nobody_else_is_signed_out_and_an_ended_token_ends_nothing_more(app: App) {
    let pool = app.pool().with_user("ana", PW).with_user("bob", PW).await;
    let ana = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    let bob = app.sign_in(&pool, "bob", PW).await.expect_tokens();
    app.call("GlobalSignOut", json!({ "AccessToken": ana["AccessToken"] })).await.expect_ok();
    pool.get_user(&bob["AccessToken"]).await.expect_ok();
    pool.refresh(&bob["RefreshToken"]).await.expect_tokens();
    let again = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    let answer = app.call("GlobalSignOut", json!({ "AccessToken": ana["AccessToken"] })).await;
    answer.expect_fault("NotAuthorizedException", "Access Token has been revoked");
    pool.get_user(&again["AccessToken"]).await.expect_ok();
}

#[cognate_test]
async fn tk_19_tokens_refreshed_before_the_sign_out_end_with_it(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let first = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    let refreshed = pool.refresh(&first["RefreshToken"]).await.expect_tokens();
    app.call("GlobalSignOut", json!({ "AccessToken": refreshed["AccessToken"] })).await.expect_ok();
    for token in [&first["AccessToken"], &refreshed["AccessToken"]] {
        pool.get_user(token).await.expect_fault("NotAuthorizedException", "Access Token has been revoked");
    }
}

#[cognate_test]
async fn tk_20_without_revocation_tokens_have_no_family_id_but_still_end_with_the_person(app: App) {
    let pool = app.pool().client_set("EnableTokenRevocation", json!(false)).with_user("ana", PW).await;
    let tokens = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    for token in ["AccessToken", "IdToken"] {
        assert!(testkit::claims(&tokens[token]).get("origin_jti").is_none());
    }
    pool.get_user(&tokens["AccessToken"]).await.expect_ok();
    app.call("GlobalSignOut", json!({ "AccessToken": tokens["AccessToken"] })).await.expect_ok();
    let answer = pool.get_user(&tokens["AccessToken"]).await;
    answer.expect_fault("NotAuthorizedException", "Access Token has been revoked");
}

#[cognate_test]
async fn up_02_the_token_of_somebody_deleted_is_refused_with_an_error_the_operation_declares(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let tokens = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    pool.admin("AdminDeleteUser", json!({ "Username": "ana" })).await.expect_ok();
    for op in ["GlobalSignOut", "GetUser"] {
        let answer = app.call(op, json!({ "AccessToken": tokens["AccessToken"] })).await;
        let declared = contract::cognito_idp::operations::SERVICE.operation(op).unwrap().errors;
        assert!(answer.status == 400 && declared.iter().any(|error| error.name == answer.code()), "{answer:?}");
    }
}
