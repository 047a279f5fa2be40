//! Refresh tokens that replace one another: RefreshTokenRotation of a client (tokens.md 6.3).

use testkit::claims;
use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;
const NA: &str = "NotAuthorizedException";
const REUSED: &str = "RefreshTokenReuseException";

fn flows() -> Value {
    json!(["ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH"])
}

fn rotation(grace_secs: u32) -> Value {
    json!({ "Feature": "ENABLED", "RetryGracePeriodSeconds": grace_secs })
}

/// A pool whose client rotates, and the refresh token of somebody who has just signed in.
async fn rotating(app: &App, grace_secs: u32) -> (Pool, Value) {
    let pool = app
        .pool()
        .client_set("ExplicitAuthFlows", flows())
        .client_set("RefreshTokenRotation", rotation(grace_secs))
        .client_set("RefreshTokenValidity", json!(1))
        .with_user("ana", PW)
        .await;
    let tokens = pool.sign_in("ana", PW).await.expect_tokens();
    (pool, tokens["RefreshToken"].clone())
}

async fn turn(pool: &Pool, token: &Value) -> Answer {
    pool.public("GetTokensFromRefreshToken", json!({ "RefreshToken": token })).await
}

#[cognate_test]
async fn tk_14_a_successor_ends_when_the_first_token_would_have(app: App) {
    let (pool, first) = rotating(&app, 0).await;
    app.advance(Duration::from_secs(43_200));
    let second = turn(&pool, &first).await.expect_tokens()["RefreshToken"].clone();
    assert_ne!(second, first);
    app.advance(Duration::from_secs(43_199));
    let third = turn(&pool, &second).await.expect_tokens()["RefreshToken"].clone();
    app.advance(Duration::from_secs(1));
    turn(&pool, &third).await.expect_fault(NA, "Refresh Token has expired");
}

#[cognate_test]
async fn tk_11_tk_14_a_rotated_sign_in_is_the_same_sign_in(app: App) {
    let (pool, first) = rotating(&app, 0).await;
    let before = turn(&pool, &first).await.expect_tokens();
    app.advance(Duration::from_secs(77));
    let after = turn(&pool, &before["RefreshToken"]).await.expect_tokens();
    for kind in ["AccessToken", "IdToken"] {
        let (old, new) = (claims(&before[kind]), claims(&after[kind]));
        for kept in ["sub", "auth_time", "origin_jti", "event_id"] {
            assert_eq!(old[kept], new[kept], "{kept}");
        }
        assert_ne!(old["jti"], new["jti"]);
        assert_eq!(new["iat"].as_i64().unwrap() - old["iat"].as_i64().unwrap(), 77);
    }
    pool.get_user(&before["AccessToken"]).await.expect_ok();
}

#[cognate_test]
async fn tk_14_within_its_grace_a_used_token_gives_the_same_successor_again(app: App) {
    let (pool, first) = rotating(&app, 10).await;
    let second = turn(&pool, &first).await.expect_tokens()["RefreshToken"].clone();
    app.advance(Duration::from_secs(5));
    assert_eq!(turn(&pool, &first).await.expect_tokens()["RefreshToken"], second, "a lost answer is recovered");
    let third = turn(&pool, &second).await.expect_tokens()["RefreshToken"].clone();
    // Two behind, and still within its own grace: it leads to the newest one.
    app.advance(Duration::from_millis(4_999));
    assert_eq!(turn(&pool, &first).await.expect_tokens()["RefreshToken"], third);
    app.advance(Duration::from_secs(5));
    assert_eq!(turn(&pool, &second).await.expect_tokens()["RefreshToken"], third);
}

#[cognate_test]
async fn tk_14_st_09_after_its_grace_a_used_token_ends_the_whole_family(app: App) {
    for grace in [0, 10, 60] {
        let (pool, first) = rotating(&app, grace).await;
        let other = pool.sign_in("ana", PW).await.expect_tokens();
        let second = turn(&pool, &first).await.expect_tokens();
        app.advance(Duration::from_secs(grace.into()));
        turn(&pool, &first).await.expect_fault(REUSED, "Refresh Token has been used before.");
        turn(&pool, &second["RefreshToken"]).await.expect_fault(NA, "Refresh Token has been revoked");
        pool.get_user(&second["AccessToken"]).await.expect_fault(NA, "Access Token has been revoked");
        turn(&pool, &first).await.expect_code(REUSED);
        // Another sign-in of the same person has nothing to do with it.
        pool.get_user(&other["AccessToken"]).await.expect_ok();
        turn(&pool, &other["RefreshToken"]).await.expect_tokens();
    }
}

#[cognate_test]
async fn tk_14_a_token_used_long_ago_ends_the_family_like_the_last_one(app: App) {
    let (pool, first) = rotating(&app, 60).await;
    let mut newest = first.clone();
    for _ in 0..4 {
        app.advance(Duration::from_secs(300));
        newest = turn(&pool, &newest).await.expect_tokens()["RefreshToken"].clone();
    }
    turn(&pool, &first).await.expect_code(REUSED);
    turn(&pool, &newest).await.expect_fault(NA, "Refresh Token has been revoked");
}

async fn at_once(pool: &Pool, token: &Value) -> Vec<Answer> {
    race(64, |_| {
        let (pool, token) = (pool.clone(), token.clone());
        async move { turn(&pool, &token).await }
    })
    .await
}

#[cognate_test]
async fn tk_15_st_09_of_many_at_once_without_grace_exactly_one_gets_tokens(app: App) {
    let (pool, first) = rotating(&app, 0).await;
    let answers = at_once(&pool, &first).await;
    let won: Vec<_> = answers.iter().filter(|answer| answer.is_ok()).collect();
    assert_eq!(won.len(), 1, "{:?}", answers.iter().map(Answer::code).collect::<Vec<_>>());
    for lost in answers.iter().filter(|answer| !answer.is_ok()) {
        assert_eq!(lost.code(), REUSED, "{lost:?}");
    }
    // The others shared its token: the sign-in is over for all of them.
    turn(&pool, &won[0].expect_tokens()["RefreshToken"]).await.expect_fault(NA, "Refresh Token has been revoked");
}

#[cognate_test]
async fn tk_15_many_at_once_within_a_grace_all_get_tokens_of_one_family(app: App) {
    let (pool, first) = rotating(&app, 30).await;
    let answers = at_once(&pool, &first).await;
    let sets: Vec<_> = answers.iter().map(Answer::expect_tokens).collect();
    assert!(sets.iter().all(|set| set["RefreshToken"] == sets[0]["RefreshToken"] && set["RefreshToken"] != first));
    let family = |set: &Value| claims(&set["AccessToken"])["origin_jti"].clone();
    assert!(sets.iter().all(|set| family(set) == family(&sets[0])));
    app.advance(Duration::from_secs(31));
    turn(&pool, &sets[63]["RefreshToken"]).await.expect_tokens();
}

#[cognate_test]
async fn tk_12_the_older_flow_is_shut_where_tokens_rotate(app: App) {
    let (pool, token) = rotating(&app, 60).await;
    let legacy = json!({ "ExplicitAuthFlows": ["USER_PASSWORD_AUTH"], "RefreshTokenRotation": rotation(0) });
    let legacy = pool.client(legacy).await;
    let implied = pool.client(json!({ "ExplicitAuthFlows": [], "RefreshTokenRotation": rotation(0) })).await;
    for client in [&pool.client, &legacy, &implied] {
        for flow in ["REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"] {
            let parameters = json!({ "REFRESH_TOKEN": token });
            let shut = "Auth flow not enabled for this client";
            let answer = pool.initiate(client, flow, parameters.clone()).await;
            answer.expect_fault("InvalidParameterException", shut);
            let body = json!({ "ClientId": client.id, "AuthFlow": flow, "AuthParameters": parameters });
            pool.admin("AdminInitiateAuth", body).await.expect_fault("InvalidParameterException", shut);
        }
    }
    turn(&pool, &token).await.expect_tokens();
}

#[cognate_test]
async fn tk_16_with_rotation_too_foreign_broken_and_ended_tokens_are_told_apart(app: App) {
    let (pool, first) = rotating(&app, 60).await;
    let other = pool.client(json!({ "ExplicitAuthFlows": flows(), "RefreshTokenRotation": rotation(60) })).await;
    let through_other = pool.public_through(&other, "GetTokensFromRefreshToken", json!({ "RefreshToken": first }));
    through_other.await.expect_fault(NA, "Invalid Refresh Token");
    let text = first.as_str().unwrap();
    for broken in [format!("{text}A"), text[..text.len() - 1].to_owned(), text[1..].to_owned(), text.to_lowercase()] {
        turn(&pool, &json!(broken)).await.expect_fault(NA, "Invalid Refresh Token");
    }
    let elsewhere = rotating(&app, 60).await;
    turn(&pool, &elsewhere.1).await.expect_fault(NA, "Invalid Refresh Token");
    // None of these tries has used the token up.
    let second = turn(&pool, &first).await.expect_tokens()["RefreshToken"].clone();
    // Revoking a token that was replaced ends the sign-in as well.
    pool.public("RevokeToken", json!({ "Token": first })).await.expect_ok();
    for ended in [&first, &second] {
        turn(&pool, ended).await.expect_fault(NA, "Refresh Token has been revoked");
    }
}

#[cognate_test]
async fn tk_16_whoever_was_signed_out_or_must_reset_gets_no_successor(app: App) {
    let (pool, first) = rotating(&app, 60).await;
    let sub = claims(&pool.sign_in("ana", PW).await.expect_tokens()["IdToken"])["sub"].as_str().unwrap().to_owned();
    app.change_person(&pool.id, &sub, |user, _| model::User { status: model::UserStatus::ResetRequired, ..user }).await;
    turn(&pool, &first).await.expect_fault(NA, "Refresh Token has been revoked");
    app.change_person(&pool.id, &sub, |user, _| model::User { status: model::UserStatus::Confirmed, ..user }).await;
    turn(&pool, &first).await.expect_tokens();
    app.change_person(&pool.id, &sub, |user, _| user.sign_out_everywhere()).await;
    turn(&pool, &first).await.expect_fault(NA, "Refresh Token has been revoked");
}

#[cognate_test]
async fn up_27_rotation_settings_are_kept_shown_and_held_against_the_flows(app: App) {
    let (pool, _) = rotating(&app, 7).await;
    let described = pool.admin("DescribeUserPoolClient", json!({ "ClientId": pool.client.id })).await.expect_ok();
    assert_eq!(described["UserPoolClient"]["RefreshTokenRotation"], rotation(7));
    for (grace, with_flow) in [(json!(-1), false), (json!(61), false), (json!(0), true)] {
        let flows = if with_flow { json!(["ALLOW_REFRESH_TOKEN_AUTH"]) } else { flows() };
        let settings = json!({ "Feature": "ENABLED", "RetryGracePeriodSeconds": grace });
        let body = json!({ "ClientName": "c", "ExplicitAuthFlows": flows, "RefreshTokenRotation": settings });
        pool.admin("CreateUserPoolClient", body.clone()).await.expect_code("InvalidParameterException");
        let mut update = body;
        update["ClientId"] = pool.client.id.as_str().into();
        pool.admin("UpdateUserPoolClient", update).await.expect_code("InvalidParameterException");
    }
    let off = json!({ "ClientName": "c", "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"],
        "RefreshTokenRotation": { "Feature": "DISABLED" } });
    pool.admin("CreateUserPoolClient", off).await.expect_ok();
}
