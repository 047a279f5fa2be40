//! Logins of identity pools by an OIDC provider of the account, against an issuer that misbehaves in every way one can
//! (identity-pools.md 4.2, ST-15).
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod login_world;
mod world;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use crypto::jose::SigningKey;
use data_encoding::BASE64URL_NOPAD;
use federation::testing::{DISCOVERY, KEYS, TestIssuer};
use federation::{LoginError, LoginFault, VerifiedLogin};
use kernel::{BoxFuture, Secret, Time};
use login_world::{AWS_KEY, NOT_SUPPORTED, identity_pool, of_people};
use model::{IdentityPool, Login, OidcProvider, Providers, Refusal};
use outbound::testing::WebServer;
use outbound::{FetchRules, Fetcher, Resolve};
use serde_json::{Value, json};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use store::work;
use world::{House, NOW_SECS, account, claims};

const UNVERIFIED: &str = "Invalid login token. Couldn't verify signed token.";
const UNREACHABLE: &str = "The identity provider could not be reached.";
const WRONG_ISSUER: &str = "Invalid login token. Issuer doesn't match providerName";

struct Scene {
    issuer: TestIssuer,
    house: House,
    pool: IdentityPool,
    key: String,
    arn: String,
}

impl Scene {
    async fn open() -> Self {
        Self::with(|rules| rules).await
    }

    async fn with(rules: impl FnOnce(FetchRules) -> FetchRules) -> Self {
        let issuer = TestIssuer::start_tls().await;
        let house = House::with(Fetcher::new(&rules(issuer.rules())).unwrap()).await;
        let key = issuer.issuer().trim_start_matches("https://").to_owned();
        let record = provider(&key, &["shop", "app"]);
        let arn = record.arn();
        let insert = work!(|tx, record| -> Refusal { Ok(tx.iam_providers().insert_oidc(record).await?) });
        assert!(house.store.write(insert).await.unwrap());
        let pool = identity_pool(Providers { oidc: vec![arn.clone()], ..Providers::default() });
        Self { issuer, house, pool, key, arn }
    }

    async fn verify(&self, token: String) -> Result<VerifiedLogin, LoginError> {
        self.house.federation.verify_login(&self.pool, &self.key, &Secret::new(token)).await
    }

    async fn says(&self, change: Value) -> Result<VerifiedLogin, LoginError> {
        self.verify(self.issuer.token(&claims(change))).await
    }

    async fn told(&self, change: Value) -> String {
        self.says(change).await.unwrap_err().to_string()
    }
}

fn provider(url: &str, clients: &[&str]) -> OidcProvider {
    OidcProvider {
        account: account(),
        url: url.to_owned(),
        client_ids: clients.iter().map(|id| (*id).to_owned()).collect(),
        thumbprints: Vec::new(),
        tags: Vec::new(),
        created: Time::from_secs(1),
    }
}

#[tokio::test]
async fn a_customer_of_an_oidc_provider_is_a_login() {
    let scene = Scene::open().await;
    let verified = scene.says(json!({ "aud": ["theirs", "app"], "department": "toys" })).await.unwrap();
    let login = Login { provider: scene.key.clone(), subject: "ana".into(), developer: false };
    assert_eq!((verified.login, verified.audience.as_str()), (login, "app"));
    assert_eq!(verified.amr, [scene.key.clone(), format!("{}:OIDC:ana", scene.arn)]);
    assert_eq!(verified.mapping_keys, [scene.arn.as_str()]);
    assert!(!verified.names_roles, "a stranger's word");
    assert_eq!(verified.claims.get("department").unwrap(), "toys");
}

#[tokio::test]
async fn st_15_id_10_id_11_id_12_what_a_token_says_must_be_said_to_this_pool_and_now() {
    let scene = Scene::open().await;
    let slash = format!("{}/", scene.issuer.issuer());
    let clear = scene.issuer.issuer().replace("https://", "http://");
    let late = |secs: i64| format!("Invalid login token. Token expired: {NOW_SECS} >= {}", NOW_SECS - secs);
    for (change, sentence) in [
        (json!({ "aud": "theirs" }), NOT_SUPPORTED),
        (json!({ "aud": ["theirs"] }), NOT_SUPPORTED),
        (json!({ "azp": "theirs" }), NOT_SUPPORTED),
        (json!({ "aud": "theirs", "azp": "also theirs" }), NOT_SUPPORTED),
        (json!({ "aud": null, "azp": "shop" }), "Invalid login token. Missing a required claim: aud"),
        (json!({ "iss": "https://other.example" }), WRONG_ISSUER),
        (json!({ "iss": slash }), WRONG_ISSUER),
        (json!({ "iss": clear }), WRONG_ISSUER),
        (json!({ "iss": scene.key }), WRONG_ISSUER),
        (json!({ "exp": NOW_SECS - 360 }), late(360).as_str()),
        (json!({ "exp": NOW_SECS - 300 }), late(300).as_str()),
        (json!({ "nbf": NOW_SECS + 360 }), "Invalid login token. Token is not valid yet."),
    ] {
        assert_eq!(scene.told(change.clone()).await, sentence, "{change}");
    }
    for good in [json!({ "exp": NOW_SECS - 240 }), json!({ "aud": "theirs", "azp": "shop" })] {
        assert!(scene.says(good.clone()).await.is_ok(), "{good}");
    }
    assert_eq!((scene.issuer.server().asked(DISCOVERY), scene.issuer.server().asked(KEYS)), (1, 1));
}

#[tokio::test]
async fn st_15_a_token_that_is_not_meant_for_the_pool_makes_us_ask_nobody() {
    let scene = Scene::open().await;
    for change in [json!({ "aud": "theirs" }), json!({ "iss": "https://other.example" }), json!({ "aud": null })] {
        scene.says(change).await.unwrap_err();
    }
    assert_eq!(scene.issuer.server().connections(), 0);
}

#[tokio::test]
async fn st_16_neither_none_nor_hs256_with_the_public_key_nor_another_s_key_makes_a_login() {
    let scene = Scene::open().await;
    let good = scene.issuer.token(&claims(json!({})));
    let payload = good.split('.').nth(1).unwrap();
    let signature = good.rsplit('.').next().unwrap();
    let key = scene.issuer.key();
    let head = |alg: &str| BASE64URL_NOPAD.encode(format!(r#"{{"kid":"{}","alg":"{alg}"}}"#, key.kid()).as_bytes());
    for alg in ["none", "HS256", "RS384", "RS512", "ES256", "EdDSA"] {
        for signature in ["", signature] {
            let told = scene.verify(format!("{}.{payload}.{signature}", head(alg))).await.unwrap_err();
            assert_eq!(told.to_string(), UNVERIFIED, "{alg}");
        }
    }
    let signed = format!("{}.{payload}", head("HS256"));
    let modulus = BASE64URL_NOPAD.decode(key.public_jwk().n().as_bytes()).unwrap();
    let published = serde_json::to_vec(key.public_jwk()).unwrap();
    for secret in [modulus, published] {
        let secret = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &secret);
        let tag = BASE64URL_NOPAD.encode(aws_lc_rs::hmac::sign(&secret, signed.as_bytes()).as_ref());
        assert_eq!(scene.verify(format!("{signed}.{tag}")).await.unwrap_err().to_string(), UNVERIFIED);
    }
    let thief = SigningKey::generate().unwrap();
    let stolen = claims(json!({ "iss": scene.issuer.issuer() })).to_string();
    let told = scene.verify(thief.sign(stolen.as_bytes()).unwrap()).await.unwrap_err();
    assert_eq!(told.to_string(), UNVERIFIED, "a key that nobody publishes");
}

#[tokio::test]
async fn a_rotated_key_is_found_and_the_old_one_forgotten() {
    let scene = Scene::open().await;
    let old = scene.issuer.token(&claims(json!({})));
    scene.verify(old.clone()).await.unwrap();
    scene.issuer.rotate();
    scene.house.clock.pass(Duration::from_secs(30));
    scene.says(json!({})).await.unwrap();
    assert_eq!(scene.verify(old).await.unwrap_err().to_string(), UNVERIFIED);
}

#[tokio::test]
async fn an_issuer_may_sign_with_an_elliptic_curve() {
    let scene = Scene::open().await;
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
    let (x, y) = (BASE64URL_NOPAD.encode(x), BASE64URL_NOPAD.encode(y));
    let jwk = json!({ "kty": "EC", "crv": "P-256", "kid": "ec", "alg": "ES256", "use": "sig", "x": x, "y": y });
    scene.issuer.server().publish(KEYS, &json!({ "keys": [jwk] }).to_string());
    let payload = BASE64URL_NOPAD.encode(claims(json!({ "iss": scene.issuer.issuer() })).to_string().as_bytes());
    let signed = |alg: &str| {
        let head = BASE64URL_NOPAD.encode(format!(r#"{{"kid":"ec","alg":"{alg}"}}"#).as_bytes());
        let text = format!("{head}.{payload}");
        let signature = pair.sign(&SystemRandom::new(), text.as_bytes()).unwrap();
        format!("{text}.{}", BASE64URL_NOPAD.encode(signature.as_ref()))
    };
    assert_eq!(scene.verify(signed("ES256")).await.unwrap().login.subject, "ana");
    for alg in ["none", "RS256", "ES384"] {
        assert_eq!(scene.verify(signed(alg)).await.unwrap_err().to_string(), UNVERIFIED, "{alg}");
    }
    let (text, _) = signed("ES256").rsplit_once('.').map(|(text, rest)| (text.to_owned(), rest.to_owned())).unwrap();
    // CVE-2022-21449: a signature of zeros.
    let zeros = BASE64URL_NOPAD.encode(&[0; 64]);
    assert_eq!(scene.verify(format!("{text}.{zeros}")).await.unwrap_err().to_string(), UNVERIFIED);
}

#[tokio::test]
async fn st_19_an_issuer_that_is_slow_endless_redirecting_or_down_is_the_others_fault() {
    let inside = WebServer::start().await;
    let endless = format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{{\"x\":\"{}", "x".repeat(2 << 20));
    let elsewhere = format!("HTTP/1.1 302 Found\r\ncontent-length: 0\r\nlocation: {}/\r\n\r\n", inside.origin());
    let down = "HTTP/1.1 503 Down\r\ncontent-length: 0\r\n\r\n";
    for answer in ["", endless.as_str(), elsewhere.as_str(), down] {
        for path in [DISCOVERY, KEYS] {
            let scene = Scene::with(|rules| FetchRules { deadline: Duration::from_millis(500), ..rules }).await;
            scene.issuer.server().answer_bytes(path, answer);
            let told = scene.says(json!({})).await.unwrap_err();
            assert_eq!((told.to_string().as_str(), told.fault()), (UNREACHABLE, LoginFault::ExternalService));
            assert!(told.reason().contains(path), "operators learn what was asked: {}", told.reason());
        }
    }
    assert_eq!(inside.connections(), 0);
}

#[tokio::test]
async fn st_19_an_issuer_cannot_send_us_into_the_house() {
    let scene = Scene::open().await;
    for target in ["https://169.254.169.254/latest/", "https://10.0.0.1/keys", "https://[fd00:ec2::254]/"] {
        scene.issuer.publish_discovery(&scene.issuer.issuer(), target);
        let told = scene.says(json!({})).await.unwrap_err();
        assert_eq!(told.to_string(), UNREACHABLE, "{target}");
        scene.house.clock.pass(Duration::from_secs(300)); // a failure is remembered, and the next target is to be tried
    }
}

#[tokio::test]
async fn a_provider_that_is_gone_or_another_account_s_vouches_for_nobody() {
    let scene = Scene::open().await;
    let token = Secret::new(scene.issuer.token(&claims(json!({}))));
    let foreign = format!("arn:aws:iam::210987654321:oidc-provider/{}", scene.key);
    let pool = identity_pool(Providers { oidc: vec![foreign], ..Providers::default() });
    let told = scene.house.federation.verify_login(&pool, &scene.key, &token).await.unwrap_err();
    assert_eq!(told.to_string(), NOT_SUPPORTED);
    let (account, url) = (account(), scene.key.clone());
    let gone = work!(|tx, account, url| -> Refusal { Ok(tx.iam_providers().delete_oidc(account, url).await?) });
    assert!(scene.house.store.write(gone).await.unwrap());
    assert_eq!(scene.told(json!({})).await, NOT_SUPPORTED);
    assert_eq!(scene.issuer.server().connections(), 0);
}

/// The world outside, with nobody in it.
#[derive(Debug)]
struct Nobody;
impl Resolve for Nobody {
    fn resolve<'a>(&'a self, _host: &'a str, _port: u16) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>> {
        Box::pin(async { Err(io::Error::other("nobody is there")) })
    }
}

#[tokio::test]
async fn google_may_leave_the_scheme_out_and_apple_may_not() {
    let house =
        House::with(Fetcher::new(&FetchRules { resolver: Arc::new(Nobody), ..FetchRules::documents() }).unwrap());
    let house = house.await;
    let social = ["accounts.google.com", "appleid.apple.com"].map(|key| (key.to_owned(), "shop".to_owned()));
    let pool = identity_pool(Providers { social: social.into(), ..Providers::default() });
    let signer = SigningKey::generate().unwrap();
    for (key, issuer, audience, sentence) in [
        ("accounts.google.com", "https://accounts.google.com", "shop", UNREACHABLE),
        ("accounts.google.com", "accounts.google.com", "shop", UNREACHABLE),
        ("accounts.google.com", "https://accounts.google.com", "theirs", NOT_SUPPORTED),
        ("accounts.google.com", "https://appleid.apple.com", "shop", WRONG_ISSUER),
        ("appleid.apple.com", "https://appleid.apple.com", "shop", UNREACHABLE),
        ("appleid.apple.com", "appleid.apple.com", "shop", WRONG_ISSUER),
    ] {
        let token = signer.sign(claims(json!({ "iss": issuer, "aud": audience })).to_string().as_bytes()).unwrap();
        let told = house.federation.verify_login(&pool, key, &Secret::new(token)).await.unwrap_err();
        assert_eq!(told.to_string(), sentence, "{key} {issuer} {audience}");
    }
}

#[tokio::test]
async fn a_user_pool_of_another_service_is_asked_for_its_keys() {
    let rules = FetchRules { resolver: Arc::new(Nobody), ..FetchRules::documents() };
    let house = House::with(Fetcher::new(&rules).unwrap()).await;
    let pool = of_people(AWS_KEY, &["shop"], false);
    let signer = SigningKey::generate().unwrap();
    let says = |issuer: &str| {
        let claims = claims(json!({ "iss": issuer, "token_use": "id" }));
        Secret::new(signer.sign(claims.to_string().as_bytes()).unwrap())
    };
    let told = |token| async { house.federation.verify_login(&pool, AWS_KEY, &{ token }).await.unwrap_err() };
    let theirs = told(says(&format!("https://{AWS_KEY}"))).await;
    assert_eq!(theirs.to_string(), UNREACHABLE);
    assert!(theirs.reason().contains(AWS_KEY), "{}", theirs.reason());
    // There is no such pool here, so nobody speaks for it in our name.
    assert_eq!(told(says(world::ISSUER)).await.to_string(), WRONG_ISSUER);
}
