use aws_lc_rs::hmac;
use testkit::prelude::*;
use testkit::{claims, header, resigned};

const PW: &str = testkit::PASSWORD;
const INVALID: (&str, &str) = ("NotAuthorizedException", "Invalid Access Token");

#[cognate_test]
async fn a_person_sees_what_the_client_may_read(app: App) {
    let pool = app.pool().client_set("ReadAttributes", json!(["email", "given_name"])).await;
    let attributes = [("email", "ana@example.com"), ("given_name", "Ana"), ("family_name", "Secret")];
    let done = pool.sign_up("ana", PW, &attributes).await.expect_ok();
    pool.admin("AdminConfirmSignUp", json!({ "Username": "ana" })).await.expect_ok();
    let tokens = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    let expected = json!({
        "Username": "ana",
        "UserAttributes": [
            { "Name": "sub", "Value": done["UserSub"] },
            { "Name": "email", "Value": "ana@example.com" },
            { "Name": "given_name", "Value": "Ana" },
        ],
    });
    assert_eq!(pool.get_user(&tokens["AccessToken"]).await.expect_ok(), expected);
}

#[cognate_test]
async fn tk_21_an_id_token_or_a_token_of_another_pool_is_no_access_token(app: App) {
    let (pool, other) = (app.pool().with_user("ana", PW).await, app.pool().with_user("ana", PW).await);
    let tokens = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    pool.get_user(&tokens["IdToken"]).await.expect_fault(INVALID.0, INVALID.1);
    pool.get_user(&tokens["RefreshToken"]).await.expect_fault(INVALID.0, INVALID.1);
    // The claims of one pool under the key of the other.
    let foreign = app.sign_in(&other, "ana", PW).await.expect_tokens();
    let (head, body) = (header(&foreign["AccessToken"]), claims(&tokens["AccessToken"]));
    let signature = part(&foreign["AccessToken"], 2);
    let crossed = resigned(&head, &body, |_| signature.clone());
    pool.get_user(&json!(crossed)).await.expect_fault(INVALID.0, INVALID.1);
}

#[cognate_test]
async fn tk_21_an_access_token_ends_to_the_second(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let tokens = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    let token = &tokens["AccessToken"];
    let exp = claims(token)["exp"].as_i64().unwrap();
    app.advance(Duration::from_secs((exp - app.now().secs() - 1).unsigned_abs()));
    pool.get_user(token).await.expect_ok();
    app.advance(Duration::from_secs(1));
    let text = "Access Token has expired";
    pool.get_user(token).await.expect_fault("NotAuthorizedException", text);
    let answer = app.call("GlobalSignOut", json!({ "AccessToken": token })).await;
    answer.expect_fault("NotAuthorizedException", text);
}

#[cognate_test]
async fn st_16_no_other_algorithm_no_key_of_the_tokens_own_and_no_strange_kid_is_believed(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let tokens = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    let token = &tokens["AccessToken"];
    let (head, body, real) = (header(token), claims(token), part(token, 2));
    let keys = app.get(&format!("/{}/.well-known/jwks.json", pool.id)).await;
    let jwk = keys.json()["keys"].as_array().unwrap().iter().find(|k| k["kid"] == head["kid"]).unwrap().clone();
    let modulus = data_encoding::BASE64URL_NOPAD.decode(jwk["n"].as_str().unwrap().as_bytes()).unwrap();
    let mut forged = Vec::new();
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        forged.push(resigned(&json!({ "alg": alg, "kid": head["kid"] }), &body, |_| Vec::new()));
        forged.push(resigned(&json!({ "alg": alg, "kid": head["kid"] }), &body, |_| real.clone()));
    }
    // The public key as an HMAC secret, in every spelling an attacker would try.
    for secret in [
        modulus,
        jwk["n"].as_str().unwrap().as_bytes().to_vec(),
        keys.body.to_vec(),
        jwk.to_string().into_bytes(),
        Vec::new(),
    ] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
        let sign = |text: &[u8]| hmac::sign(&key, text).as_ref().to_vec();
        forged.push(resigned(&json!({ "alg": "HS256", "kid": head["kid"] }), &body, sign));
        forged.push(resigned(&head, &body, sign));
    }
    for alg in ["RS384", "PS256", "ES256", "HS256", "rs256"] {
        forged.push(resigned(&json!({ "alg": alg, "kid": head["kid"] }), &body, |_| real.clone()));
    }
    for kid in [json!("unknown"), json!(""), json!("../../etc/passwd"), json!("' OR 1=1 --"), json!(7), Value::Null] {
        forged.push(resigned(&json!({ "alg": "RS256", "kid": kid }), &body, |_| real.clone()));
    }
    for (name, value) in
        [("jwk", jwk.clone()), ("jku", json!("http://127.0.0.1:1/keys")), ("x5u", json!("http://127.0.0.1:1/"))]
    {
        let mut own = head.clone();
        own[name] = value;
        forged.push(resigned(&own, &body, |_| real.clone()));
    }
    // An all-zero and an all-one signature: RFC 8017 numbers 0 and more than the modulus.
    for byte in [0u8, 0xff] {
        forged.push(resigned(&head, &body, |_| vec![byte; 256]));
    }
    for token in forged {
        pool.get_user(&json!(token)).await.expect_fault(INVALID.0, INVALID.1);
    }
    pool.get_user(token).await.expect_ok();
}

#[cognate_test]
async fn st_16_claims_changed_under_the_old_signature_are_not_believed(app: App) {
    let pool = app.pool().with_user("ana", PW).with_user("bob", PW).await;
    let ana = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    let bob = app.sign_in(&pool, "bob", PW).await.expect_tokens();
    let token = &ana["AccessToken"];
    let (head, real) = (header(token), part(token, 2));
    for (claim, value) in [
        ("sub", claims(&bob["AccessToken"])["sub"].clone()),
        ("username", json!("bob")),
        ("exp", json!(9_999_999_999_i64)),
        ("scope", json!("aws.cognito.signin.user.admin openid")),
        ("client_id", json!("other")),
        ("iss", json!(format!("{}/", pool.issuer()))),
    ] {
        let mut changed = claims(token);
        changed[claim] = value;
        let forged = resigned(&head, &changed, |_| real.clone());
        pool.get_user(&json!(forged)).await.expect_fault(INVALID.0, INVALID.1);
    }
}

#[cognate_test]
async fn st_17_truncated_extended_and_altered_tokens_are_refused(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let tokens = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    let token = tokens["AccessToken"].as_str().unwrap();
    let mut wrong =
        vec![format!("{token}A"), format!("{token}."), format!("{token}.A"), format!(".{token}"), format!("{token}=")];
    let parts: Vec<&str> = token.split('.').collect();
    wrong.push(format!("{}.{}", parts[0], parts[1]));
    wrong.push(format!("{}.{}.", parts[0], parts[1]));
    wrong.push(format!("{}..{}", parts[0], parts[2]));
    wrong.push(format!("{}.{}.{}", parts[1], parts[0], parts[2]));
    wrong.extend((1..token.len()).step_by(token.len() / 20).map(|len| token[..len].to_owned()));
    for at in (0..token.len()).step_by(token.len() / 40) {
        let mut bytes = token.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        wrong.push(String::from_utf8(bytes).unwrap());
    }
    for token in wrong {
        let answer = pool.get_user(&json!(token)).await;
        answer.expect_fault(INVALID.0, INVALID.1);
    }
    pool.get_user(&tokens["AccessToken"]).await.expect_ok();
}

#[cognate_test]
async fn st_17_no_kind_of_token_passes_for_another(app: App) {
    let pool = app.pool().verifying_email().with_user("ana", PW).await;
    let other = pool.client(json!({})).await;
    pool.invited("bea", "Temp0rary-pw").await.expect_ok();
    let tokens = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    let session =
        app.sign_in(&pool, "bea", "Temp0rary-pw").await.expect_challenge("NEW_PASSWORD_REQUIRED")["Session"].clone();
    let srp = SrpSignIn::new(&pool, "cross");
    let asked = pool.srp_start(&pool.client, "ana", &srp.srp_a()).await.expect_ok();
    let (srp_session, block) = (&asked["Session"], &asked["ChallengeParameters"]["SECRET_BLOCK"]);
    pool.confirmed("carl", PW).await;
    let page = pool.admin("ListUsers", json!({ "Limit": 1 })).await.expect_ok();
    let kinds = [
        ("access", &tokens["AccessToken"]),
        ("id", &tokens["IdToken"]),
        ("refresh", &tokens["RefreshToken"]),
        ("session", &session),
        ("srp session", srp_session),
        ("secret block", block),
        ("page", &page["PaginationToken"]),
    ];
    for (kind, token) in kinds {
        assert!(token.is_string(), "{kind}");
        if kind != "access" {
            assert_refused(&pool.get_user(token).await, kind);
        }
        if kind != "refresh" {
            assert_refused(&pool.refresh(token).await, kind);
        }
        let through_other = json!({ "REFRESH_TOKEN": token });
        assert_refused(&pool.initiate(&other, "REFRESH_TOKEN_AUTH", through_other).await, kind);
        if kind != "session" {
            let responses = json!({ "USERNAME": "bea", "NEW_PASSWORD": "Stolen-pass1" });
            assert_refused(&pool.respond(&pool.client, "NEW_PASSWORD_REQUIRED", token, responses).await, kind);
        }
        if kind != "secret block" {
            let mut responses = srp.responses(&asked, PW);
            responses["PASSWORD_CLAIM_SECRET_BLOCK"] = token.clone();
            assert_refused(&pool.respond(&pool.client, "PASSWORD_VERIFIER", srp_session, responses).await, kind);
        }
        if kind != "page" {
            assert_refused(&pool.admin("ListUsers", json!({ "Limit": 1, "PaginationToken": token })).await, kind);
        }
        let body = json!({ "Username": "ana", "ConfirmationCode": token });
        assert_refused(&pool.public("ConfirmSignUp", body).await, kind);
    }
}

fn assert_refused(answer: &Answer, kind: &str) {
    assert_eq!(answer.status, 400, "{kind} was taken for something else: {answer:?}");
}

fn part(token: &Value, at: usize) -> Vec<u8> {
    let text = token.as_str().unwrap().split('.').nth(at).unwrap();
    data_encoding::BASE64URL_NOPAD.decode(text.as_bytes()).unwrap()
}
