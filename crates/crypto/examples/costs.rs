//! Prints what each piece of slow arithmetic costs here: `cargo run --release -p crypto --example costs`.
//!
//! The smallest of five rounds, since everything else on a machine only ever makes it slower.
#![allow(clippy::print_stdout, clippy::expect_used)]

use crypto::jose::{SigningKey, verify};
use crypto::sigv4::{Check, Credentials, KeyCache, Payload, RequestParts, Rules, Signing, parse, sign};
use crypto::srp::client::{Challenge, Client};
use crypto::srp::{Claim, Exchange, Identity, PublicA, Verifier, draw_salt, salt_text};
use crypto::{Context, Keyring, MacPurpose, Purpose, StoredPassword, TokenPurpose};
use kernel::{Stopwatch, SystemEntropy, Time};

fn main() {
    let who = Identity { pool_name: "EXAMPLE1a", user_id: "3f2b8c1e-7d44-4a5e-9b1c-0d6f5a7e8c90" };
    let salt = draw_salt(&SystemEntropy);
    let verifier = Verifier::of(who, "Corr3ct-Horse!", &salt);
    let powers = verifier.powers();
    let client = Client::start(&SystemEntropy);
    let a = PublicA::parse(&client.srp_a()).expect("a client sends numbers");
    let (exchange, srp_b) = Exchange::begin(a.clone(), &verifier, &SystemEntropy);
    let salt_sent = salt_text(&salt);
    let challenge = Challenge { salt: &salt_sent, srp_b: &srp_b };
    let claim = Claim { secret_block: b"block", timestamp: "Tue Sep 1 08:05:09 UTC 2026" };
    let signature = client.answer(who, "Corr3ct-Horse!", challenge, claim).expect("the challenge holds numbers");

    measure("SRP: verifier of a password (g^x)", || Verifier::of(who, "Corr3ct-Horse!", &salt));
    measure("SRP: plain password check", || verifier.accepts(who, "Corr3ct-Horse!", &salt));
    measure("SRP: challenge (A in, B out)", || Exchange::begin(a.clone(), &verifier, &SystemEntropy));
    measure("SRP: four powers of a verifier", || verifier.powers());
    measure("SRP: shared key with powers", || exchange.finish(&verifier, Some(&powers)));
    measure("SRP: shared key without powers", || exchange.finish(&verifier, None));
    let key = exchange.finish(&verifier, Some(&powers));
    measure("SRP: claim check", || key.accepts(who, claim, &signature));
    tokens();
    passwords_and_seals();
    requests();
}

fn tokens() {
    let key = SigningKey::generate().expect("the library makes keys");
    let public = key.verifying_key().expect("a key has a public half");
    let claims = [b'x'; 700];
    let token = key.sign(&claims).expect("the library signs");
    measure("RS256: sign 700 bytes", || key.sign(&claims));
    measure("RS256: verify", || verify(&token, |_| Some(&public)));
}

fn passwords_and_seals() {
    let argon2id = StoredPassword::make_argon2id("Corr3ct-Horse!", [1; 16]).expect("short enough");
    measure("Argon2id: check", || argon2id.accepts("Corr3ct-Horse!"));
    let ring = Keyring::draw(&SystemEntropy);
    let place = Context { purpose: Purpose::PasswordVerifier, table: "t", key: &["p", "u"], column: "c", version: 1 };
    let verifier = [7u8; 2048];
    let sealed = ring.seal(&place, &verifier, &SystemEntropy);
    measure("Keyring: seal 2 KiB", || ring.seal(&place, &verifier, &SystemEntropy));
    measure("Keyring: open 2 KiB", || ring.open(&place, &sealed));
    let now = Time::from_secs(1_788_249_909);
    let seal = || ring.seal_token(TokenPurpose::Session, &["pool", "client"], now, &[1; 500], now, &SystemEntropy);
    measure("Keyring: seal a client's text", seal);
    measure("Keyring: mac", || ring.mac(MacPurpose::Code, &[b"pool", b"123456"]));
}

fn requests() {
    let who = Credentials { access_key_id: "AKID".into(), secret: "secret".into(), token: None };
    let time = Time::from_secs(1_440_938_160);
    let signing = Signing { region: "us-east-1", service: "cognito-idp", time, rules: Rules::JSON };
    let hash = [0u8; 32];
    let headers: &[(&str, &[u8])] =
        &[("host", b"localhost:9229"), ("x-amz-date", b"20150830T123600Z"), ("x-amz-target", b"X.AdminGetUser")];
    let parts = RequestParts { method: "POST", path: "/", query: "", headers };
    let authorization = sign(&parts, &who, &signing, Payload::Sha256(&hash));
    let headers = [headers, &[("authorization", authorization.as_bytes())]].concat();
    let parts = RequestParts { headers: &headers, ..parts };
    let (keys, check) = (KeyCache::new(16), Check { body_sha256: &hash, rules: Rules::JSON, now: time });
    measure("SigV4: parse and verify", || {
        let presented = parse(&parts).expect("well-formed").expect("signed");
        presented.verify(&who.secret, &parts, &check, &keys).expect("signed by its key");
    });
}

/// Runs `work` for at least 20 ms five times and prints the least time one run took.
fn measure<T>(name: &str, mut work: impl FnMut() -> T) {
    let mut best = f64::INFINITY;
    for _ in 0..5 {
        let (watch, mut runs) = (Stopwatch::start(), 0u32);
        while watch.elapsed().as_millis() < 20 {
            std::hint::black_box(work());
            runs += 1;
        }
        best = best.min(watch.elapsed().as_secs_f64() * 1e6 / f64::from(runs));
    }
    println!("{best:>10.1} µs  {name}");
}
