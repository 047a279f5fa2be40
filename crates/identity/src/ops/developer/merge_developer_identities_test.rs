use testkit::IdentityPool;
use testkit::prelude::*;

const SHOP: &str = "login.shop";

async fn known(pool: &IdentityPool, identifier: &str) -> String {
    pool.developer_token(SHOP, identifier, json!({})).await.identity_id()
}

async fn merge(pool: &IdentityPool, source: &str, destination: &str) -> Answer {
    let body = json!({
        "SourceUserIdentifier": source, "DestinationUserIdentifier": destination, "DeveloperProviderName": SHOP,
    });
    pool.admin("MergeDeveloperIdentities", body).await
}

async fn lookup(pool: &IdentityPool, body: Value) -> Answer {
    pool.admin("LookupDeveloperIdentity", body).await
}

#[cognate_test]
async fn id_23_two_users_of_the_developer_become_the_destination(app: App) {
    let pool = app.identity_pool().developed_by(SHOP).await;
    let (old, new) = (known(&pool, "old").await, known(&pool, "new").await);
    let told = pool.developer_token(SHOP, "old", json!({})).await.expect_ok();
    let session = pool.credentials(&old, &json!({ "cognito-identity.amazonaws.com": told["Token"] })).await;
    let session = session.identity_credentials();
    assert_eq!(merge(&pool, "old", "new").await.identity_id(), new);
    assert_eq!((known(&pool, "old").await, known(&pool, "new").await), (new.clone(), new.clone()));
    let who = app.who_is(&session).await;
    who.expect_refusal(403, "ExpiredToken");
    let hidden = pool.admin("ListIdentities", json!({ "MaxResults": 60, "HideDisabled": true })).await.expect_ok();
    assert_eq!(hidden["Identities"].as_array().map(Vec::len), Some(1), "{hidden}");
    let both = lookup(&pool, json!({ "IdentityId": new })).await.expect_ok();
    assert_eq!(both["DeveloperUserIdentifierList"], json!(["new", "old"]));
    assert_eq!(merge(&pool, "old", "new").await.identity_id(), new, "they are one already");
    merge(&pool, "nobody", "new").await.expect_code("ResourceNotFoundException");
    merge(&pool, "old", "nobody").await.expect_code("ResourceNotFoundException");
}

#[cognate_test]
async fn people_of_one_provider_are_not_merged_into_one(app: App) {
    let people = app.pool().with_user("ana", testkit::PASSWORD).with_user("ben", testkit::PASSWORD).await;
    let pool = app.identity_pool().developed_by(SHOP).for_people_of(&people).await;
    for name in ["ana", "ben"] {
        pool.developer_token(SHOP, name, json!({ "Logins": people.login(name).await })).await.expect_ok();
    }
    let (ana, ben) = (known(&pool, "ana").await, known(&pool, "ben").await);
    let sentence = "Logins are already linked to another account.";
    merge(&pool, "ana", "ben").await.expect_fault("ResourceConflictException", sentence);
    assert_eq!((known(&pool, "ana").await, known(&pool, "ben").await), (ana, ben));
}

#[cognate_test]
async fn a_lookup_answers_by_either_side_and_checks_both(app: App) {
    let pool = app.identity_pool().developed_by(SHOP).await;
    let (ana, ben) = (known(&pool, "ana").await, known(&pool, "ben").await);
    for n in 0..3 {
        pool.developer_token(SHOP, &format!("ana-{n}"), json!({ "IdentityId": ana })).await.expect_ok();
    }
    lookup(&pool, json!({})).await.expect_code("InvalidParameterException");
    let by_name = lookup(&pool, json!({ "DeveloperUserIdentifier": "ana-1" })).await.expect_ok();
    assert_eq!(by_name["IdentityId"], ana);
    assert_eq!(by_name["DeveloperUserIdentifierList"], json!(["ana", "ana-0", "ana-1", "ana-2"]));
    let mut seen = Vec::new();
    let mut body = json!({ "IdentityId": ana, "MaxResults": 3 });
    loop {
        let page = lookup(&pool, body.clone()).await.expect_ok();
        seen.extend(page["DeveloperUserIdentifierList"].as_array().unwrap().clone());
        let Some(next) = page["NextToken"].as_str() else { break };
        body["NextToken"] = next.into();
    }
    assert_eq!(json!(seen), by_name["DeveloperUserIdentifierList"]);
    let both = json!({ "IdentityId": ana, "DeveloperUserIdentifier": "ana-2" });
    assert_eq!(lookup(&pool, both.clone()).await.expect_ok()["DeveloperUserIdentifierList"], json!(["ana-2"]));
    let crossed = json!({ "IdentityId": ben, "DeveloperUserIdentifier": "ana-2" });
    lookup(&pool, crossed).await.expect_code("ResourceConflictException");
    lookup(&pool, json!({ "DeveloperUserIdentifier": "nobody" })).await.expect_code("ResourceNotFoundException");
}

#[cognate_test]
async fn an_unlinked_user_is_new_the_next_time_and_what_was_vouched_for_is_over(app: App) {
    let pool = app.identity_pool().developed_by(SHOP).await;
    let (ana, ben) = (known(&pool, "ana").await, known(&pool, "ben").await);
    let told = pool.developer_token(SHOP, "ana", json!({ "TokenDuration": 86_400 })).await.expect_ok();
    let login = json!({ "cognito-identity.amazonaws.com": told["Token"] });
    let role = pool.role("any").await;
    let assume = async || {
        let token = told["Token"].as_str().unwrap();
        app.assume_with_token(&role.arn, token).await
    };
    pool.credentials(&ana, &login).await.expect_ok();
    assume().await.expect_ok();
    let unlink = async |identity: &str, identifier: &str, provider: &str| {
        let body = json!({
            "IdentityId": identity, "DeveloperUserIdentifier": identifier, "DeveloperProviderName": provider,
        });
        pool.admin("UnlinkDeveloperIdentity", body).await
    };
    unlink(&ben, "ana", SHOP).await.expect_code("ResourceConflictException");
    unlink(&ana, "nobody", SHOP).await.expect_code("ResourceNotFoundException");
    unlink(&ana, "ana", "login.other").await.expect_code("InvalidParameterException");
    unlink(&ana, "ana", SHOP).await.expect_done();
    assert_eq!(pool.describe(&ana).await.expect_ok()["Logins"], json!([]));
    pool.credentials(&ana, &login).await.expect_code("NotAuthorizedException");
    assert_eq!(assume().await.error(), "IDPRejectedClaim");
    assert_ne!(known(&pool, "ana").await, ana);
}

#[cognate_test]
async fn id_21_cr_29_of_two_users_of_one_identity_the_unlinked_one_is_over_and_the_other_asks_for_a_new_token(
    app: App,
) {
    let pool = app.identity_pool().developed_by(SHOP).await;
    let identity = known(&pool, "ana").await;
    let token = async |identifier: &str| {
        let told = pool.developer_token(SHOP, identifier, json!({ "IdentityId": identity })).await.expect_ok();
        assert_eq!(told["IdentityId"], identity);
        told["Token"].as_str().unwrap().to_owned()
    };
    let (unlinked, kept) = (token("ana").await, token("ana-too").await);
    let role = pool.role("any").await;
    let credentials =
        async |token: &str| pool.credentials(&identity, &json!({ "cognito-identity.amazonaws.com": token })).await;
    let assume = async |token: &str| app.assume_with_token(&role.arn, token).await;
    let mut sessions = Vec::new();
    for token in [&unlinked, &kept] {
        sessions.push(credentials(token).await.identity_credentials());
        sessions.push(assume(token).await.credentials());
    }
    for session in &sessions {
        assert!(app.who_is(session).await.is_ok());
    }
    let body = json!({ "IdentityId": identity, "DeveloperUserIdentifier": "ana", "DeveloperProviderName": SHOP });
    pool.admin("UnlinkDeveloperIdentity", body).await.expect_done();
    let forbidden = format!("Access to Identity '{identity}' is forbidden.");
    // Neither a token nor a session knows by which user it was had: all of the identity are over, and who may have another
    // asks for it.
    for token in [&unlinked, &kept] {
        credentials(token).await.expect_fault("NotAuthorizedException", &forbidden);
        assert_eq!(assume(token).await.error(), "IDPRejectedClaim");
    }
    for session in &sessions {
        let who = app.who_is(session).await;
        who.expect_refusal(403, "ExpiredToken");
    }
    let anew = token("ana-too").await;
    for again in [credentials(&anew).await.identity_credentials(), assume(&anew).await.credentials()] {
        assert!(app.who_is(&again).await.is_ok());
    }
    assert_ne!(known(&pool, "ana").await, identity);
}

mod races {
    use super::*;

    #[cognate_test]
    async fn many_merges_at_once_leave_one_identity_with_everybody(app: App) {
        let pool = app.identity_pool().developed_by(SHOP).await;
        for n in 0..8 {
            known(&pool, &format!("u{n}")).await;
        }
        let got = race(64, |n| {
            let (app, id) = (app.clone(), pool.id.clone());
            let (from, to) = (format!("u{}", n % 8), format!("u{}", (n + 1) % 8));
            async move {
                let body = json!({
                    "IdentityPoolId": id, "SourceUserIdentifier": from, "DestinationUserIdentifier": to,
                    "DeveloperProviderName": SHOP,
                });
                app.identity_insisting("MergeDeveloperIdentities", body).await.identity_id()
            }
        })
        .await;
        assert_eq!(got.len(), 64);
        let enabled = json!({ "MaxResults": 60, "HideDisabled": true });
        let listed = pool.admin("ListIdentities", enabled).await.expect_ok();
        assert_eq!(listed["Identities"].as_array().map(Vec::len), Some(1), "{listed}");
        let left = listed["Identities"][0]["IdentityId"].clone();
        let told = lookup(&pool, json!({ "IdentityId": left })).await.expect_ok();
        let all: Vec<String> = (0..8).map(|n| format!("u{n}")).collect();
        assert_eq!(told["DeveloperUserIdentifierList"], json!(all));
    }
}
