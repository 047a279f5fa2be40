//! A pool's signing keys replaced in peace, by age, and at once (TK-24; the keys of TK-2 and OA-51).

use kernel::UserPoolId;
use std::collections::BTreeSet;
use testkit::prelude::*;
use testkit::{claims, header};
use tokens::{Rotation, Withdrawal};

const PW: &str = testkit::PASSWORD;
const NA: &str = "NotAuthorizedException";
const HOUR: u64 = 3600;

fn id(pool: &Pool) -> UserPoolId {
    UserPoolId::parse(&pool.id).unwrap()
}

async fn published(app: &App, pool: &Pool) -> BTreeSet<String> {
    let set = app.get(&format!("/{}/.well-known/jwks.json", pool.id)).await.expect_ok();
    set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

fn kid(token: &Value) -> String {
    header(token)["kid"].as_str().unwrap().to_owned()
}

/// Past what a node may not have noticed yet.
fn settle(app: &App) {
    app.advance(Duration::from_secs(1));
}

#[cognate_test]
async fn tk_24_tk_02_a_new_key_is_published_a_day_before_it_signs_and_the_old_one_verifies_to_the_end(app: App) {
    let pool = app.pool().client_set("AccessTokenValidity", json!(24)).with_user("ana", PW).await;
    let before = pool.sign_in("ana", PW).await.expect_tokens();
    let old: BTreeSet<String> = published(&app, &pool).await;
    assert_eq!(old.len(), 2);
    let Rotation::Begun { kids, from } = app.tokens().rotate_signing(&id(&pool)).await.unwrap() else {
        panic!("nothing was under way");
    };
    assert!(from.since(app.now()) >= Duration::from_secs(24 * HOUR));
    settle(&app);
    let new: BTreeSet<String> = kids.into_iter().collect();
    assert_eq!(published(&app, &pool).await, old.union(&new).cloned().collect());
    assert!(new.is_disjoint(&old) && new.len() == 2);
    // A second call changes nothing while this one waits.
    assert_eq!(app.tokens().rotate_signing(&id(&pool)).await.unwrap(), Rotation::UnderWay { from });
    assert_eq!(
        kid(&pool.refresh(&before["RefreshToken"]).await.expect_tokens()["AccessToken"]),
        kid(&before["AccessToken"])
    );

    app.advance(from.since(app.now()) - Duration::from_millis(1));
    let last = pool.refresh(&before["RefreshToken"]).await.expect_tokens();
    assert!(["IdToken", "AccessToken"].iter().all(|kind| old.contains(&kid(&last[kind]))), "to the last moment");
    app.advance(Duration::from_millis(1));
    let first = pool.refresh(&before["RefreshToken"]).await.expect_tokens();
    assert!(["IdToken", "AccessToken"].iter().all(|kind| new.contains(&kid(&first[kind]))), "from the first moment");
    assert_ne!(kid(&first["IdToken"]), kid(&first["AccessToken"]));

    app.advance(Duration::from_secs(24 * HOUR - 2));
    pool.get_user(&last["AccessToken"]).await.expect_ok();
    assert!(published(&app, &pool).await.is_superset(&old));
    app.advance(Duration::from_secs(2));
    pool.get_user(&last["AccessToken"]).await.expect_fault(NA, "Access Token has expired");
    // An hour later nobody can need the old keys any more: they leave the set, and then the database.
    app.advance(Duration::from_secs(HOUR));
    assert_eq!(published(&app, &pool).await, new);
    app.advance(Duration::from_secs(2 * HOUR));
    app.store().sweep(app.now(), 100).await.unwrap();
    let pool_id = id(&pool);
    let rows = app.store().read(store::work!(|tx, pool_id| tx.signing_keys().list(pool_id).await)).await.unwrap();
    assert_eq!(rows.into_iter().map(|row| row.kid).collect::<BTreeSet<_>>(), new);
}

#[cognate_test]
async fn a_leaked_key_is_withdrawn_at_once_and_another_signs_in_its_place(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let other = app.pool().with_user("ana", PW).await;
    let elsewhere = other.sign_in("ana", PW).await.expect_tokens();
    let stolen = pool.sign_in("ana", PW).await.expect_tokens();
    let leaked = kid(&stolen["AccessToken"]);
    // Its signature is remembered from here on, and does not help it.
    pool.get_user(&stolen["AccessToken"]).await.expect_ok();
    let done = app.tokens().revoke_signing(&id(&pool), &leaked).await.unwrap();
    let Withdrawal::Done { successor: Some(successor) } = done else { panic!("a key that signed has a successor") };
    // The node that withdrew it knows at once; others within a second.
    pool.get_user(&stolen["AccessToken"]).await.expect_fault(NA, "Invalid Access Token");
    let keys = published(&app, &pool).await;
    assert!(keys.len() == 2 && !keys.contains(&leaked) && keys.contains(&successor));
    // The sign-in itself lives: its refresh token was not signed by anything.
    let fresh = pool.refresh(&stolen["RefreshToken"]).await.expect_tokens();
    assert_eq!(kid(&fresh["AccessToken"]), successor);
    pool.get_user(&fresh["AccessToken"]).await.expect_ok();
    other.get_user(&elsewhere["AccessToken"]).await.expect_ok();
    assert_eq!(app.tokens().revoke_signing(&id(&pool), &leaked).await.unwrap(), Withdrawal::NoSuchKey);
    let nowhere = UserPoolId::parse("eu-west-1_Nowhere01").unwrap();
    for refused in
        [app.tokens().revoke_signing(&nowhere, &leaked).await.err(), app.tokens().rotate_signing(&nowhere).await.err()]
    {
        assert!(matches!(refused, Some(model::Refusal::NoSuchPool(_))), "{refused:?}");
    }
}

#[cognate_test]
async fn during_a_rotation_the_waiting_key_takes_over_or_is_given_up(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let before = pool.sign_in("ana", PW).await.expect_tokens();
    let Rotation::Begun { kids, from } = app.tokens().rotate_signing(&id(&pool)).await.unwrap() else {
        panic!("nothing was under way");
    };
    // The access key leaks while its successor waits: that one signs now.
    let leaked = kid(&before["AccessToken"]);
    let Withdrawal::Done { successor } = app.tokens().revoke_signing(&id(&pool), &leaked).await.unwrap() else {
        panic!("the key was there");
    };
    assert!(kids.contains(successor.as_ref().unwrap()));
    settle(&app);
    let early = pool.refresh(&before["RefreshToken"]).await.expect_tokens();
    assert_eq!(Some(kid(&early["AccessToken"])), successor);
    // The waiting ID key leaks: the one that signs goes on, past the moment of the change.
    let waiting = kids.iter().find(|kid| Some(*kid) != successor.as_ref()).unwrap();
    let given_up = app.tokens().revoke_signing(&id(&pool), waiting).await.unwrap();
    assert_eq!(given_up, Withdrawal::Done { successor: None });
    app.advance(from.since(app.now()) + Duration::from_secs(48 * HOUR));
    let later = pool.refresh(&before["RefreshToken"]).await.expect_tokens();
    assert_eq!(kid(&later["IdToken"]), kid(&before["IdToken"]));
    assert_eq!(published(&app, &pool).await.len(), 2);
}

#[cognate_test]
async fn a_key_that_has_signed_before_is_withdrawn_and_a_rotation_that_is_under_way_goes_on(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let first = pool.sign_in("ana", PW).await.expect_tokens();
    let Rotation::Begun { from, .. } = app.tokens().rotate_signing(&id(&pool)).await.unwrap() else {
        panic!("nothing was under way");
    };
    app.advance(from.since(app.now()));
    let Rotation::Begun { kids, from } = app.tokens().rotate_signing(&id(&pool)).await.unwrap() else {
        panic!("those that waited sign now");
    };
    let done = app.tokens().revoke_signing(&id(&pool), &kid(&first["AccessToken"])).await.unwrap();
    assert_eq!(done, Withdrawal::Done { successor: None });
    // Those that sign now leave when their time has come, as if nothing had happened.
    app.advance(from.since(app.now()) + Duration::from_secs(26 * HOUR));
    assert_eq!(published(&app, &pool).await, kids.into_iter().collect());
}

#[cognate_test]
async fn keys_are_replaced_when_they_are_old_and_only_then(app: App) {
    let quarter = Duration::from_secs(90 * 24 * HOUR);
    let first = app.pool().await;
    app.advance(Duration::from_secs(24 * HOUR));
    let second = app.pool().await;
    assert_eq!(app.tokens().rotate_aged(quarter, 10).await.unwrap(), 0);
    app.advance(quarter - Duration::from_secs(24 * HOUR));
    assert_eq!(app.tokens().rotate_aged(quarter, 10).await.unwrap(), 1);
    settle(&app);
    assert_eq!((published(&app, &first).await.len(), published(&app, &second).await.len()), (4, 2));
    assert_eq!(app.tokens().rotate_aged(quarter, 10).await.unwrap(), 0, "one is under way");
    app.advance(Duration::from_secs(60 * 24 * HOUR));
    assert_eq!(app.tokens().rotate_aged(quarter, 10).await.unwrap(), 1, "the second pool's turn");
    app.advance(Duration::from_secs(2 * 24 * HOUR));
    assert_eq!(app.tokens().rotate_aged(quarter, 10).await.unwrap(), 0, "the new ones are young");
    assert_eq!(published(&app, &first).await.len(), 2);
}

#[cognate_test]
async fn tk_24_another_node_notices_within_a_second(app: App) {
    let node = app.node().await;
    let pool = app.pool().with_user("ana", PW).await;
    let tokens = pool.sign_in("ana", PW).await.expect_tokens();
    let there = |token: Value| {
        let node = node.clone();
        async move { node.call("GetUser", json!({ "AccessToken": token })).await }
    };
    there(tokens["AccessToken"].clone()).await.expect_ok();
    let leaked = kid(&tokens["AccessToken"]);
    app.tokens().revoke_signing(&id(&pool), &leaked).await.unwrap();
    // Not later than a second: what it has prepared is looked at anew.
    settle(&app);
    there(tokens["AccessToken"].clone()).await.expect_fault(NA, "Invalid Access Token");
    let parameters = json!({ "USERNAME": "ana", "PASSWORD": PW });
    let body = json!({ "ClientId": pool.client.id, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters });
    let fresh = node.call("InitiateAuth", body).await.expect_tokens();
    assert_ne!(kid(&fresh["AccessToken"]), leaked);
    // And the first node takes what the second has signed, under one issuer.
    pool.get_user(&fresh["AccessToken"]).await.expect_ok();
    assert_eq!(claims(&fresh["AccessToken"])["iss"], pool.issuer());
    node.stop().await;
}

#[cognate_test]
async fn tk_18_a_revoked_sign_in_is_over_on_every_node_at_once_and_the_others_live(app: App) {
    let node = app.node().await;
    let pool = app.pool().with_user("ana", PW).await;
    let (ended, lives) = (pool.sign_in("ana", PW).await.expect_tokens(), pool.sign_in("ana", PW).await.expect_tokens());
    for set in [&ended, &lives] {
        node.call("GetUser", json!({ "AccessToken": set["AccessToken"] })).await.expect_ok();
    }
    pool.public("RevokeToken", json!({ "Token": ended["RefreshToken"] })).await.expect_ok();
    let answer = node.call("GetUser", json!({ "AccessToken": ended["AccessToken"] })).await;
    answer.expect_fault(NA, "Access Token has been revoked");
    let refresh = |set: &Value| json!({ "RefreshToken": set["RefreshToken"], "ClientId": pool.client.id });
    let answer = node.call("GetTokensFromRefreshToken", refresh(&ended)).await;
    answer.expect_fault(NA, "Refresh Token has been revoked");
    node.call("GetUser", json!({ "AccessToken": lives["AccessToken"] })).await.expect_ok();
    node.call("GetTokensFromRefreshToken", refresh(&lives)).await.expect_tokens();
    node.stop().await;
}
