use crypto::sigv4::Credentials;
use testkit::ACCOUNT;
use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;
const ALL: &str = "cognito-identity.amazonaws.com";

fn forbidden(identity: &str) -> String {
    format!("Access to Identity '{identity}' is forbidden.")
}

#[cognate_test]
async fn id_07_a_guest_gets_credentials_for_an_hour(app: App) {
    let pool = app.identity_pool().with_guests().await;
    let guest = pool.guest().await;
    let answer = pool.credentials(&guest, &json!({})).await;
    let body = answer.expect_ok();
    assert_eq!(body["IdentityId"], guest);
    let told = body["Credentials"].as_object().unwrap();
    let mut names: Vec<&String> = told.keys().collect();
    names.sort();
    assert_eq!(names, ["AccessKeyId", "Expiration", "SecretKey", "SessionToken"]);
    assert!(told["AccessKeyId"].as_str().unwrap().starts_with("ASIA"));
    let ahead = told["Expiration"].as_f64().unwrap() - app.now().secs() as f64;
    assert!((3595.0..=3605.0).contains(&ahead), "{ahead}");
    let who = app.who_is(&answer.identity_credentials()).await;
    let (_, short) = pool.id.split_once(':').unwrap();
    let arn = format!("arn:aws:sts::{ACCOUNT}:assumed-role/unauthenticated-{short}/CognitoIdentityCredentials");
    assert_eq!(who.value("GetCallerIdentityResult.Arn"), arn);
    app.advance(Duration::from_secs(3600));
    app.who_is(&answer.identity_credentials()).await.expect_refusal(403, "ExpiredToken");
}

#[cognate_test]
async fn id_15_a_guest_who_signs_in_keeps_the_identity(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let pool = app.identity_pool().with_guests().for_people_of(&people).await;
    let guest = pool.guest().await;
    let login = people.login("ana").await;
    let signed_in = pool.credentials(&guest, &login).await;
    assert_eq!(signed_in.identity_id(), guest);
    assert_eq!(pool.describe(&guest).await.expect_ok()["Logins"], json!([people.login_key()]));
    assert_eq!(pool.identity(&login).await, guest);
    pool.credentials(&guest, &json!({})).await.expect_fault("NotAuthorizedException", &forbidden(&guest));
    let who = app.who_is(&signed_in.identity_credentials()).await;
    assert!(who.value("GetCallerIdentityResult.Arn").contains("assumed-role/authenticated-"));
}

#[cognate_test]
async fn id_16_a_guest_who_signs_in_as_somebody_known_becomes_them(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let pool = app.identity_pool().with_guests().for_people_of(&people).await;
    let login = people.login("ana").await;
    let (ana, guest) = (pool.identity(&login).await, pool.guest().await);
    let session = pool.credentials(&guest, &json!({})).await.identity_credentials();
    assert!(app.who_is(&session).await.is_ok());
    assert_eq!(pool.credentials(&guest, &login).await.identity_id(), ana);
    app.who_is(&session).await.expect_refusal(403, "ExpiredToken");
    pool.credentials(&guest, &json!({})).await.expect_fault("NotAuthorizedException", &forbidden(&guest));
    // The old id still leads to whoever it became, for those who can prove to be them.
    assert_eq!(pool.credentials(&guest, &login).await.identity_id(), ana);
    let hidden = pool.admin("ListIdentities", json!({ "MaxResults": 60, "HideDisabled": true })).await.expect_ok();
    assert_eq!(hidden["Identities"].as_array().map(Vec::len), Some(1), "{hidden}");
    assert_eq!(hidden["Identities"][0]["IdentityId"], ana);
}

#[cognate_test]
async fn an_identity_is_nobody_elses_and_of_no_other_pool(app: App) {
    let people = app.pool().with_user("ana", PW).with_user("eve", PW).await;
    let pool = app.identity_pool().with_guests().for_people_of(&people).await;
    let closed = app.identity_pool().await;
    let ana = pool.identity(&people.login("ana").await).await;
    let no_match = "Logins don't match. Please include at least one valid login for this identity or identity pool.";
    let eve = people.login("eve").await;
    pool.credentials(&ana, &eve).await.expect_fault("NotAuthorizedException", no_match);
    let strange = "eu-west-1:00000000-0000-4000-8000-000000000000";
    let sentence = format!("Identity '{strange}' not found.");
    pool.credentials(strange, &eve).await.expect_fault("ResourceNotFoundException", &sentence);
    pool.credentials(strange, &json!({})).await.expect_fault("ResourceNotFoundException", &sentence);
    // The pool is the identity's own: logins of another pool's providers do not count in it.
    let guest = pool.guest().await;
    pool.admin("UpdateIdentityPool", json!({ "IdentityPoolName": "shop", "AllowUnauthenticatedIdentities": false }))
        .await
        .expect_ok();
    let no_guests = "Unauthenticated access is not supported for this identity pool.";
    pool.credentials(&guest, &json!({})).await.expect_fault("NotAuthorizedException", no_guests);
    pool.credentials(&ana, &eve).await.expect_fault("NotAuthorizedException", no_match);
    closed.get_id(&eve).await.expect_fault("NotAuthorizedException", no_match);
}

#[cognate_test]
async fn id_25_rules_are_asked_in_order_and_ambiguity_does_as_it_is_told(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let pool = app.identity_pool().for_people_of(&people).await;
    let (first, second) = (pool.role("first").await, pool.role("second").await);
    let login = people.login("ana").await;
    let ana = pool.identity(&login).await;
    let key = format!("{}:{}", people.login_key(), people.client.id);
    let map = async |ambiguous: &str, rules: &[(&str, &str, &str, &str)]| {
        let rules: Vec<Value> = rules
            .iter()
            .map(|(claim, how, value, role)| json!({ "Claim": claim, "MatchType": how, "Value": value, "RoleARN": role }))
            .collect();
        let mapping = json!({
            "Type": "Rules", "AmbiguousRoleResolution": ambiguous, "RulesConfiguration": { "Rules": rules },
        });
        pool.map_roles(json!({ key.clone(): mapping })).await;
    };
    let role = async || {
        let session = pool.credentials(&ana, &login).await.identity_credentials();
        let arn = app.who_is(&session).await.value("GetCallerIdentityResult.Arn");
        arn.split('/').nth(1).unwrap_or_default().to_owned()
    };
    let username = "cognito:username";
    map("Deny", &[(username, "Equals", "ben", &first.arn), (username, "StartsWith", "an", &second.arn)]).await;
    assert_eq!(role().await, "second");
    map("Deny", &[(username, "Contains", "n", &first.arn), (username, "Equals", "ana", &second.arn)]).await;
    assert_eq!(role().await, "first");
    map("Deny", &[("nowhere", "NotEqual", "x", &first.arn)]).await;
    let sentence = "The ambiguous role mapping rules denied this request";
    pool.credentials(&ana, &login).await.expect_fault("NotAuthorizedException", sentence);
    map("AuthenticatedRole", &[("nowhere", "NotEqual", "x", &first.arn)]).await;
    assert!(role().await.starts_with("authenticated-"));
    map("Deny", &[(username, "Equals", "ana", &first.arn), (username, "NotEqual", "ben", &second.arn)]).await;
    let asked = pool.credentials_as(&second.arn, &ana, &login).await.identity_credentials();
    assert!(app.who_is(&asked).await.value("GetCallerIdentityResult.Arn").contains("/second/"));
    pool.credentials_as(&pool.authenticated.arn, &ana, &login).await.expect_code("NotAuthorizedException");
}

#[cognate_test]
async fn id_26_a_token_names_the_roles_of_its_groups(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let pool = app.identity_pool().for_people_of(&people).await;
    let (first, second) = (pool.role("first").await, pool.role("second").await);
    people.group("readers", json!({ "RoleArn": first.arn, "Precedence": 2 })).await;
    people.group("writers", json!({ "RoleArn": second.arn, "Precedence": 1 })).await;
    for group in ["readers", "writers"] {
        people.join("ana", group).await.expect_done();
    }
    let login = people.login("ana").await;
    let ana = pool.identity(&login).await;
    let key = format!("{}:{}", people.login_key(), people.client.id);
    pool.map_roles(json!({ key: { "Type": "Token", "AmbiguousRoleResolution": "Deny" } })).await;
    let arn =
        async |answer: Answer| app.who_is(&answer.identity_credentials()).await.value("GetCallerIdentityResult.Arn");
    assert!(arn(pool.credentials(&ana, &login).await).await.contains("/second/"), "the preferred role");
    assert!(arn(pool.credentials_as(&first.arn, &ana, &login).await).await.contains("/first/"));
    let other = pool.role("other").await;
    for strange in [&other.arn, &pool.authenticated.arn] {
        pool.credentials_as(strange, &ana, &login).await.expect_code("NotAuthorizedException");
    }
}

#[cognate_test]
async fn a_custom_role_without_a_mapping_is_the_pools_own_or_none(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let pool = app.identity_pool().for_people_of(&people).await;
    let other = pool.role("other").await;
    let login = people.login("ana").await;
    let ana = pool.identity(&login).await;
    pool.credentials_as(&pool.authenticated.arn, &ana, &login).await.expect_ok();
    pool.credentials_as(&other.arn, &ana, &login).await.expect_code("NotAuthorizedException");
}

#[cognate_test]
async fn id_30_a_guest_reaches_no_further_than_guests_do_whatever_the_role_says(app: App) {
    let people = app.pool().await;
    let pool = app.identity_pool().with_guests().classic().await;
    pool.guest.may(json!([{ "Effect": "Allow", "Action": "*", "Resource": "*" }])).await;
    let guest = pool.guest().await;
    let session = pool.credentials(&guest, &json!({})).await.identity_credentials();
    let describe = |who: &Credentials| {
        app.asking("DescribeUserPool", &json!({ "UserPoolId": people.id })).signed_by(who.clone()).send()
    };
    describe(&session).await.expect_ok();
    app.query_by(&session, Service::Iam, "ListRoles", &[]).await.expect_refusal(403, "AccessDenied");

    let token = pool.open_id_token(&guest, &json!({})).await.expect_ok();
    let classic = app.assume_with_token(&pool.guest.arn, token["Token"].as_str().unwrap()).await.credentials();
    assert!(app.query_by(&classic, Service::Iam, "ListRoles", &[]).await.is_ok());
    describe(&classic).await.expect_ok();
}

#[cognate_test]
async fn a_person_reaches_what_is_theirs_by_their_identity(app: App) {
    let people = app.pool().with_user("ana", PW).with_user("ben", PW).await;
    let pool = app.identity_pool().for_people_of(&people).await;
    let (ana, ben) = (pool.identity(&people.login("ana").await).await, pool.identity(&people.login("ben").await).await);
    let condition = json!({ "StringEquals": { format!("{ALL}:sub"): ana, format!("{ALL}:aud"): pool.id } });
    pool.authenticated
        .may(json!([{ "Effect": "Allow", "Action": "iam:ListRoles", "Resource": "*", "Condition": condition }]))
        .await;
    let session =
        async |id: &str, name: &str| pool.credentials(id, &people.login(name).await).await.identity_credentials();
    let (of_ana, of_ben) = (session(&ana, "ana").await, session(&ben, "ben").await);
    assert!(app.query_by(&of_ana, Service::Iam, "ListRoles", &[]).await.is_ok());
    app.query_by(&of_ben, Service::Iam, "ListRoles", &[]).await.expect_refusal(403, "AccessDenied");
}

#[cognate_test]
async fn session_tokens_of_people_with_ten_tags_stay_short(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let pool = app.identity_pool().for_people_of(&people).developed_by("login.shop").await;
    let tags: serde_json::Map<String, Value> =
        (0..10).map(|n| (format!("department{n}"), json!("engineering-europe"))).collect();
    let more = json!({ "Logins": people.login("ana").await, "PrincipalTags": tags });
    let told = pool.developer_token("login.shop", "ana", more).await.expect_ok();
    let (id, token) = (told["IdentityId"].as_str().unwrap(), &told["Token"]);
    let session = pool.credentials(id, &json!({ ALL: token })).await.identity_credentials();
    let length = session.token.unwrap().reveal().len();
    assert!(length <= 1400, "{length}");
}
