//! Logins of identity pools by people of our own pools: which are believed, and in whose words the others are refused
//! (identity-pools.md 4.1).
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod login_world;
mod world;

use federation::testing::TestIssuer;
use federation::{LoginError, LoginFault, OWN_KEY};
use kernel::{IdentityId, IdentityPoolId, Secret, Time};
use login_world::{AWS_KEY, NOT_SUPPORTED, PUBLIC_KEY, identity_pool, of_people};
use model::{IdentityPool, Login, Providers, User};
use serde_json::{Value, json};
use std::time::Duration;
use tokens::TokenSet;
use world::{House, ISSUER, NOW_SECS, user};

struct Scene {
    house: House,
    set: TokenSet,
}

impl Scene {
    async fn open() -> Self {
        let house = House::with(TestIssuer::start().await.fetcher()).await;
        let set = house.signed_in().await;
        Self { house, set }
    }

    async fn told(&self, pool: &IdentityPool, key: &str, token: &Secret<String>) -> String {
        self.house.federation.verify_login(pool, key, token).await.unwrap_err().to_string()
    }
}

#[tokio::test]
async fn tk_31_an_id_token_is_a_login_under_any_name_of_its_pool() {
    let scene = Scene::open().await;
    for entered in [AWS_KEY, PUBLIC_KEY] {
        let pool = of_people(entered, &["other", "shop"], false);
        for key in [AWS_KEY, PUBLIC_KEY] {
            let verified = scene.house.federation.verify_login(&pool, key, &scene.set.id_token).await.unwrap();
            let sub = user().sub.to_string();
            let login = Login { provider: AWS_KEY.into(), subject: sub.clone(), developer: false };
            assert_eq!((verified.login, verified.audience.as_str()), (login, "shop"));
            assert_eq!(verified.amr, [AWS_KEY.to_owned(), format!("{AWS_KEY}:CognitoSignIn:{sub}")]);
            assert_eq!(verified.mapping_keys, [format!("{AWS_KEY}:shop")]);
            assert!(verified.names_roles);
            assert_eq!(verified.claims.get("cognito:username").unwrap(), "ana");
        }
    }
}

#[tokio::test]
async fn id_09_id_10_id_11_each_wrong_token_is_refused_in_its_own_words() {
    let scene = Scene::open().await;
    let good = json!({ "iss": ISSUER, "aud": "shop", "sub": "ana", "token_use": "id", "exp": NOW_SECS + 600 });
    let signed = async |change: Value| {
        let mut claims = good.clone();
        for (name, value) in change.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        Secret::new(scene.house.signed_by_pool(&claims).await)
    };
    let pool = of_people(AWS_KEY, &["shop"], false);
    assert!(scene.house.federation.verify_login(&pool, AWS_KEY, &signed(json!({})).await).await.is_ok());

    let no_jwt = "Invalid login token. Not a valid OpenId Connect identity token.";
    let issuer = "Invalid login token. Issuer doesn't match providerName";
    let missing = |name: &str| format!("Invalid login token. Missing a required claim: {name}");
    let expired = format!("Invalid login token. Token expired: {NOW_SECS} >= {}", NOW_SECS - 300);
    for (change, sentence) in [
        (json!({ "aud": null }), missing("aud").as_str()),
        (json!({ "sub": null }), missing("sub").as_str()),
        (json!({ "iss": null }), missing("iss").as_str()),
        (json!({ "exp": null }), missing("exp").as_str()),
        (json!({ "iss": "https://id.example/eu-west-1_AbCdEfGhJ" }), issuer),
        (json!({ "iss": "https://id.example" }), issuer),
        (json!({ "iss": "id.example/eu-west-1_AbCdEfGhI" }), issuer),
        // Both wrong: of another pool is what it is (ID-10).
        (json!({ "iss": "https://id.example/eu-west-1_AbCdEfGhJ", "aud": "theirs" }), issuer),
        (json!({ "aud": "theirs" }), NOT_SUPPORTED),
        (json!({ "azp": "theirs" }), NOT_SUPPORTED),
        (json!({ "aud": [] }), NOT_SUPPORTED),
        (json!({ "aud": 7 }), no_jwt),
        (json!({ "token_use": "access" }), no_jwt),
        (json!({ "token_use": null }), no_jwt),
        (json!({ "sub": "a\u{0}b" }), no_jwt),
        (json!({ "sub": "x".repeat(256) }), no_jwt),
        (json!({ "exp": NOW_SECS - 300 }), expired.as_str()),
        // The earlier step speaks: signature before expiry, expiry before use.
        (json!({ "exp": NOW_SECS - 300, "token_use": "access" }), expired.as_str()),
    ] {
        assert_eq!(scene.told(&pool, AWS_KEY, &signed(change.clone()).await).await, sentence, "{change}");
    }
    let access = scene.told(&pool, AWS_KEY, &scene.set.access_token).await;
    assert_eq!(access, "Invalid login token. Missing a required claim: aud");
    for garbage in ["x", "a.b.c", "", "e30.e30", "eyJhbGciOiJub25lIn0.e30."] {
        let told = scene.told(&pool, AWS_KEY, &Secret::from(garbage)).await;
        assert!(told == no_jwt || told == missing("aud"), "{garbage}: {told}");
    }
    let (signed_part, _) = scene.set.id_token.reveal().rsplit_once('.').unwrap();
    let forged = Secret::new(format!("{signed_part}.AAAA"));
    assert_eq!(scene.told(&pool, AWS_KEY, &forged).await, "Invalid login token. Couldn't verify signed token.");
}

#[tokio::test]
async fn id_10_id_11_a_key_or_a_client_that_the_pool_does_not_know_is_no_provider() {
    let scene = Scene::open().await;
    let token = &scene.set.id_token;
    let stranger = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhJ";
    let other_client = of_people(AWS_KEY, &["app"], false);
    assert_eq!(scene.told(&other_client, AWS_KEY, token).await, NOT_SUPPORTED);
    let pool = of_people(AWS_KEY, &["shop"], false);
    for key in
        [stranger, "id.example", "https://id.example/eu-west-1_AbCdEfGhI", "evil.example/eu-west-1_AbCdEfGhI", ""]
    {
        assert_eq!(scene.told(&pool, key, token).await, NOT_SUPPORTED, "{key}");
    }
    // A pool of another account is nobody's provider, whatever it is called.
    let foreign = IdentityPool { account: kernel::AccountId::parse("210987654321").unwrap(), ..pool };
    assert_eq!(scene.told(&foreign, AWS_KEY, token).await, NOT_SUPPORTED);
    // The other pool's key with this one's token.
    let mut both = of_people(AWS_KEY, &["shop"], false);
    both.providers.user_pools.extend(of_people(stranger, &["shop"], false).providers.user_pools);
    let told = scene.told(&both, stranger, token).await;
    assert_eq!(told, "Invalid login token. Issuer doesn't match providerName");
}

#[tokio::test]
async fn id_12_four_minutes_after_its_end_a_token_is_believed_and_six_minutes_after_not() {
    let scene = Scene::open().await;
    let pool = of_people(AWS_KEY, &["shop"], true);
    let ends = NOW_SECS + 3600;
    scene.house.clock.pass(Duration::from_secs(3600 + 240));
    assert!(scene.house.federation.verify_login(&pool, AWS_KEY, &scene.set.id_token).await.is_ok());
    scene.house.clock.pass(Duration::from_secs(120));
    let sentence = format!("Invalid login token. Token expired: {} >= {ends}", ends + 360);
    assert_eq!(scene.told(&pool, AWS_KEY, &scene.set.id_token).await, sentence);
}

#[tokio::test]
async fn id_14_tk_31_what_became_of_a_person_counts_where_the_pool_asks_for_it() {
    let signed_out: fn(User) -> User = |user| User { generation: user.generation + 1, ..user };
    let disabled: fn(User) -> User = |user| user.disable(Time::from_secs(NOW_SECS));
    for change in [signed_out, disabled] {
        let scene = Scene::open().await;
        let (asking, trusting) = (of_people(AWS_KEY, &["shop"], true), of_people(AWS_KEY, &["shop"], false));
        let federation = &scene.house.federation;
        assert!(federation.verify_login(&asking, AWS_KEY, &scene.set.id_token).await.is_ok());
        scene.house.change(change).await;
        let told = federation.verify_login(&asking, AWS_KEY, &scene.set.id_token).await.unwrap_err();
        assert!(matches!(told, LoginError::Ended), "{told}");
        assert_eq!(told.fault(), LoginFault::NotAuthorized);
        assert!(federation.verify_login(&trusting, AWS_KEY, &scene.set.id_token).await.is_ok());
    }
}

#[tokio::test]
async fn one_login_that_fails_fails_all_and_none_that_fits_is_said_so() {
    let scene = Scene::open().await;
    let token = &scene.set.id_token;
    let pool = of_people(AWS_KEY, &["shop"], false);
    let federation = &scene.house.federation;
    assert_eq!(federation.verify_logins(&pool, &[(AWS_KEY, token)]).await.unwrap().len(), 1);
    let told = async |pool: &IdentityPool, logins: &[(&str, &Secret<String>)]| {
        federation.verify_logins(pool, logins).await.unwrap_err().to_string()
    };
    let none_fits = "Logins don't match. Please include at least one valid login for this identity or identity pool.";
    assert_eq!(told(&pool, &[(AWS_KEY, token), ("graph.facebook.com", token)]).await, NOT_SUPPORTED);
    assert_eq!(told(&pool, &[("graph.facebook.com", token)]).await, NOT_SUPPORTED);
    assert_eq!(told(&pool, &[("graph.facebook.com", token), ("www.amazon.com", token)]).await, none_fits);
    assert_eq!(told(&identity_pool(Providers::default()), &[(AWS_KEY, token)]).await, none_fits);
}

#[tokio::test]
async fn providers_whose_proofs_nobody_can_check_yet_are_named() {
    let scene = Scene::open().await;
    let social = ["graph.facebook.com", "www.amazon.com", "api.twitter.com", "www.digits.com"];
    let saml = "arn:aws:iam::123456789012:saml-provider/corp";
    let mut pool = identity_pool(Providers {
        social: social.map(|key| (key.to_owned(), "app".to_owned())).into(),
        saml: vec![saml.to_owned()],
        ..Providers::default()
    });
    pool.developer_provider = Some("login.shop".into());
    for key in social.into_iter().chain([saml]) {
        let told = scene.house.federation.verify_login(&pool, key, &scene.set.id_token).await.unwrap_err();
        assert_eq!(told.fault(), LoginFault::ExternalService);
        assert!(told.to_string().contains(key) && told.to_string().contains("not reachable yet"), "{told}");
    }
    for key in ["login.shop", OWN_KEY] {
        assert_eq!(scene.told(&pool, key, &Secret::from("ana")).await, NOT_SUPPORTED, "{key}");
    }
}

#[tokio::test]
async fn id_21_a_token_of_ours_speaks_for_an_identity_of_its_own_pool_and_nobody_else_s_token_does() {
    let scene = Scene::open().await;
    let House { federation, identity_tokens, clock, .. } = &scene.house;
    let pool = of_people(AWS_KEY, &["shop"], false);
    let identity = IdentityId::parse("eu-west-1:0a").unwrap();
    let amr = ["authenticated".to_owned(), "login.shop".to_owned()];
    let tags = [("team".to_owned(), "blue".to_owned())];
    let made = Time::from_secs(NOW_SECS);
    let row = model::Identity::new(identity.clone(), pool.id.clone(), pool.account.clone(), false, made);
    let token = identity_tokens.issue(&pool, &row, &amr, &tags, Duration::from_secs(900)).await.unwrap();
    let opened = federation.verify_identity_token(&pool, &token).await.unwrap();
    assert_eq!((&opened.identity, &opened.pool, opened.amr.as_slice()), (&identity, &pool.id, amr.as_slice()));
    assert_eq!(opened.tags, tags);

    let other = IdentityPool { id: IdentityPoolId::parse("eu-west-1:0b").unwrap(), ..pool.clone() };
    let told = federation.verify_identity_token(&other, &token).await.unwrap_err();
    assert_eq!(told.to_string(), NOT_SUPPORTED);
    for stranger in [&scene.set.id_token, &scene.set.access_token, &Secret::from("x")] {
        assert!(federation.verify_identity_token(&pool, stranger).await.is_err());
    }
    let claims = opened.claims.iter().map(|(name, value)| (name.to_owned(), value.clone())).collect::<Value>();
    let forged = Secret::new(scene.house.signed_by_pool(&claims).await);
    let told = federation.verify_identity_token(&pool, &forged).await.unwrap_err();
    assert_eq!(told.to_string(), "Invalid login token. Couldn't verify signed token.");
    clock.pass(Duration::from_secs(900));
    let told = federation.verify_identity_token(&pool, &token).await.unwrap_err();
    assert!(matches!(told, LoginError::Expired { .. }), "{told}");
}
