use testkit::claims;
use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;

#[cognate_test]
async fn tk_12_new_tokens_come_for_the_same_sign_in_without_a_new_refresh_token(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let first = pool.sign_in("ana", PW).await.expect_tokens();
    let asked = json!({ "RefreshToken": first["RefreshToken"] });
    let answer = pool.public("GetTokensFromRefreshToken", asked).await.expect_ok();
    let fresh = &answer["AuthenticationResult"];
    assert!(fresh.get("RefreshToken").is_none());
    let (before, after) = (claims(&first["AccessToken"]), claims(&fresh["AccessToken"]));
    assert_eq!(before["origin_jti"], after["origin_jti"]);
    assert_ne!(before["jti"], after["jti"]);
    pool.get_user(&fresh["AccessToken"]).await.expect_ok();
    let revoked = json!({ "Token": first["RefreshToken"] });
    pool.public("RevokeToken", revoked).await.expect_ok();
    let again = pool.public("GetTokensFromRefreshToken", json!({ "RefreshToken": first["RefreshToken"] })).await;
    again.expect_fault("NotAuthorizedException", "Refresh Token has been revoked");
}

#[cognate_test]
async fn tk_13_the_secret_itself_is_wanted_and_a_hash_refused(app: App) {
    let pool = app.pool().client_set("GenerateSecret", json!(true)).with_user("ana", PW).await;
    let first = pool.sign_in("ana", PW).await.expect_tokens();
    let secret = pool.client.secret.clone().unwrap();
    let ask = |secret: Option<String>| {
        let mut body = json!({ "RefreshToken": first["RefreshToken"], "ClientId": pool.client.id });
        if let Some(secret) = secret {
            body["ClientSecret"] = secret.into();
        }
        app.call("GetTokensFromRefreshToken", body)
    };
    ask(Some(secret.expose())).await.expect_ok();
    let hash = pool.client.hash("ana").unwrap().replace(['+', '/', '='], "_");
    for wrong in [None, Some(hash), Some(format!("{}x", secret.reveal()))] {
        ask(wrong).await.expect_code("NotAuthorizedException");
    }
}
