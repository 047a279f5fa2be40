use crypto::jose::{RsaAlgorithm, VerifyingKey, verify};
use federation::testing::{DISCOVERY, TestIssuer};
use testkit::prelude::*;
use testkit::{ACCOUNT, IdentityPool, Role};

const ACTION: &str = "AssumeRoleWithWebIdentity";

async fn assume(app: &App, role: &str, token: &str, more: &[(&str, &str)]) -> Answer {
    let mut parameters = vec![("RoleArn", role), ("RoleSessionName", "web"), ("WebIdentityToken", token)];
    parameters.extend(more);
    app.query(Service::Sts, ACTION, &parameters).await
}

/// A role for tokens of this issuer made for this client.
async fn role_for(app: &App, name: &str, issuer: &str, audience: &str) -> Role {
    let url = issuer.trim_start_matches("https://").trim_start_matches("http://");
    let provider = format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{url}");
    let condition = json!({ "StringEquals": { format!("{url}:aud"): audience } });
    let trust = json!([{
        "Effect": "Allow", "Principal": { "Federated": provider },
        "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition,
    }]);
    app.iam_role(name, "/", trust).await
}

async fn registered(app: &App, issuer: &TestIssuer) {
    let parameters = [("Url", issuer.issuer()), ("ClientIDList.member.1", "shop".to_owned())];
    let parameters: Vec<(&str, &str)> = parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let made = app.query(Service::Iam, "CreateOpenIDConnectProvider", &parameters).await;
    assert!(made.is_ok(), "{made:?}");
}

fn claims(app: &App, change: Value) -> Value {
    let now = app.now().secs();
    let mut all = json!({ "sub": "ana-1", "aud": "shop", "iat": now, "exp": now + 600 });
    for (name, value) in change.as_object().expect("an object") {
        all[name] = value.clone();
    }
    all
}

#[cognate_test]
async fn cr_21_a_person_of_a_pool_becomes_a_role(app: App) {
    let pool = app.pool().with_user("ana", "Corr3ct-horse").await;
    let tokens = pool.sign_in("ana", "Corr3ct-horse").await.expect_tokens();
    let (id_token, access_token) = (tokens["IdToken"].as_str().unwrap(), tokens["AccessToken"].as_str().unwrap());
    let role = role_for(&app, "shop", &pool.issuer(), &pool.client.id).await;
    let answer = assume(&app, &role.arn, id_token, &[]).await;
    let told = |name: &str| answer.value(&format!("AssumeRoleWithWebIdentityResult.{name}"));
    assert_eq!(told("Provider"), pool.issuer());
    assert_eq!(told("Audience"), pool.client.id);
    assert_eq!(told("AssumedRoleUser.AssumedRoleId"), format!("{}:web", role.id));
    let who = app.who_is(&answer.credentials()).await;
    assert_eq!(who.value("GetCallerIdentityResult.Arn"), format!("arn:aws:sts::{ACCOUNT}:assumed-role/shop/web"));

    let not_a_token = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)";
    assume(&app, &role.arn, access_token, &[]).await.expect_error(400, "InvalidIdentityToken", not_a_token);
    let too_long = assume(&app, &role.arn, id_token, &[("DurationSeconds", "3601")]).await;
    let sentence = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
    too_long.expect_error(400, "ValidationError", sentence);
    let other = role_for(&app, "other", &pool.issuer(), "another-client").await;
    let sentence = "Not authorized to perform sts:AssumeRoleWithWebIdentity";
    assume(&app, &other.arn, id_token, &[]).await.expect_error(403, "AccessDenied", sentence);
    let nowhere = format!("arn:aws:iam::{ACCOUNT}:role/nowhere");
    assume(&app, &nowhere, id_token, &[]).await.expect_error(403, "AccessDenied", sentence);

    pool.admin("AdminDisableUser", json!({ "Username": "ana" })).await.expect_ok();
    assert_eq!(assume(&app, &role.arn, id_token, &[]).await.error(), "IDPRejectedClaim");
    app.advance(Duration::from_secs(7200));
    assert_eq!(assume(&app, &role.arn, id_token, &[]).await.error(), "ExpiredTokenException");
}

#[cognate_test]
async fn cr_21_a_token_of_another_issuer_counts_once_its_provider_is_known(app: App) {
    let issuer = TestIssuer::start_tls().await;
    let role = role_for(&app, "shop", &issuer.issuer(), "shop").await;
    let token = |change: Value| issuer.token(&claims(&app, change));
    let sentence = format!("No OpenIDConnect provider found in your account for {}", issuer.issuer());
    let unknown = assume(&app, &role.arn, &token(json!({})), &[]).await;
    unknown.expect_error(400, "InvalidIdentityToken", &sentence);
    assert_eq!(issuer.server().connections(), 0, "who nobody knows is not asked");

    registered(&app, &issuer).await;
    let answer = assume(&app, &role.arn, &token(json!({})), &[]).await;
    let told = |name: &str| answer.value(&format!("AssumeRoleWithWebIdentityResult.{name}"));
    assert_eq!([told("Provider"), told("Audience")], [issuer.issuer(), "shop".to_owned()]);
    assert_eq!(told("SubjectFromWebIdentityToken"), "ana-1");

    let theirs = assume(&app, &role.arn, &token(json!({ "aud": "theirs" })), &[]).await;
    theirs.expect_error(400, "InvalidIdentityToken", "Incorrect token audience");
    let now = app.now().secs();
    let late = assume(&app, &role.arn, &token(json!({ "exp": now - 300 })), &[]).await;
    let sentence =
        format!("Token expired: current date/time {now} must be before the expiration date/time {}", now - 300);
    late.expect_error(400, "ExpiredTokenException", &sentence);
    let mut forged = token(json!({}));
    forged.truncate(forged.len() - 4);
    forged.push_str("AAAA");
    assert_eq!(assume(&app, &role.arn, &forged, &[]).await.error(), "InvalidIdentityToken");
    for garbage in ["none", "a.b.c", "eyJhbGciOiJub25lIn0.e30."] {
        assert_eq!(assume(&app, &role.arn, garbage, &[]).await.error(), "InvalidIdentityToken", "{garbage}");
    }
}

#[cognate_test]
async fn cr_21_an_issuer_that_does_not_answer_is_said_to(app: App) {
    let issuer = TestIssuer::start_tls().await;
    let role = role_for(&app, "shop", &issuer.issuer(), "shop").await;
    registered(&app, &issuer).await;
    issuer.server().answer_bytes(DISCOVERY, "HTTP/1.1 503 Down\r\ncontent-length: 0\r\n\r\n");
    let token = issuer.token(&claims(&app, json!({})));
    assert_eq!(assume(&app, &role.arn, &token, &[]).await.error(), "IDPCommunicationError");
}

#[cognate_test]
async fn tags_of_a_token_need_the_roles_consent_and_tag_the_session(app: App) {
    let issuer = TestIssuer::start_tls().await;
    registered(&app, &issuer).await;
    let plain = role_for(&app, "plain", &issuer.issuer(), "shop").await;
    let tags = json!({ "https://aws.amazon.com/tags": {
        "principal_tags": { "Team": ["blue"] }, "transitive_tag_keys": ["Team"],
    }});
    let token = issuer.token(&claims(&app, tags));
    let refused = assume(&app, &plain.arn, &token, &[]).await;
    refused.expect_error(403, "AccessDenied", "Not authorized to perform sts:TagSession");

    let url = issuer.issuer().trim_start_matches("https://").to_owned();
    let trust = json!([{
        "Effect": "Allow", "Principal": { "Federated": format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{url}") },
        "Action": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"],
    }]);
    let tagging = app.iam_role("tagging", "/", trust).await;
    let condition = json!({ "StringEquals": { "aws:PrincipalTag/Team": "blue", format!("{url}:sub"): "ana-1" } });
    tagging
        .may(json!([{ "Effect": "Allow", "Action": "iam:ListRoles", "Resource": "*", "Condition": condition }]))
        .await;
    let session = assume(&app, &tagging.arn, &token, &[]).await.credentials();
    let listed = app.asking_query(Service::Iam, "ListRoles", &[]).signed_by(session).send().await;
    assert!(listed.is_ok(), "{listed:?}");
}

async fn guest_token(pool: &IdentityPool, identity: &str) -> String {
    let answer = pool.open_id_token(identity, &json!({})).await.expect_ok();
    answer["Token"].as_str().expect("a token").to_owned()
}

#[cognate_test]
async fn cr_21_id_19_a_token_of_an_identity_pool_opens_the_roles_that_trust_it(app: App) {
    let pool = app.identity_pool().with_guests().classic().await;
    let guest = pool.guest().await;
    let token = guest_token(&pool, &guest).await;
    // Each identity what is its own, by the key that every session of an identity has.
    let own = json!({ "StringEquals": { "cognito-identity.amazonaws.com:sub": guest } });
    pool.guest.may(json!([{ "Effect": "Allow", "Action": "iam:ListRoles", "Resource": "*", "Condition": own }])).await;
    let answer = assume(&app, &pool.guest.arn, &token, &[]).await;
    let told = |name: &str| answer.value(&format!("AssumeRoleWithWebIdentityResult.{name}"));
    assert_eq!(told("Provider"), app.issuer("").trim_end_matches('/'));
    assert_eq!([told("Audience"), told("SubjectFromWebIdentityToken")], [pool.id.clone(), guest.clone()]);
    let session = answer.credentials();
    let listed = app.asking_query(Service::Iam, "ListRoles", &[]).signed_by(session).send().await;
    assert!(listed.is_ok(), "{listed:?}");

    let other = guest_token(&pool, &pool.guest().await).await;
    let session = assume(&app, &pool.guest.arn, &other, &[]).await.credentials();
    let listed = app.asking_query(Service::Iam, "ListRoles", &[]).signed_by(session).send().await;
    assert_eq!(listed.error(), "AccessDenied", "another identity");
    let sentence = "Not authorized to perform sts:AssumeRoleWithWebIdentity";
    assume(&app, &pool.authenticated.arn, &token, &[]).await.expect_error(403, "AccessDenied", sentence);
    let elsewhere = app.identity_pool().with_guests().await;
    assume(&app, &elsewhere.guest.arn, &token, &[]).await.expect_error(403, "AccessDenied", sentence);
}

#[cognate_test]
async fn a_role_may_trust_identity_pools_by_the_deployments_own_name(app: App) {
    let pool = app.identity_pool().with_guests().classic().await;
    let guest = pool.guest().await;
    let token = guest_token(&pool, &guest).await;
    let issuer = app.issuer("");
    let name = issuer.trim_start_matches("http://").trim_start_matches("https://").trim_end_matches('/');
    let arn = format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{name}");
    for (role, federated, audience, trusts) in
        [("named", name, &pool.id, true), ("provided", arn.as_str(), &pool.id, true), ("mistaken", name, &guest, false)]
    {
        let trust = json!([{
            "Effect": "Allow", "Principal": { "Federated": federated },
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": { format!("{name}:aud"): audience, format!("{name}:sub"): guest },
                "ForAnyValue:StringEquals": { format!("{name}:amr"): "unauthenticated" },
            },
        }]);
        let role = app.iam_role(role, "/", trust).await;
        let answer = assume(&app, &role.arn, &token, &[]).await;
        assert_eq!(answer.is_ok(), trusts, "{answer:?}");
    }
}

#[cognate_test]
async fn id_19_a_token_of_an_identity_pool_verifies_against_what_the_deployment_publishes(app: App) {
    let pool = app.identity_pool().with_guests().classic().await;
    let guest = pool.guest().await;
    let token = guest_token(&pool, &guest).await;
    let discovery = app.get("/.well-known/openid-configuration").await.expect_ok();
    let issuer = app.issuer("").trim_end_matches('/').to_owned();
    assert_eq!(discovery["issuer"], issuer.as_str());
    assert_eq!(discovery["id_token_signing_alg_values_supported"], json!(["RS512"]));
    let keys = discovery["jwks_uri"].as_str().unwrap().strip_prefix(&issuer).unwrap().to_owned();
    let keys = app.get(&keys).await.expect_ok();
    let verifier = |key: &Value| {
        let text = |name: &str| key[name].as_str().unwrap().to_owned();
        VerifyingKey::rsa(RsaAlgorithm::Rs512, &text("kid"), &text("n"), &text("e")).unwrap()
    };
    let keys: Vec<VerifyingKey> = keys["keys"].as_array().unwrap().iter().map(verifier).collect();
    let payload = verify(&token, |kid| keys.iter().find(|key| key.kid() == kid)).unwrap();
    let said: Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!([&said["iss"], &said["aud"], &said["sub"]], [issuer.as_str(), pool.id.as_str(), guest.as_str()]);
    assert_eq!(said["amr"], json!(["unauthenticated"]));
    assert_eq!(said["exp"].as_i64().unwrap() - said["iat"].as_i64().unwrap(), 600);
    assert_eq!(said["https://cognito-identity.amazonaws.com/identity-pool-arn"], pool.arn());
}

#[cognate_test]
async fn st_17_expired_forged_and_foreign_tokens_of_identity_pools_open_nothing(app: App) {
    let people = app.pool().with_user("ana", testkit::PASSWORD).await;
    let pool = app.identity_pool().with_guests().classic().for_people_of(&people).await;
    let guest = pool.guest().await;
    let token = guest_token(&pool, &guest).await;
    let claims = testkit::claims(&json!(token));
    // Right in all it says, and signed by a key of a user pool.
    let forged = app.signed_by_pool(&people.id, &claims).await;
    assert_eq!(assume(&app, &pool.guest.arn, &forged, &[]).await.error(), "InvalidIdentityToken");
    let mut literal = claims.clone();
    literal["iss"] = json!("https://cognito-identity.amazonaws.com");
    let amazons = app.signed_by_pool(&people.id, &literal).await;
    assert_eq!(assume(&app, &pool.guest.arn, &amazons, &[]).await.error(), "InvalidIdentityToken");
    let (signed, _) = token.rsplit_once('.').unwrap();
    for spoiled in [format!("{signed}."), format!("{signed}.AAAA"), signed.to_owned()] {
        assert_eq!(assume(&app, &pool.guest.arn, &spoiled, &[]).await.error(), "InvalidIdentityToken");
    }
    // And where tokens of people belong it is none.
    let as_login = pool.get_id(&json!({ people.login_key(): token })).await;
    as_login.expect_fault("NotAuthorizedException", "Invalid login token. Issuer doesn't match providerName");
    app.advance(Duration::from_secs(601));
    assert_eq!(assume(&app, &pool.guest.arn, &token, &[]).await.error(), "ExpiredTokenException");
}

#[cognate_test]
async fn cr_29_with_its_identity_a_token_and_what_it_opened_come_to_an_end(app: App) {
    let pool = app.identity_pool().with_guests().classic().await;
    let guest = pool.guest().await;
    let token = guest_token(&pool, &guest).await;
    let session = assume(&app, &pool.guest.arn, &token, &[]).await.credentials();
    let who = || app.who_is(&session);
    assert!(who().await.is_ok());
    app.identity("DeleteIdentities", json!({ "IdentityIdsToDelete": [guest] })).await.expect_ok();
    assert_eq!(assume(&app, &pool.guest.arn, &token, &[]).await.error(), "IDPRejectedClaim");
    let ended = who().await;
    assert!(!ended.is_ok(), "{ended:?}");
}
