//! Providers whose address is known to everybody: Google, Apple and Amazon's own user pools. Another issuer stands in
//! their place here, and only the fetcher of the test is led to it (identity-pools.md 4, 4.1, 4.2).
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod login_world;
mod world;

use crypto::jose::SigningKey;
use data_encoding::BASE64URL_NOPAD;
use federation::testing::TestIssuer;
use federation::{LoginError, LoginFault, VerifiedLogin};
use kernel::Secret;
use login_world::{AWS_KEY, NOT_SUPPORTED, identity_pool, of_people};
use model::{IdentityPool, Login, Providers};
use serde_json::{Value, json};
use world::{House, NOW_SECS};

const UNVERIFIED: &str = "Invalid login token. Couldn't verify signed token.";
const WRONG_ISSUER: &str = "Invalid login token. Issuer doesn't match providerName";
const GOOGLE: &str = "accounts.google.com";
const APPLE: &str = "appleid.apple.com";

struct Scene {
    issuer: TestIssuer,
    house: House,
    pool: IdentityPool,
    key: &'static str,
}

impl Scene {
    async fn of(key: &'static str, pool: IdentityPool) -> Self {
        let issuer = TestIssuer::in_place_of(&format!("https://{key}")).await;
        let house = House::with(issuer.fetcher()).await;
        Self { issuer, house, pool, key }
    }

    /// A pool that believes the tokens of an app there.
    async fn of_app(key: &'static str) -> Self {
        let social = [(key.to_owned(), "shop".to_owned())].into();
        Self::of(key, identity_pool(Providers { social, ..Providers::default() })).await
    }

    async fn verify(&self, token: String) -> Result<VerifiedLogin, LoginError> {
        self.house.federation.verify_login(&self.pool, self.key, &Secret::new(token)).await
    }

    async fn says(&self, change: Value) -> Result<VerifiedLogin, LoginError> {
        self.verify(self.issuer.token(&claims(change))).await
    }

    async fn told(&self, change: Value) -> String {
        self.says(change).await.unwrap_err().to_string()
    }
}

/// A good token's claims, some of them changed; `null` takes one away.
fn claims(change: Value) -> Value {
    let mut all = json!({ "sub": "ana", "aud": "shop", "exp": NOW_SECS + 600, "iat": NOW_SECS });
    for (name, value) in change.as_object().unwrap() {
        all[name] = value.clone();
    }
    all.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    all
}

#[tokio::test]
async fn a_customer_of_google_or_apple_is_a_login_of_the_app() {
    for (key, spellings) in
        [(GOOGLE, &["https://accounts.google.com", GOOGLE][..]), (APPLE, &["https://appleid.apple.com"][..])]
    {
        let scene = Scene::of_app(key).await;
        for issuer in spellings {
            let verified = scene.says(json!({ "iss": issuer, "email": "ana@shop.example" })).await.unwrap();
            let login = Login { provider: key.to_owned(), subject: "ana".into(), developer: false };
            assert_eq!((verified.login, verified.audience.as_str()), (login, "shop"), "{issuer}");
            assert_eq!(verified.amr, [key.to_owned(), format!("{key}:shop:ana")]);
            assert_eq!(verified.mapping_keys, [key]);
            assert_eq!(verified.claims.get("email").unwrap(), "ana@shop.example");
        }
        let asked = |document: &str| scene.issuer.server().asked(document);
        assert_eq!((asked("/.well-known/openid-configuration"), asked("/keys")), (1, 1), "{key}");
    }
}

#[tokio::test]
async fn st_15_id_10_id_11_id_12_what_google_or_apple_say_must_be_said_to_this_app_and_now() {
    for (key, other) in [(GOOGLE, "https://appleid.apple.com"), (APPLE, "https://accounts.google.com")] {
        let scene = Scene::of_app(key).await;
        let late = format!("Invalid login token. Token expired: {NOW_SECS} >= {}", NOW_SECS - 300);
        for (change, sentence) in [
            (json!({ "aud": "theirs" }), NOT_SUPPORTED),
            (json!({ "aud": ["theirs", "others"] }), NOT_SUPPORTED),
            (json!({ "azp": "theirs" }), NOT_SUPPORTED),
            (json!({ "aud": null }), "Invalid login token. Missing a required claim: aud"),
            (json!({ "sub": null }), "Invalid login token. Missing a required claim: sub"),
            (json!({ "iss": other }), WRONG_ISSUER),
            (json!({ "iss": format!("https://{key}/") }), WRONG_ISSUER),
            (json!({ "iss": format!("http://{key}") }), WRONG_ISSUER),
            (json!({ "exp": NOW_SECS - 300 }), late.as_str()),
            (json!({ "nbf": NOW_SECS + 360 }), "Invalid login token. Token is not valid yet."),
        ] {
            assert_eq!(scene.told(change.clone()).await, sentence, "{key} {change}");
        }
        assert!(scene.says(json!({ "exp": NOW_SECS - 240 })).await.is_ok(), "{key}");
    }
    let apple = Scene::of_app(APPLE).await;
    assert_eq!(apple.told(json!({ "iss": APPLE })).await, WRONG_ISSUER, "only Google leaves the scheme out");
}

#[tokio::test]
async fn st_16_nobody_but_google_or_apple_signs_in_their_name() {
    for key in [GOOGLE, APPLE] {
        let scene = Scene::of_app(key).await;
        let good = scene.issuer.token(&claims(json!({})));
        assert!(scene.verify(good.clone()).await.is_ok());
        let issuer = format!("https://{key}");
        let thief = SigningKey::generate().unwrap();
        let stolen = thief.sign(claims(json!({ "iss": issuer })).to_string().as_bytes()).unwrap();
        let parts: Vec<&str> = good.split('.').collect();
        let eve = BASE64URL_NOPAD.encode(claims(json!({ "iss": issuer, "sub": "eve" })).to_string().as_bytes());
        let none =
            BASE64URL_NOPAD.encode(format!(r#"{{"alg":"none","kid":"{}"}}"#, scene.issuer.key().kid()).as_bytes());
        let their_signature = stolen.rsplit('.').next().unwrap();
        for forged in [
            stolen.clone(),
            format!("{}.{}.{their_signature}", parts[0], parts[1]),
            format!("{}.{eve}.{}", parts[0], parts[2]),
            format!("{none}.{eve}."),
        ] {
            assert_eq!(scene.verify(forged.clone()).await.unwrap_err().to_string(), UNVERIFIED, "{key} {forged}");
        }
    }
}

#[tokio::test]
async fn id_14_a_user_pool_of_another_service_is_believed_unless_it_would_have_to_be_asked() {
    let trusting = of_people(AWS_KEY, &["shop"], false);
    let scene = Scene::of(AWS_KEY, trusting).await;
    let login = scene.says(json!({ "token_use": "id" })).await.unwrap();
    assert_eq!(login.login, Login { provider: AWS_KEY.into(), subject: "ana".into(), developer: false });
    assert_eq!(login.amr, [AWS_KEY.to_owned(), format!("{AWS_KEY}:CognitoSignIn:ana")]);
    assert_eq!(login.mapping_keys, [format!("{AWS_KEY}:shop")]);

    // Whether it still honours the token, only that service knows: what cannot be asked is not taken for a yes.
    let checking = of_people(AWS_KEY, &["shop"], true);
    let token = Secret::new(scene.issuer.token(&claims(json!({ "token_use": "id" }))));
    let refused = scene.house.federation.verify_login(&checking, AWS_KEY, &token).await.unwrap_err();
    assert_eq!(refused.to_string(), "The identity provider could not be reached.");
    assert_eq!(refused.fault(), LoginFault::ExternalService);
    assert!(refused.reason().contains("still honours"), "{}", refused.reason());
    // The check is the client's own: a token of one that does without it is believed.
    let mut both = of_people(AWS_KEY, &["shop"], false);
    both.providers.user_pools.extend(of_people(AWS_KEY, &["till"], true).providers.user_pools);
    let federation = &scene.house.federation;
    assert!(federation.verify_login(&both, AWS_KEY, &token).await.is_ok());
    let of_till = Secret::new(scene.issuer.token(&claims(json!({ "token_use": "id", "aud": "till" }))));
    let refused = federation.verify_login(&both, AWS_KEY, &of_till).await.unwrap_err();
    assert_eq!(refused.fault(), LoginFault::ExternalService);
}

#[tokio::test]
async fn id_09_id_10_id_11_tokens_of_a_user_pool_elsewhere_are_looked_at_like_our_own() {
    let scene = Scene::of(AWS_KEY, of_people(AWS_KEY, &["shop"], false)).await;
    let no_jwt = "Invalid login token. Not a valid OpenId Connect identity token.";
    for (change, sentence) in [
        (json!({ "token_use": "access" }), no_jwt),
        (json!({ "token_use": null }), no_jwt),
        (json!({ "aud": null, "client_id": "shop" }), "Invalid login token. Missing a required claim: aud"),
        (json!({ "aud": "theirs" }), NOT_SUPPORTED),
        (json!({ "iss": world::ISSUER }), WRONG_ISSUER),
    ] {
        let mut said = json!({ "token_use": "id" });
        for (name, value) in change.as_object().unwrap() {
            said[name] = value.clone();
        }
        assert_eq!(scene.told(said).await, sentence, "{change}");
    }
    let thief = SigningKey::generate().unwrap();
    let stolen = claims(json!({ "iss": format!("https://{AWS_KEY}"), "token_use": "id" })).to_string();
    let told = scene.verify(thief.sign(stolen.as_bytes()).unwrap()).await.unwrap_err();
    assert_eq!(told.to_string(), UNVERIFIED);
}
