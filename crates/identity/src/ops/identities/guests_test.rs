//! Identities of nobody: how many one address may make, and when they are forgotten.

use testkit::prelude::*;
use testkit::{IdentityPool, SourceRate};

const FEW: SourceRate = SourceRate { rps: 1, burst: 3, spares_loopback: false };

async fn passing(pool: &IdentityPool) -> usize {
    let mut passed = 0;
    for _ in 0..10 {
        let answer = pool.get_id(&json!({})).await;
        if !answer.is_ok() {
            answer.expect_fault("TooManyRequestsException", "Rate exceeded");
            assert_eq!(answer.header("retry-after"), "1");
            break;
        }
        passed += 1;
    }
    passed
}

#[cognate_test]
async fn one_address_makes_so_many_guests_and_people_are_not_counted(_app: App) {
    let app = App::start_as("guests", |plan| plan.identity.guest_rate = Some(FEW)).await;
    let pool = app.identity_pool().with_guests().await;
    let guest = pool.guest().await;
    assert_eq!(passing(&pool).await, 2, "three at once");
    for _ in 0..10 {
        pool.credentials(&guest, &json!({})).await.expect_ok();
        let answer = pool.get_id(&json!({ "accounts.google.com": "token" })).await;
        assert_ne!(answer.code(), "TooManyRequestsException", "a login is no guest");
    }
    app.advance(Duration::from_secs(1));
    assert_eq!(passing(&pool).await, 1, "one a second");
    app.stop().await;
}

#[cognate_test]
async fn one_login_makes_no_more_identities_than_guests_are_made(_app: App) {
    let app = App::start_as("one-login", |plan| plan.identity.guest_rate = Some(FEW)).await;
    let people = app.pool().with_user("ana", testkit::PASSWORD).await;
    let pool = app.identity_pool().for_people_of(&people).await;
    let login = people.login("ana").await;
    let unlink = async || {
        let id = pool.identity(&login).await;
        let body = json!({ "IdentityId": id, "Logins": login, "LoginsToRemove": [people.login_key()] });
        app.identity("UnlinkIdentity", body).await
    };
    for _ in 0..3 {
        unlink().await.expect_done();
    }
    unlink().await.expect_fault("TooManyRequestsException", "Rate exceeded");
    assert_eq!(pool.identity(&login).await, pool.identity(&login).await, "the last one stays");
    app.advance(Duration::from_secs(1));
    unlink().await.expect_done();
    app.stop().await;
}

#[cognate_test]
async fn guests_who_stay_away_are_forgotten_and_people_are_not(app: App) {
    let people = app.pool().with_user("ana", testkit::PASSWORD).await;
    let pool = app.identity_pool().with_guests().for_people_of(&people).await;
    let login = people.login("ana").await;
    let unlinked = pool.identity(&login).await;
    let body = json!({ "IdentityId": unlinked, "Logins": login, "LoginsToRemove": [people.login_key()] });
    app.identity("UnlinkIdentity", body).await.expect_done();
    let (gone, back, ana) = (pool.guest().await, pool.guest().await, pool.identity(&login).await);
    let (day, month) = (Duration::from_secs(86_400), Duration::from_secs(30 * 86_400));
    app.advance(month);
    pool.credentials(&back, &json!({})).await.expect_ok();
    app.advance(day);
    assert_eq!(app.identity_room().forget_guests(month).await.unwrap(), 2);
    assert_eq!(app.identity_room().forget_guests(month).await.unwrap(), 0);
    for nobody in [&gone, &unlinked] {
        pool.describe(nobody).await.expect_code("ResourceNotFoundException");
    }
    pool.describe(&back).await.expect_ok();
    pool.describe(&ana).await.expect_ok();
}
