//! Tokens of other issuers against a real issuer on loopback that misbehaves in every way one can: which are believed, and
//! how often it is asked.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod world;

use crypto::jose::SigningKey;
use data_encoding::BASE64URL_NOPAD;
use federation::testing::{DISCOVERY, KEYS, TestIssuer};
use federation::{Federation, ForeignTokenError, Provider, Verified};
use kernel::Secret;
use outbound::{FetchRules, Fetcher};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use world::{Hands, NOW_SECS, claims, federation};

struct Scene {
    issuer: TestIssuer,
    federation: Federation,
    clock: Arc<Hands>,
}

impl Scene {
    async fn open() -> Self {
        let issuer = TestIssuer::start().await;
        let (federation, clock) = federation(issuer.fetcher()).await;
        Self { issuer, federation, clock }
    }

    async fn verify(&self, token: String) -> Result<Verified, ForeignTokenError> {
        let client_ids = ["shop".to_owned(), "app".to_owned()];
        let issuer = self.issuer.issuer();
        self.federation.verify(&Secret::new(token), Provider { issuer: &issuer, client_ids: &client_ids }).await
    }

    async fn says(&self, change: Value) -> Result<Verified, ForeignTokenError> {
        self.verify(self.issuer.token(&claims(change))).await
    }

    fn asked(&self) -> (usize, usize) {
        (self.issuer.server().asked(DISCOVERY), self.issuer.server().asked(KEYS))
    }
}

#[tokio::test]
async fn cr_21_a_token_of_a_known_issuer_is_believed_with_all_it_says() {
    let scene = Scene::open().await;
    let verified = scene.says(json!({ "aud": ["other", "app"], "amr": ["pwd"], "email": "ana@example.com" })).await;
    let verified = verified.unwrap();
    assert_eq!((verified.subject.as_str(), verified.audience.as_str()), ("ana", "app"));
    assert_eq!(verified.issuer, scene.issuer.issuer());
    assert_eq!(*verified.claims.get("amr").unwrap(), json!(["pwd"]));
    assert_eq!(scene.asked(), (1, 1));
    scene.says(json!({})).await.unwrap();
    assert_eq!(scene.asked(), (1, 1), "what was published is remembered");
}

#[tokio::test]
async fn cr_21_st_15_a_token_for_others_of_others_too_late_or_too_early_is_refused_by_name() {
    use ForeignTokenError as E;
    let scene = &Scene::open().await;
    let refused = |change: Value| async move { scene.says(change).await.unwrap_err() };
    assert!(matches!(refused(json!({ "aud": "theirs" })).await, E::WrongAudience));
    assert!(matches!(refused(json!({ "azp": "theirs" })).await, E::WrongAudience));
    assert!(matches!(refused(json!({ "iss": "https://other.example" })).await, E::WrongIssuer(_)));
    assert!(matches!(refused(json!({ "iss": format!("{}/", scene.issuer.issuer()) })).await, E::WrongIssuer(_)));
    assert!(matches!(refused(json!({ "exp": NOW_SECS - 300 })).await, E::Expired { .. }));
    assert!(matches!(refused(json!({ "nbf": NOW_SECS + 301 })).await, E::NotYet));
    for name in ["sub", "aud", "exp"] {
        assert!(matches!(refused(json!({ name: null })).await, E::MissingClaim(missing) if missing == name));
    }
    assert!(matches!(refused(json!({ "sub": "" })).await, E::NotAToken));
    scene.says(json!({ "exp": NOW_SECS - 299 })).await.unwrap();
}

#[tokio::test]
async fn st_16_neither_none_nor_hs256_nor_another_s_key_makes_a_token() {
    let scene = Scene::open().await;
    let good = scene.issuer.token(&claims(json!({})));
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let payload = signed.split_once('.').unwrap().1;
    let key = scene.issuer.key();
    let head = |alg: &str| BASE64URL_NOPAD.encode(format!(r#"{{"kid":"{}","alg":"{alg}"}}"#, key.kid()).as_bytes());
    for alg in ["none", "None", "HS256", "RS512", "ES256", "PS256", ""] {
        for signature in ["", signature] {
            let told = scene.verify(format!("{}.{payload}.{signature}", head(alg))).await.unwrap_err();
            assert!(matches!(told, ForeignTokenError::BadSignature(_)), "{alg}: {told}");
        }
    }
    // What is public as the secret of a symmetric signature: the modulus, and the key set as published.
    let modulus = BASE64URL_NOPAD.decode(key.public_jwk().n().as_bytes()).unwrap();
    let published = serde_json::to_vec(key.public_jwk()).unwrap();
    for secret in [modulus, published, key.public_jwk().n().as_bytes().to_vec()] {
        let signed = format!("{}.{payload}", head("HS256"));
        let secret = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &secret);
        let tag = BASE64URL_NOPAD.encode(aws_lc_rs::hmac::sign(&secret, signed.as_bytes()).as_ref());
        assert!(scene.verify(format!("{signed}.{tag}")).await.is_err());
    }
    let thief =
        SigningKey::generate().unwrap().sign(claims(json!({ "iss": scene.issuer.issuer() })).to_string().as_bytes());
    let (_, forged) = thief.as_ref().unwrap().split_once('.').unwrap();
    let told = scene.verify(format!("{}.{forged}", head("RS256"))).await.unwrap_err();
    assert!(matches!(told, ForeignTokenError::BadSignature(_)), "{told}");
    let nameless = BASE64URL_NOPAD.encode(br#"{"alg":"RS256"}"#);
    let told = scene.verify(format!("{nameless}.{payload}.{signature}")).await.unwrap_err();
    assert!(matches!(told, ForeignTokenError::UnknownKey), "{told}");
}

#[tokio::test]
async fn st_17_a_token_changed_cut_or_extended_anywhere_is_refused() {
    let scene = Scene::open().await;
    let token = scene.issuer.token(&claims(json!({})));
    for at in 0..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        assert!(scene.verify(String::from_utf8(changed).unwrap()).await.is_err(), "character {at}");
        assert!(scene.verify(token[..at].to_owned()).await.is_err(), "cut at {at}");
    }
    for strange in ["", ".", "..", "a.b.c", "{}", &format!("{token}A"), &format!("{token}.x"), &"A".repeat(200_000)] {
        assert!(scene.verify(strange.to_owned()).await.is_err());
    }
    assert_eq!(scene.asked(), (1, 1), "strangers' names of keys are asked for once");
}

#[tokio::test]
async fn a_new_key_is_found_and_an_unknown_one_asked_for_once_in_thirty_seconds() {
    let scene = Scene::open().await;
    scene.says(json!({})).await.unwrap();
    scene.issuer.rotate();
    assert!(matches!(scene.says(json!({})).await.unwrap_err(), ForeignTokenError::UnknownKey));
    assert_eq!(scene.asked(), (1, 1), "it was asked a moment ago");
    scene.clock.pass(Duration::from_secs(30));
    scene.says(json!({})).await.unwrap();
    assert_eq!(scene.asked(), (1, 2), "only the keys were fetched again");
    let stranger = SigningKey::generate().unwrap();
    for _ in 0..20 {
        let token = stranger.sign(claims(json!({ "iss": scene.issuer.issuer() })).to_string().as_bytes()).unwrap();
        assert!(matches!(scene.verify(token).await.unwrap_err(), ForeignTokenError::UnknownKey));
    }
    assert_eq!(scene.asked(), (1, 2), "whoever makes keys up asks for nothing");
}

#[tokio::test]
async fn keys_are_believed_for_an_hour_and_for_a_day_when_the_issuer_is_silent() {
    let scene = Scene::open().await;
    scene.says(json!({})).await.unwrap();
    scene.clock.pass(Duration::from_secs(3600));
    scene.says(json!({ "exp": NOW_SECS + 90_000 })).await.unwrap();
    assert_eq!(scene.asked(), (2, 2), "after an hour both are fetched again");
    for path in [DISCOVERY, KEYS] {
        scene.issuer.server().answer_bytes(path, "HTTP/1.1 503 Down\r\ncontent-length: 0\r\n\r\n");
    }
    scene.clock.pass(Duration::from_secs(23 * 3600));
    scene.says(json!({ "exp": NOW_SECS + 90_000 })).await.unwrap();
    scene.clock.pass(Duration::from_secs(3600));
    let told = scene.says(json!({ "exp": NOW_SECS + 99_000 })).await.unwrap_err();
    assert!(matches!(told, ForeignTokenError::Unreachable(_)), "{told}");
}

#[tokio::test]
async fn an_issuer_in_trouble_is_left_alone_a_while_and_heals() {
    let scene = Scene::open().await;
    scene.issuer.server().answer_bytes(KEYS, "HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n");
    for _ in 0..10 {
        let told = scene.says(json!({})).await.unwrap_err();
        assert!(matches!(&told, ForeignTokenError::Unreachable(why) if why.contains("status 500")), "{told}");
    }
    assert_eq!(scene.asked(), (1, 1));
    scene.clock.pass(Duration::from_secs(5));
    assert!(scene.says(json!({})).await.is_err());
    scene.clock.pass(Duration::from_secs(9));
    assert!(scene.says(json!({})).await.is_err());
    assert_eq!(scene.asked(), (2, 2), "the second failure counts for ten seconds");
    scene.issuer.publish_keys(&[&scene.issuer.key()]);
    scene.clock.pass(Duration::from_secs(1));
    scene.says(json!({})).await.unwrap();
    assert_eq!(scene.asked(), (3, 3));
}

#[tokio::test]
async fn many_tokens_at_once_ask_once() {
    let scene = Scene::open().await;
    let token = scene.issuer.token(&claims(json!({})));
    let all = (0..32).map(|_| scene.verify(token.clone()));
    let mut believed = 0;
    for result in join(all).await {
        believed += usize::from(result.is_ok());
    }
    assert_eq!((believed, scene.asked()), (32, (1, 1)));
}

/// All of them side by side on this thread.
async fn join<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut waiting: Vec<_> = futures.map(Box::pin).collect();
    let mut done = Vec::new();
    std::future::poll_fn(|context| {
        waiting.retain_mut(|future| match future.as_mut().poll(context) {
            std::task::Poll::Ready(output) => {
                done.push(output);
                false
            }
            std::task::Poll::Pending => true,
        });
        if waiting.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done
}

#[tokio::test]
async fn documents_that_speak_for_others_or_cannot_be_read_are_of_no_use() {
    for (issuer, keys) in [("https://other.example", None), ("", None), ("SAME", Some("{}")), ("SAME", Some("no json"))]
    {
        let scene = Scene::open().await;
        let named = if issuer == "SAME" { scene.issuer.issuer() } else { issuer.to_owned() };
        scene.issuer.publish_discovery(&named, &format!("{}{KEYS}", scene.issuer.server().origin()));
        if let Some(keys) = keys {
            scene.issuer.server().publish(KEYS, keys);
        }
        let told = scene.says(json!({})).await.unwrap_err();
        assert!(matches!(told, ForeignTokenError::Unusable(_)), "{told}");
    }
}

#[tokio::test]
async fn st_19_an_issuer_cannot_send_us_into_the_house() {
    // The issuer itself is reachable; what it points at is not, although it is the same machine.
    let scene = Scene::open().await;
    let inside = outbound::testing::WebServer::start().await;
    let rules = FetchRules { allowed: vec!["127.0.0.1/32".parse().unwrap()], ..scene.issuer.rules() };
    let (federation, clock) = federation(Fetcher::new(&rules).unwrap()).await;
    let name = scene.issuer.issuer().replace("localhost", "127.0.0.1");
    for target in [
        format!("http://127.0.0.2:{}/keys", inside.port()),
        format!("http://[::ffff:127.0.0.2]:{}/keys", inside.port()),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "http://[fd00:ec2::254]/latest/".to_owned(),
        "http://10.0.0.1/keys".to_owned(),
        "https://192.168.0.1/keys".to_owned(),
    ] {
        scene.issuer.publish_discovery(&name, &target);
        let token = scene.issuer.token(&claims(json!({ "iss": name })));
        let provider = Provider { issuer: &name, client_ids: &["shop".to_owned()] };
        let told = federation.verify(&Secret::new(token), provider).await.unwrap_err();
        assert!(matches!(&told, ForeignTokenError::Unreachable(why) if why.starts_with(&target)), "{target}: {told}");
        clock.pass(Duration::from_secs(300)); // a failure is remembered, and the next target is to be tried
    }
    assert_eq!(inside.connections(), 0);
}

#[tokio::test]
async fn st_19_a_slow_endless_or_redirecting_issuer_is_cut_off() {
    let inside = outbound::testing::WebServer::start().await;
    let endless = format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{{\"x\":\"{}", "x".repeat(2 << 20));
    let elsewhere = format!("HTTP/1.1 302 Found\r\ncontent-length: 0\r\nlocation: {}/\r\n\r\n", inside.origin());
    for answer in ["", endless.as_str(), elsewhere.as_str()] {
        for path in [DISCOVERY, KEYS] {
            let issuer = TestIssuer::start().await;
            let rules = FetchRules { deadline: Duration::from_millis(500), ..issuer.rules() };
            let (federation, clock) = federation(Fetcher::new(&rules).unwrap()).await;
            let scene = Scene { issuer, federation, clock };
            scene.issuer.server().answer_bytes(path, answer);
            let told = scene.says(json!({})).await.unwrap_err();
            assert!(matches!(told, ForeignTokenError::Unreachable(_)), "{told}");
        }
    }
    assert_eq!(inside.connections(), 0);
}

#[tokio::test]
async fn by_tls_the_issuer_must_be_certified() {
    let issuer = TestIssuer::start_tls().await;
    let trusting = federation(issuer.fetcher()).await.0;
    let wary = federation(Fetcher::new(&FetchRules { ca_pem: None, ..issuer.rules() }).unwrap()).await.0;
    let name = issuer.issuer();
    let token = Secret::new(issuer.token(&claims(json!({}))));
    let provider = Provider { issuer: &name, client_ids: &["shop".to_owned()] };
    trusting.verify(&token, provider).await.unwrap();
    let told = wary.verify(&token, provider).await.unwrap_err();
    assert!(matches!(told, ForeignTokenError::Unreachable(_)), "{told}");
}
