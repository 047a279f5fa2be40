use crypto::jose::SigningKey;
use federation::testing::TestIssuer;
use testkit::prelude::*;
use testkit::{ACCOUNT, IdentityPool, claims, header, resigned};

const PW: &str = testkit::PASSWORD;
const NO_GUESTS: &str = "Unauthenticated access is not supported for this identity pool.";
const NO_MATCH: &str =
    "Logins don't match. Please include at least one valid login for this identity or identity pool.";
const UNSUPPORTED: &str = "Token is not from a supported provider of this identity pool.";
const UNVERIFIED: &str = "Invalid login token. Couldn't verify signed token.";

/// An issuer that the pool takes tokens of, and the key of its logins.
async fn trusted_issuer(app: &App) -> (TestIssuer, String, String) {
    let issuer = TestIssuer::start_tls().await;
    let arn = app.oidc_provider(&issuer.issuer(), &["shop"]).await;
    let key = issuer.issuer().trim_start_matches("https://").to_owned();
    (issuer, key, arn)
}

fn token(app: &App, issuer: &TestIssuer, subject: &str) -> String {
    let now = app.now().secs();
    issuer.token(&json!({ "sub": subject, "aud": "shop", "iat": now, "exp": now + 600 }))
}

async fn providers(pool: &IdentityPool, identity: &str) -> Value {
    pool.describe(identity).await.expect_ok()["Logins"].clone()
}

#[cognate_test]
async fn id_05_every_guest_is_a_new_one_where_guests_may_come_in(app: App) {
    let pool = app.identity_pool().with_guests().await;
    let (one, other) = (pool.guest().await, pool.guest().await);
    assert_ne!(one, other);
    for id in [&one, &other] {
        let (region, uuid) = id.split_once(':').unwrap();
        assert_eq!((region, uuid.len()), ("eu-west-1", 36), "{id}");
    }
    let closed = app.identity_pool().await;
    closed.get_id(&Value::Null).await.expect_fault("NotAuthorizedException", NO_GUESTS);
}

#[cognate_test]
async fn id_06_no_logins_and_an_empty_map_are_the_same(app: App) {
    let (open, closed) = (app.identity_pool().with_guests().await, app.identity_pool().await);
    assert_ne!(open.identity(&json!({})).await, open.identity(&json!({})).await);
    closed.get_id(&json!({})).await.expect_fault("NotAuthorizedException", NO_GUESTS);
}

#[cognate_test]
async fn a_signature_on_a_public_call_is_ignored_whatever_it_is_worth(app: App) {
    let pool = app.identity_pool().with_guests().await;
    let body = json!({ "IdentityPoolId": pool.id });
    let nobody = app.iam_user("nobody").await;
    for who in [app.root().clone(), nobody.credentials] {
        app.identity_asking("GetId", &body).signed_by(who).send().await.expect_ok();
    }
    let spoiled = app.identity_asking("GetId", &body).signed().spoiled(|sent| {
        sent.headers.retain(|(name, _)| name != "x-amz-date");
    });
    spoiled.send().await.expect_ok();
}

#[cognate_test]
async fn a_pool_of_nobody_or_of_another_account_is_not_there(app: App) {
    let pool = app.identity_pool().with_guests().await;
    let strange = "eu-west-1:00000000-0000-4000-8000-000000000000";
    let sentence = format!("IdentityPool '{strange}' not found.");
    let answer = app.identity("GetId", json!({ "IdentityPoolId": strange })).await;
    answer.expect_fault("ResourceNotFoundException", &sentence);
    let of = |account: &str| app.identity("GetId", json!({ "IdentityPoolId": pool.id, "AccountId": account }));
    of(ACCOUNT).await.expect_ok();
    of("210987654321").await.expect_code("ResourceNotFoundException");
}

#[cognate_test]
async fn id_08_a_person_is_one_identity_by_whichever_app_client(app: App) {
    let people = app.pool().with_user("ana", PW).with_user("ben", PW).await;
    let other = people.client(json!({})).await;
    let pool = app.identity_pool().for_people_of(&people).for_client(&people, &other.id, false).await;
    let ana = pool.identity(&people.login("ana").await).await;
    assert_eq!(pool.identity(&people.login("ana").await).await, ana);
    let through = people.sign_in_through(&other, "ana", PW).await.expect_tokens();
    assert_eq!(pool.identity(&json!({ people.login_key(): through["IdToken"] })).await, ana);
    assert_ne!(pool.identity(&people.login("ben").await).await, ana);
    assert_eq!(providers(&pool, &ana).await, json!([people.login_key()]));
}

#[cognate_test]
async fn id_13_the_issuer_without_its_scheme_is_the_same_provider(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let pool = app.identity_pool().for_people_of(&people).await;
    let token = people.id_token("ana").await;
    let issuer = people.issuer();
    let alias = issuer.split_once("://").unwrap().1;
    let known = pool.identity(&json!({ people.login_key(): token })).await;
    assert_eq!(pool.identity(&json!({ alias: token })).await, known);
    assert_eq!(pool.identity(&json!({ alias: token, people.login_key(): token })).await, known, "twice the same login");
    assert_eq!(providers(&pool, &known).await, json!([people.login_key()]));
}

#[cognate_test]
async fn id_09_id_10_id_11_tokens_that_are_not_for_this_pool_are_told_why(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let others = app.pool().with_user("ana", PW).await;
    let stranger = people.client(json!({})).await;
    let pool = app.identity_pool().for_people_of(&people).await;
    let refused = async |key: &str, token: &Value, sentence: &str| {
        pool.get_id(&json!({ key: token })).await.expect_fault("NotAuthorizedException", sentence);
    };
    let key = people.login_key();
    let tokens = people.sign_in("ana", PW).await.expect_tokens();
    refused(&key, &tokens["AccessToken"], "Invalid login token. Missing a required claim: aud").await;
    let elsewhere = json!(others.id_token("ana").await);
    refused(&key, &elsewhere, "Invalid login token. Issuer doesn't match providerName").await;
    let unknown = people.sign_in_through(&stranger, "ana", PW).await.expect_tokens();
    refused(&key, &unknown["IdToken"], UNSUPPORTED).await;
    refused(&others.login_key(), &elsewhere, UNSUPPORTED).await;
    refused("cognito-identity.amazonaws.com", &tokens["IdToken"], UNSUPPORTED).await;
    refused("accounts.google.com", &tokens["IdToken"], UNSUPPORTED).await;
    refused(&key, &json!("none"), "Invalid login token. Not a valid OpenId Connect identity token.").await;
    let nobody = app.identity_pool().await;
    nobody.get_id(&json!({ key: tokens["IdToken"] })).await.expect_fault("NotAuthorizedException", NO_MATCH);
}

#[cognate_test]
async fn one_bad_login_among_good_ones_and_nothing_happens(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let (issuer, key, arn) = trusted_issuer(&app).await;
    let pool = app.identity_pool().for_people_of(&people).set("OpenIdConnectProviderARNs", json!([arn])).await;
    let mut logins = people.login("ana").await;
    logins[&key] = "none".into();
    pool.get_id(&logins).await.expect_code("NotAuthorizedException");
    let listed = pool.admin("ListIdentities", json!({ "MaxResults": 60 })).await.expect_ok();
    assert_eq!(listed["Identities"], json!([]));
    logins[&key] = token(&app, &issuer, "g-1").into();
    let both = pool.identity(&logins).await;
    assert_eq!(pool.identity(&json!({ key: token(&app, &issuer, "g-1") })).await, both);
}

#[cognate_test]
async fn id_12_a_token_is_good_for_four_minutes_more_and_not_for_six(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let pool = app.identity_pool().for_people_of(&people).await;
    let login = people.login("ana").await;
    app.advance(Duration::from_secs(3600 + 240));
    let known = pool.identity(&login).await;
    assert!(known.starts_with("eu-west-1:"));
    app.advance(Duration::from_secs(120));
    let now = app.now().secs();
    let sentence = format!("Invalid login token. Token expired: {now} >= {}", now - 360);
    pool.get_id(&login).await.expect_fault("NotAuthorizedException", &sentence);
}

#[cognate_test]
async fn id_14_tk_31_a_pool_that_asks_refuses_whoever_was_signed_out_or_deleted(app: App) {
    let people = app.pool().with_user("ana", PW).with_user("ben", PW).await;
    let issuer = people.issuer();
    let alias = issuer.split_once("://").unwrap().1;
    let client = people.client.id.clone();
    let asking = app.identity_pool().for_client(&people, &client, true).await;
    let trusting = app.identity_pool().for_client(&people, &client, false).await;
    let (ana, ben) = (people.id_token("ana").await, people.id_token("ben").await);
    for token in [&ana, &ben] {
        asking.get_id(&json!({ alias: token })).await.expect_ok();
    }
    people.admin("AdminUserGlobalSignOut", json!({ "Username": "ana" })).await.expect_ok();
    people.admin("AdminDeleteUser", json!({ "Username": "ben" })).await.expect_done();
    for token in [&ana, &ben] {
        asking.get_id(&json!({ alias: token })).await.expect_code("NotAuthorizedException");
        trusting.get_id(&json!({ alias: token })).await.expect_ok();
    }
}

#[cognate_test]
async fn id_17_id_18_a_login_is_one_identity_in_each_pool_and_another_in_the_next(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let (one, other) =
        (app.identity_pool().for_people_of(&people).await, app.identity_pool().for_people_of(&people).await);
    let login = people.login("ana").await;
    let (here, there) = (one.identity(&login).await, other.identity(&login).await);
    assert_ne!(here, there);
    assert_eq!((one.identity(&login).await, other.identity(&login).await), (here.clone(), there.clone()));
    for (pool, id) in [(&one, &here), (&other, &there)] {
        let listed = pool.admin("ListIdentities", json!({ "MaxResults": 60 })).await.expect_ok();
        let ids: Vec<&Value> = listed["Identities"].as_array().unwrap().iter().map(|one| &one["IdentityId"]).collect();
        assert_eq!(ids, [id]);
        assert_eq!(providers(pool, id).await, json!([people.login_key()]));
        assert_eq!(pool.credentials(id, &login).await.identity_id(), *id);
    }
    // What becomes of it in one pool is nothing to the other.
    let taken = json!({ "IdentityId": here, "Logins": login, "LoginsToRemove": [people.login_key()] });
    app.identity("UnlinkIdentity", taken).await.expect_done();
    let next = one.identity(&login).await;
    assert!(next != here && next != there, "new in the one");
    assert_eq!(other.identity(&login).await, there, "and known in the other");
}

#[cognate_test]
async fn id_09_id_10_a_forged_token_of_a_user_pool_opens_neither_identity_nor_credentials(app: App) {
    let people = app.pool().with_user("ana", PW).with_user("ben", PW).await;
    let others = app.pool().with_user("ana", PW).await;
    let pool = app.identity_pool().with_guests().for_people_of(&people).for_people_of(&others).await;
    let key = people.login_key();
    let (good, of_ben) = (people.id_token("ana").await, people.id_token("ben").await);
    let (ana, guest) = (pool.identity(&json!({ key.clone(): good })).await, pool.guest().await);
    let parts: Vec<&str> = good.split('.').collect();
    let [head, said, signature] = parts[..] else { panic!("a JWS has three parts: {good}") };
    let bens: Vec<&str> = of_ben.split('.').collect();
    let says = claims(&json!(good));
    let none = resigned(&json!({ "alg": "none", "kid": header(&json!(good))["kid"] }), &says, |_| Vec::new());
    for (what, forged) in [
        ("one character of the signature", format!("{head}.{said}.{}", one_changed(signature))),
        ("somebody else's signature", format!("{head}.{said}.{}", bens[2])),
        ("other claims", format!("{head}.{}.{signature}", bens[1])),
        ("the pool's key for access tokens", app.signed_by_pool(&people.id, &says).await),
        ("the key of another user pool", app.signed_by_pool(&others.id, &says).await),
        ("a key nobody has seen", SigningKey::generate().unwrap().sign(says.to_string().as_bytes()).unwrap()),
        ("none", none),
        ("no signature", format!("{head}.{said}.")),
    ] {
        let login = json!({ key.clone(): forged });
        for refused in
            [pool.get_id(&login).await, pool.credentials(&ana, &login).await, pool.credentials(&guest, &login).await]
        {
            assert_eq!(refused.sentence(), UNVERIFIED, "{what}");
            refused.expect_code("NotAuthorizedException");
        }
    }
    assert_eq!(pool.credentials(&ana, &json!({ key: good })).await.identity_id(), ana);
    assert_eq!(providers(&pool, &guest).await, json!([]), "the guest is a guest still");
}

/// The text with the first of its characters exchanged for another of its alphabet.
fn one_changed(text: &str) -> String {
    let (first, rest) = text.split_at(1);
    format!("{}{rest}", if first == "A" { "B" } else { "A" })
}

mod races {
    use super::*;

    #[cognate_test]
    async fn id_18_one_new_login_of_many_callers_makes_one_identity(app: App) {
        let people = app.pool().with_user("ana", PW).await;
        let pool = app.identity_pool().for_people_of(&people).await;
        let body = json!({ "IdentityPoolId": pool.id, "Logins": people.login("ana").await });
        let got = race(64, |_| {
            let (app, body) = (app.clone(), body.clone());
            async move { app.identity_insisting("GetId", body).await.identity_id() }
        })
        .await;
        assert!(got.iter().all(|id| *id == got[0]), "{got:?}");
        let listed = pool.admin("ListIdentities", json!({ "MaxResults": 60 })).await.expect_ok();
        assert_eq!(listed["Identities"].as_array().map(Vec::len), Some(1), "{listed}");
    }

    #[cognate_test]
    async fn guests_and_owners_of_two_logins_meet_in_one_identity(app: App) {
        let (one, other) = (app.pool().with_user("ana", PW).await, app.pool().with_user("ana", PW).await);
        let pool = app.identity_pool().with_guests().for_people_of(&one).for_people_of(&other).await;
        let mut both = one.login("ana").await;
        both[other.login_key()] = other.id_token("ana").await.into();
        pool.identity(&json!({ one.login_key(): both[one.login_key()] })).await;
        pool.identity(&json!({ other.login_key(): both[other.login_key()] })).await;
        let body = json!({ "IdentityPoolId": pool.id, "Logins": both });
        let got = race(64, |_| {
            let (app, body) = (app.clone(), body.clone());
            async move { app.identity_insisting("GetId", body).await.identity_id() }
        })
        .await;
        assert!(got.iter().all(|id| *id == got[0]), "{got:?}");
        let enabled = json!({ "MaxResults": 60, "HideDisabled": true });
        let listed = pool.admin("ListIdentities", enabled).await.expect_ok();
        assert_eq!(listed["Identities"].as_array().map(Vec::len), Some(1), "{listed}");
        let mut keys = [one.login_key(), other.login_key()];
        keys.sort();
        assert_eq!(listed["Identities"][0]["Logins"], json!(keys));
    }
}

#[cognate_test]
async fn id_17_an_identity_has_one_subject_of_a_provider(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let (issuer, key, arn) = trusted_issuer(&app).await;
    let pool = app.identity_pool().for_people_of(&people).set("OpenIdConnectProviderARNs", json!([arn])).await;
    let mut logins = people.login("ana").await;
    logins[&key] = token(&app, &issuer, "g-1").into();
    let known = pool.identity(&logins).await;
    logins[&key] = token(&app, &issuer, "g-2").into();
    let sentence = "Logins are already linked to another account.";
    pool.get_id(&logins).await.expect_fault("ResourceConflictException", sentence);
    // Somebody else altogether has the second subject: then two identities with different subjects would become one.
    let second = json!({ key.clone(): token(&app, &issuer, "g-2") });
    let other = pool.identity(&second).await;
    assert_ne!(other, known);
    pool.get_id(&logins).await.expect_fault("ResourceConflictException", sentence);
    assert_eq!(pool.identity(&second).await, other, "nothing has changed");
    assert_eq!(pool.identity(&people.login("ana").await).await, known);
}

#[cognate_test]
async fn st_15_a_token_of_the_issuer_for_another_audience_opens_nothing(app: App) {
    let (issuer, key, arn) = trusted_issuer(&app).await;
    let pool = app.identity_pool().set("OpenIdConnectProviderARNs", json!([arn])).await;
    let now = app.now().secs();
    let of = |more: Value| {
        let mut claims = json!({ "sub": "g-1", "aud": "shop", "iat": now, "exp": now + 600 });
        for (name, value) in more.as_object().unwrap() {
            claims[name] = value.clone();
        }
        json!({ key.clone(): issuer.token(&claims) })
    };
    pool.get_id(&of(json!({}))).await.expect_ok();
    pool.get_id(&of(json!({ "aud": "theirs", "azp": "shop" }))).await.expect_ok();
    for foreign in [json!({ "aud": "theirs" }), json!({ "azp": "theirs" }), json!({ "aud": ["theirs", "others"] })] {
        pool.get_id(&of(foreign)).await.expect_fault("NotAuthorizedException", UNSUPPORTED);
    }
}

#[cognate_test]
async fn id_31_id_32_providers_that_cannot_be_asked_yet_say_so(app: App) {
    let apps = json!({ "graph.facebook.com": "7346241598935552", "www.amazon.com": "amzn1.application.188a56d827a7d6555a8b67a5d" });
    let pool = app.identity_pool().set("SupportedLoginProviders", apps).await;
    for key in ["graph.facebook.com", "www.amazon.com"] {
        let sentence = format!("{key} is not reachable yet: tokens of this provider cannot be verified here.");
        pool.get_id(&json!({ key: "opaque" })).await.expect_fault("ExternalServiceException", &sentence);
    }
}
