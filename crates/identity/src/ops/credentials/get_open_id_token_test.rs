use testkit::prelude::*;
use testkit::{claims, header, trust_in};

const PW: &str = testkit::PASSWORD;
const TAGS: &str = "https://aws.amazon.com/tags";
const CLOSED: &str = "Basic (classic) flow is not enabled, please use enhanced flow.";
const MAPPED: &str = "Basic (classic) flow is not supported with RoleMappings, please use enhanced flow.";

#[cognate_test]
async fn id_19_the_classic_flow_is_closed_unless_it_is_opened(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let (closed, open) = (
        app.identity_pool().with_guests().for_people_of(&people).await,
        app.identity_pool().with_guests().classic().for_people_of(&people).await,
    );
    let guest = closed.guest().await;
    closed.open_id_token(&guest, &json!({})).await.expect_fault("InvalidParameterException", CLOSED);
    let guest = open.guest().await;
    open.open_id_token(&guest, &json!({})).await.expect_ok();
    let key = format!("{}:{}", people.login_key(), people.client.id);
    open.map_roles(json!({ key: { "Type": "Token", "AmbiguousRoleResolution": "Deny" } })).await;
    open.open_id_token(&guest, &json!({})).await.expect_fault("InvalidParameterException", MAPPED);
}

#[cognate_test]
async fn id_19_keys_are_published_before_anybody_was_given_a_token(app: App) {
    let mut keys = json!([]);
    for _ in 0..100 {
        keys = app.get("/.well-known/jwks_uri").await.expect_ok()["keys"].clone();
        if keys != json!([]) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(keys.as_array().map(Vec::len), Some(1), "{keys}");
    assert_eq!(keys[0]["alg"], "RS512");
    let pool = app.identity_pool().with_guests().classic().await;
    let token = pool.open_id_token(&pool.guest().await, &json!({})).await.expect_ok()["Token"].clone();
    assert_eq!(header(&token)["kid"], keys[0]["kid"]);
}

#[cognate_test]
async fn id_19_a_token_says_who_and_how_for_ten_minutes(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let pool = app.identity_pool().with_guests().classic().for_people_of(&people).await;
    let (guest, login) = (pool.guest().await, people.login("ana").await);
    let told = pool.open_id_token(&guest, &json!({})).await.expect_ok();
    let said = claims(&told["Token"]);
    assert_eq!((&told["IdentityId"], &said["sub"], &said["aud"]), (&json!(guest), &json!(guest), &json!(pool.id)));
    assert_eq!(said["amr"], json!(["unauthenticated"]));
    assert_eq!(said["exp"].as_i64().unwrap() - said["iat"].as_i64().unwrap(), 600);
    assert_eq!(header(&told["Token"])["alg"], "RS512");

    let told = pool.open_id_token(&guest, &login).await.expect_ok();
    assert_eq!(told["IdentityId"], guest, "the guest is ana now");
    let sub = claims(&json!(people.id_token("ana").await))["sub"].as_str().unwrap().to_owned();
    let key = people.login_key();
    let amr = json!(["authenticated", key, format!("{key}:CognitoSignIn:{sub}")]);
    assert_eq!(claims(&told["Token"])["amr"], amr);
    let forbidden = format!("Access to Identity '{guest}' is forbidden.");
    pool.open_id_token(&guest, &json!({})).await.expect_fault("NotAuthorizedException", &forbidden);
}

#[cognate_test]
async fn id_19_a_token_opens_the_roles_that_trust_it(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let pool = app.identity_pool().with_guests().classic().for_people_of(&people).await;
    let login = people.login("ana").await;
    let ana = pool.identity(&login).await;
    let (of_ana, of_guest) = (pool.open_id_token(&ana, &login).await.expect_ok(), {
        let guest = pool.guest().await;
        pool.open_id_token(&guest, &json!({})).await.expect_ok()
    });
    let assume = async |token: &Value, role: &str| {
        let token = token["Token"].as_str().unwrap();
        app.assume_with_token(role, token).await
    };
    let answer = assume(&of_ana, &pool.authenticated.arn).await;
    assert_eq!(answer.value("AssumeRoleWithWebIdentityResult.SubjectFromWebIdentityToken"), ana);
    assert_eq!(answer.value("AssumeRoleWithWebIdentityResult.Audience"), pool.id);
    assert_eq!(assume(&of_guest, &pool.authenticated.arn).await.error(), "AccessDenied");
    assert!(assume(&of_guest, &pool.guest.arn).await.is_ok());
    assert_eq!(assume(&of_ana, &pool.guest.arn).await.error(), "AccessDenied");
    app.advance(Duration::from_secs(600));
    assert_eq!(assume(&of_ana, &pool.authenticated.arn).await.error(), "ExpiredTokenException");
}

#[cognate_test]
async fn id_29_claims_are_tags_of_the_token_and_of_the_session_it_opens(app: App) {
    let people = app.pool().with_user("ana", PW).with_user("ben", PW).await;
    let pool = app.identity_pool().classic().for_people_of(&people).await;
    let tags_of = async |name: &str| {
        let login = people.login(name).await;
        let told = pool.open_id_token(&pool.identity(&login).await, &login).await.expect_ok();
        (claims(&told["Token"])[TAGS].clone(), told["Token"].as_str().unwrap().to_owned())
    };
    let assume = async |token: &str, role: &str| app.assume_with_token(role, token).await;
    let lists = async |token: &str| {
        let session = assume(token, &pool.authenticated.arn).await.credentials();
        app.query_by(&session, Service::Iam, "ListRoles", &[]).await.is_ok()
    };
    let condition = json!({ "StringEquals": { "aws:PrincipalTag/name": "ana" } });
    pool.authenticated
        .may(json!([{ "Effect": "Allow", "Action": "iam:ListRoles", "Resource": "*", "Condition": condition }]))
        .await;
    let (tags, untagged) = tags_of("ana").await;
    assert_eq!(tags, Value::Null, "no map, no tags");
    assert!(!lists(&untagged).await);

    let map = json!({
        "IdentityProviderName": people.login_key(), "UseDefaults": false,
        "PrincipalTags": { "name": "cognito:username", "none": "nowhere" },
    });
    pool.admin("SetPrincipalTagAttributeMap", map).await.expect_ok();
    let ((tags, of_ana), (others, of_ben)) = (tags_of("ana").await, tags_of("ben").await);
    assert_eq!(tags, json!({ "principal_tags": { "name": ["ana"] }, "transitive_tag_keys": [] }));
    assert_eq!(others["principal_tags"], json!({ "name": ["ben"] }));
    assert!(lists(&of_ana).await);
    assert!(!lists(&of_ben).await);

    let mut trust = trust_in(&pool.id, "authenticated");
    trust[0]["Action"] = "sts:AssumeRoleWithWebIdentity".into();
    let unwilling = app.iam_role("unwilling", "/", trust.clone()).await;
    let sentence = "Not authorized to perform sts:TagSession";
    assume(&of_ana, &unwilling.arn).await.expect_error(403, "AccessDenied", sentence);
    assert!(assume(&untagged, &unwilling.arn).await.is_ok(), "who has no tags needs no consent to them");
    trust[0]["Action"] = json!(["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]);
    trust[0]["Condition"]["StringEquals"]["aws:RequestTag/name"] = "ana".into();
    let asking = app.iam_role("asking", "/", trust).await;
    assert!(assume(&of_ana, &asking.arn).await.is_ok());
    assert_eq!(assume(&of_ben, &asking.arn).await.error(), "AccessDenied");
}
