use testkit::prelude::*;
use testkit::{IdentityPool, claims, resigned};

const PW: &str = testkit::PASSWORD;
const SHOP: &str = "login.shop";
const OWN: &str = "cognito-identity.amazonaws.com";
const NO_MATCH: &str =
    "Logins don't match. Please include at least one valid login for this identity or identity pool.";
const REGISTERED: &str =
    "This developer user identifier is already registered with Cognito under a different identity ID";

async fn known(pool: &IdentityPool, identifier: &str) -> (String, Value) {
    let told = pool.developer_token(SHOP, identifier, json!({})).await.expect_ok();
    (told["IdentityId"].as_str().unwrap().to_owned(), told["Token"].clone())
}

#[cognate_test]
async fn id_20_a_developers_user_is_one_identity_and_the_token_lasts_as_asked(app: App) {
    let pool = app.identity_pool().developed_by(SHOP).await;
    let (id, token) = known(&pool, "ana").await;
    assert_eq!(known(&pool, "ana").await.0, id);
    assert_ne!(known(&pool, "ben").await.0, id);
    let lasts = |token: &Value| {
        let said = claims(token);
        said["exp"].as_i64().unwrap() - said["iat"].as_i64().unwrap()
    };
    assert_eq!(lasts(&token), 900);
    assert_eq!(claims(&token)["amr"], json!(["authenticated", SHOP, format!("{SHOP}:{}:ana", pool.id)]));
    let longest = pool.developer_token(SHOP, "ana", json!({ "TokenDuration": 86_400 })).await.expect_ok();
    assert_eq!(lasts(&longest["Token"]), 86_400);
    let too_long = pool.developer_token(SHOP, "ana", json!({ "TokenDuration": 86_401 })).await;
    too_long.expect_code("ValidationException");
    assert_eq!(pool.describe(&id).await.expect_ok()["Logins"], json!([SHOP]));
}

#[cognate_test]
async fn the_developer_signs_and_names_the_pools_provider(app: App) {
    let (pool, without) = (app.identity_pool().developed_by(SHOP).await, app.identity_pool().await);
    let sentence = "This identity pool does not support the specified developer provider";
    pool.developer_token("login.other", "ana", json!({})).await.expect_fault("InvalidParameterException", sentence);
    without.developer_token(SHOP, "ana", json!({})).await.expect_fault("InvalidParameterException", sentence);
    let body = json!({ "IdentityPoolId": pool.id, "Logins": { SHOP: "ana" } });
    let op = "GetOpenIdTokenForDeveloperIdentity";
    let unsigned = app.identity_asking(op, &body).unsigned().send().await;
    unsigned.expect_code("MissingAuthenticationTokenException");
    let nobody = app.iam_user("nobody").await;
    let refused = app.identity_asking(op, &body).signed_by(nobody.credentials.clone()).send().await;
    refused.expect_code("AccessDeniedException");
    let action = format!("cognito-identity:{op}");
    nobody.may(json!([{ "Effect": "Allow", "Action": action, "Resource": pool.arn() }])).await;
    app.identity_asking(op, &body).signed_by(nobody.credentials).send().await.expect_ok();
    // Nobody else may speak for the developer's users.
    let unsupported = "Token is not from a supported provider of this identity pool.";
    let people = app.pool().await;
    let mixed = app.identity_pool().developed_by(SHOP).for_people_of(&people).await;
    mixed.get_id(&json!({ SHOP: "ana" })).await.expect_fault("NotAuthorizedException", unsupported);
    pool.get_id(&json!({ SHOP: "ana" })).await.expect_fault("NotAuthorizedException", NO_MATCH);
}

#[cognate_test]
async fn id_21_the_token_opens_the_pools_role_for_its_own_identity(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let pool = app.identity_pool().with_guests().classic().developed_by(SHOP).for_people_of(&people).await;
    let ((ana, of_ana), (ben, of_ben)) = (known(&pool, "ana").await, known(&pool, "ben").await);
    let answer = pool.credentials(&ana, &json!({ OWN: of_ana })).await;
    assert_eq!(answer.identity_id(), ana);
    let who = app.who_is(&answer.identity_credentials()).await;
    assert!(who.value("GetCallerIdentityResult.Arn").contains("/authenticated-"));
    for (id, token) in [(&ana, &of_ben), (&ben, &of_ana)] {
        pool.credentials(id, &json!({ OWN: token })).await.expect_fault("NotAuthorizedException", NO_MATCH);
    }
    let mut both = people.login("ana").await;
    both[OWN] = of_ana.clone();
    pool.credentials(&ana, &both).await.expect_code("InvalidParameterException");
    // A guest's token makes no person of a guest.
    let guest = pool.guest().await;
    let of_guest = pool.open_id_token(&guest, &json!({})).await.expect_ok()["Token"].clone();
    pool.credentials(&guest, &json!({ OWN: of_guest })).await.expect_fault("NotAuthorizedException", NO_MATCH);
    app.advance(Duration::from_secs(900));
    pool.credentials(&ana, &json!({ OWN: of_ana })).await.expect_code("NotAuthorizedException");
}

#[cognate_test]
async fn st_17_tokens_of_other_pools_cut_forged_or_made_for_something_else_open_nothing(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let (pool, other) = (
        app.identity_pool().developed_by(SHOP).for_people_of(&people).await,
        app.identity_pool().developed_by(SHOP).for_people_of(&people).await,
    );
    let ((ana, of_ana), (_, elsewhere)) = (known(&pool, "ana").await, known(&other, "ana").await);
    let text = of_ana.as_str().unwrap();
    let forged = resigned(&json!({ "alg": "none" }), &claims(&of_ana), |_| Vec::new());
    let id_token = people.id_token("ana").await;
    for bad in [elsewhere.as_str().unwrap(), &text[..text.len() - 4], &format!("{text}A"), &forged, &id_token, "x"] {
        let refused = pool.credentials(&ana, &json!({ OWN: bad })).await;
        refused.expect_code("NotAuthorizedException");
    }
    pool.get_id(&json!({ people.login_key(): text })).await.expect_code("NotAuthorizedException");
}

#[cognate_test]
async fn id_22_an_identifier_belongs_to_one_identity(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let pool = app.identity_pool().with_guests().developed_by(SHOP).for_people_of(&people).await;
    let ((ana, _), guest) = (known(&pool, "ana").await, pool.guest().await);
    let code = "DeveloperUserAlreadyRegisteredException";
    pool.developer_token(SHOP, "ana", json!({ "IdentityId": guest })).await.expect_fault(code, REGISTERED);
    // One that is nobody's is linked to a guest, and to an identity of the developer's own.
    let linked = pool.developer_token(SHOP, "ben", json!({ "IdentityId": guest })).await;
    assert_eq!(linked.identity_id(), guest);
    assert_eq!(pool.developer_token(SHOP, "ana-2", json!({ "IdentityId": ana })).await.identity_id(), ana);
    // Where somebody signed in, the developer's word alone does not do.
    let login = people.login("ana").await;
    let person = pool.identity(&login).await;
    let alone = pool.developer_token(SHOP, "carol", json!({ "IdentityId": person })).await;
    alone.expect_fault("NotAuthorizedException", NO_MATCH);
    let together = pool.developer_token(SHOP, "carol", json!({ "IdentityId": person, "Logins": login })).await;
    assert_eq!(together.identity_id(), person);
    let elsewhere = app.identity_pool().with_guests().await.guest().await;
    let refused = pool.developer_token(SHOP, "dan", json!({ "IdentityId": elsewhere })).await;
    refused.expect_fault("ResourceNotFoundException", &format!("Identity '{elsewhere}' not found."));
}

#[cognate_test]
async fn tags_of_the_call_reach_the_session_and_too_many_do_not(app: App) {
    let pool = app.identity_pool().developed_by(SHOP).await;
    let condition = json!({ "StringEquals": { "aws:PrincipalTag/team": "blue" } });
    pool.authenticated
        .may(json!([{ "Effect": "Allow", "Action": "iam:ListRoles", "Resource": "*", "Condition": condition }]))
        .await;
    for (team, may) in [("blue", true), ("red", false)] {
        let told = pool.developer_token(SHOP, "ana", json!({ "PrincipalTags": { "team": team } })).await.expect_ok();
        let id = told["IdentityId"].as_str().unwrap();
        let session = pool.credentials(id, &json!({ OWN: told["Token"] })).await.identity_credentials();
        assert_eq!(app.query_by(&session, Service::Iam, "ListRoles", &[]).await.is_ok(), may, "{team}");
    }
    let many: serde_json::Map<String, Value> = (0..10).map(|n| (format!("k{n}"), json!("x".repeat(50)))).collect();
    let refused = pool.developer_token(SHOP, "ana", json!({ "PrincipalTags": many })).await;
    refused.expect_code("InvalidParameterException");
}

#[cognate_test]
async fn a_token_ends_when_a_login_that_came_along_is_taken(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let pool = app.identity_pool().developed_by(SHOP).for_people_of(&people).await;
    let login = people.login("ana").await;
    let told = pool.developer_token(SHOP, "ana", json!({ "Logins": login, "TokenDuration": 86_400 })).await.expect_ok();
    let ana = told["IdentityId"].as_str().unwrap();
    pool.credentials(ana, &json!({ OWN: told["Token"] })).await.expect_ok();
    let body = json!({ "IdentityId": ana, "Logins": login, "LoginsToRemove": [people.login_key()] });
    app.identity("UnlinkIdentity", body).await.expect_done();
    pool.credentials(ana, &json!({ OWN: told["Token"] })).await.expect_code("NotAuthorizedException");
    // The back end's word for its own user stands, and is given anew.
    let (again, token) = known(&pool, "ana").await;
    assert_eq!(again, ana);
    pool.credentials(ana, &json!({ OWN: token })).await.expect_ok();
}

mod races {
    use super::*;

    #[cognate_test]
    async fn one_new_identifier_of_many_callers_makes_one_identity(app: App) {
        let pool = app.identity_pool().developed_by(SHOP).await;
        let body = json!({ "IdentityPoolId": pool.id, "Logins": { SHOP: "ana" } });
        let got = race(64, |_| {
            let (app, body) = (app.clone(), body.clone());
            async move { app.identity_insisting("GetOpenIdTokenForDeveloperIdentity", body).await.identity_id() }
        })
        .await;
        assert!(got.iter().all(|id| *id == got[0]), "{got:?}");
        let listed = pool.admin("ListIdentities", json!({ "MaxResults": 60 })).await.expect_ok();
        assert_eq!(listed["Identities"].as_array().map(Vec::len), Some(1), "{listed}");
    }
}
