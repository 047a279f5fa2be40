//! When credentials of an identity pool are over.

use testkit::prelude::*;
use testkit::{SessionsOf, trust_in};

const PW: &str = testkit::PASSWORD;

#[cognate_test]
async fn cr_29_sessions_end_with_the_pool_and_with_the_identity_they_came_of(app: App) {
    let pool = app.identity_pool().with_guests().await;
    let trust = json!([{ "Effect": "Allow", "Principal": { "AWS": pool.guest.arn }, "Action": "sts:AssumeRole" }]);
    let next = app.iam_role("next", "/", trust).await;
    pool.guest.may(json!([{ "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": next.arn }])).await;
    let guest = pool.guest().await;
    let trust = app.query(Service::Iam, "GetRole", &[("RoleName", "next")]).await;
    assert!(trust.is_ok());
    // STS is none of the services that guests reach, so that a guest goes by the classic flow here.
    pool.admin(
        "UpdateIdentityPool",
        json!({ "IdentityPoolName": "shop", "AllowUnauthenticatedIdentities": true, "AllowClassicFlow": true }),
    )
    .await
    .expect_ok();
    let token = pool.open_id_token(&guest, &json!({})).await.expect_ok();
    let classic = app.assume_with_token(&pool.guest.arn, token["Token"].as_str().unwrap()).await.credentials();
    let parameters = [("RoleArn", next.arn.as_str()), ("RoleSessionName", "chained")];
    let chained = app.query_by(&classic, Service::Sts, "AssumeRole", &parameters).await.credentials();
    let enhanced = pool.credentials(&guest, &json!({})).await.identity_credentials();
    let sessions = [classic, chained, enhanced];
    for session in &sessions {
        assert!(app.who_is(session).await.is_ok());
    }
    app.identity("DeleteIdentities", json!({ "IdentityIdsToDelete": [guest] })).await.expect_ok();
    for session in &sessions {
        app.who_is(session).await.expect_refusal(403, "ExpiredToken");
    }
    let other = pool.credentials(&pool.guest().await, &json!({})).await.identity_credentials();
    assert!(app.who_is(&other).await.is_ok());
    pool.admin("DeleteIdentityPool", json!({})).await.expect_done();
    // Another node, and a pool that is gone, are noticed within a second.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    app.who_is(&other).await.expect_refusal(403, "ExpiredToken");
}

#[cognate_test]
async fn a_role_that_is_deleted_ends_its_sessions_and_gives_no_more(app: App) {
    let pool = app.identity_pool().with_guests().await;
    let guest = pool.guest().await;
    let session = pool.credentials(&guest, &json!({})).await.identity_credentials();
    let (_, short) = pool.id.split_once(':').unwrap();
    let name = format!("unauthenticated-{short}");
    assert!(app.query(Service::Iam, "DeleteRole", &[("RoleName", &name)]).await.is_ok());
    app.who_is(&session).await.expect_refusal(403, "InvalidClientTokenId");
    pool.credentials(&guest, &json!({})).await.expect_misconfigured();
}

#[cognate_test]
async fn id_15_what_a_guest_was_given_is_over_when_the_guest_becomes_somebody(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let pool = app.identity_pool().with_guests().classic().for_people_of(&people).await;
    let guest = pool.guest().await;
    let session = pool.credentials(&guest, &json!({})).await.identity_credentials();
    let token = pool.open_id_token(&guest, &json!({})).await.expect_ok()["Token"].as_str().unwrap().to_owned();
    let role = app.iam_role("any-guest", "/", trust_in(&pool.id, "unauthenticated")).await;
    let assume = async || app.assume_with_token(&role.arn, &token).await;
    app.who_is(&session).await.expect_ok();
    assume().await.expect_ok();

    let ana = pool.credentials(&guest, &people.login("ana").await).await;
    assert_eq!(ana.identity_id(), guest, "the id stays");
    app.who_is(&ana.identity_credentials()).await.expect_ok();
    // Whoever else knew the guest's id is nobody now, though the id is somebody's.
    app.who_is(&session).await.expect_refusal(403, "ExpiredToken");
    assert_eq!(assume().await.error(), "IDPRejectedClaim");
}

#[cognate_test]
async fn cr_29_what_is_taken_right_after_a_roles_sessions_were_ended_on_another_node_is_good(app: App) {
    let pool = app.identity_pool().with_guests().await;
    let guest = pool.guest().await;
    let taken = async || pool.credentials(&guest, &json!({})).await.identity_credentials();
    let (_, short) = pool.id.split_once(':').unwrap();
    let node = app.node().await;
    let before = taken().await;
    node.end_sessions(SessionsOf::Role(format!("unauthenticated-{short}"))).await;
    // This node may know for a second what it saw (on Postgres: nodes of one process share the embedded database and all
    // that is kept of it); whoever comes meanwhile must not be given what is over already.
    let after = taken().await;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    for there in [&app, &node] {
        there.who_is(&before).await.expect_refusal(403, "ExpiredToken");
        there.who_is(&after).await.expect_ok();
    }
    node.stop().await;
}
