use testkit::IdentityPool;
use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;

async fn unlink(pool: &IdentityPool, identity: &str, logins: &Value, remove: &[&str]) -> Answer {
    let body = json!({ "IdentityId": identity, "Logins": logins, "LoginsToRemove": remove });
    pool.app().identity("UnlinkIdentity", body).await
}

#[cognate_test]
async fn id_24_only_who_can_sign_in_to_an_identity_takes_logins_from_it(app: App) {
    let people = app.pool().with_user("ana", PW).with_user("eve", PW).await;
    let pool = app.identity_pool().for_people_of(&people).await;
    let (login, key) = (people.login("ana").await, people.login_key());
    let ana = pool.identity(&login).await;
    let sentence = "Logins don't match. Please include at least one valid login for this identity or identity pool.";
    let eve = people.login("eve").await;
    unlink(&pool, &ana, &eve, &[&key]).await.expect_fault("NotAuthorizedException", sentence);
    unlink(&pool, &ana, &json!({}), &[&key]).await.expect_fault("NotAuthorizedException", sentence);
    unlink(&pool, &ana, &login, &["accounts.google.com"]).await.expect_code("ResourceNotFoundException");
    assert_eq!(pool.identity(&login).await, ana, "nothing has changed");

    unlink(&pool, &ana, &login, &[&key]).await.expect_done();
    assert_eq!(pool.describe(&ana).await.expect_ok()["Logins"], json!([]));
    let forbidden = format!("Access to Identity '{ana}' is forbidden.");
    pool.credentials(&ana, &json!({})).await.expect_fault("NotAuthorizedException", &forbidden);
    let next = pool.identity(&login).await;
    assert_ne!(next, ana, "who comes with it next time is new");
}

#[cognate_test]
async fn credentials_end_when_a_login_is_taken(app: App) {
    let (people, others) = (app.pool().with_user("ana", PW).await, app.pool().with_user("ana", PW).await);
    let pool = app.identity_pool().for_people_of(&people).for_people_of(&others).await;
    let mut logins = people.login("ana").await;
    logins[others.login_key()] = others.id_token("ana").await.into();
    let ana = pool.identity(&logins).await;
    let session = pool.credentials(&ana, &logins).await.identity_credentials();
    let who = || app.who_is(&session);
    assert!(who().await.is_ok());
    unlink(&pool, &ana, &logins, &[&others.login_key()]).await.expect_done();
    who().await.expect_refusal(403, "ExpiredToken");
    assert_eq!(pool.describe(&ana).await.expect_ok()["Logins"], json!([people.login_key()]));
    let again = pool.credentials(&ana, &people.login("ana").await).await.identity_credentials();
    assert!(app.who_is(&again).await.is_ok());
}

#[cognate_test]
async fn a_token_got_by_a_login_ends_when_the_login_is_taken(app: App) {
    let (people, others) = (app.pool().with_user("ana", PW).await, app.pool().with_user("ana", PW).await);
    let pool = app.identity_pool().classic().for_people_of(&people).for_people_of(&others).await;
    let (mine, lost) = (people.login("ana").await, others.login("ana").await);
    let mut both = mine.clone();
    both[others.login_key()] = lost[others.login_key()].clone();
    let ana = pool.identity(&both).await;
    let of_lost = pool.open_id_token(&ana, &lost).await.expect_ok()["Token"].clone();
    let own = json!({ "cognito-identity.amazonaws.com": of_lost });
    let assume = async |token: &Value| {
        let role = pool.authenticated.arn.as_str();
        let token = token.as_str().unwrap();
        app.assume_with_token(role, token).await
    };
    assume(&of_lost).await.expect_ok();
    pool.credentials(&ana, &own).await.expect_ok();
    unlink(&pool, &ana, &mine, &[&others.login_key()]).await.expect_done();
    assert_eq!(assume(&of_lost).await.error(), "IDPRejectedClaim");
    let forbidden = format!("Access to Identity '{ana}' is forbidden.");
    pool.credentials(&ana, &own).await.expect_fault("NotAuthorizedException", &forbidden);
    let of_mine = pool.open_id_token(&ana, &mine).await.expect_ok()["Token"].clone();
    assume(&of_mine).await.expect_ok();
}
