use std::collections::BTreeSet;
use testkit::prelude::*;
use testkit::{claims, header};

const PW: &str = testkit::PASSWORD;

fn names(of: &Value) -> BTreeSet<&str> {
    of.as_object().unwrap().keys().map(String::as_str).collect()
}

fn is_uuid(text: &Value) -> bool {
    let parts: Vec<usize> = text.as_str().unwrap_or_default().split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12]
}

/// Somebody with an attribute of every kind, signed in.
async fn signed_in(app: &App) -> (Pool, Value, Value) {
    let schema = json!([
        { "Name": "seats", "AttributeDataType": "Number" },
        { "Name": "admin", "AttributeDataType": "Boolean" },
    ]);
    let pool = app.pool().verifying_email().set("Schema", schema).await;
    let attributes = [
        ("email", "ana@example.com"),
        ("address", "1 Long Street"),
        ("custom:seats", "7"),
        ("custom:admin", "true"),
        ("name", "Ana"),
    ];
    let done = pool.sign_up("ana", PW, &attributes).await.expect_ok();
    let code = app.code_for("ana@example.com");
    pool.public("ConfirmSignUp", json!({ "Username": "ana", "ConfirmationCode": code })).await.expect_ok();
    app.advance(Duration::from_secs(100));
    let tokens = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    (pool, done["UserSub"].clone(), tokens)
}

#[cognate_test]
async fn tk_01_headers_are_kid_and_rs256_and_the_two_keys_are_published(app: App) {
    let (pool, _, tokens) = signed_in(&app).await;
    let keys = app.get(&format!("/{}/.well-known/jwks.json", pool.id)).await.expect_ok();
    let published: BTreeSet<&str> =
        keys["keys"].as_array().unwrap().iter().map(|k| k["kid"].as_str().unwrap()).collect();
    let mut used = BTreeSet::new();
    for kind in ["IdToken", "AccessToken"] {
        let head = header(&tokens[kind]);
        assert_eq!(names(&head), BTreeSet::from(["alg", "kid"]));
        assert_eq!(head["alg"], "RS256");
        let kid = head["kid"].as_str().unwrap().to_owned();
        assert!(published.contains(kid.as_str()), "{kid}");
        assert!(kid.len() == 44 && kid.ends_with('='), "{kid}");
        used.insert(kid);
    }
    assert_eq!(used.len(), 2);
}

#[cognate_test]
async fn tk_03_the_id_token_says_exactly_this(app: App) {
    let (pool, sub, tokens) = signed_in(&app).await;
    let said = claims(&tokens["IdToken"]);
    let now = app.now().secs();
    let expected = json!({
        "sub": sub,
        "aud": pool.client.id,
        "iss": pool.issuer(),
        "token_use": "id",
        "cognito:username": "ana",
        "auth_time": now,
        "iat": now,
        "exp": now + 3600,
        "email": "ana@example.com",
        "email_verified": true,
        "address": { "formatted": "1 Long Street" },
        "custom:seats": "7",
        "custom:admin": "true",
        "name": "Ana",
        "jti": said["jti"],
        "origin_jti": said["origin_jti"],
        "event_id": said["event_id"],
    });
    assert_eq!(said, expected);
    assert!(["jti", "origin_jti", "event_id"].iter().all(|id| is_uuid(&said[*id])), "{said}");
}

#[cognate_test]
async fn tk_04_the_access_token_says_exactly_this(app: App) {
    let (pool, sub, tokens) = signed_in(&app).await;
    let said = claims(&tokens["AccessToken"]);
    let now = app.now().secs();
    let expected = json!({
        "sub": sub,
        "client_id": pool.client.id,
        "iss": pool.issuer(),
        "token_use": "access",
        "scope": "aws.cognito.signin.user.admin",
        "username": "ana",
        "auth_time": now,
        "iat": now,
        "exp": now + 3600,
        "jti": said["jti"],
        "origin_jti": said["origin_jti"],
        "event_id": said["event_id"],
    });
    assert_eq!(said, expected);
}

#[cognate_test]
async fn tk_05_both_tokens_of_a_sign_in_share_its_ids_and_not_their_own(app: App) {
    let (pool, _, tokens) = signed_in(&app).await;
    let (id, access) = (claims(&tokens["IdToken"]), claims(&tokens["AccessToken"]));
    for shared in ["origin_jti", "event_id", "auth_time", "iat"] {
        assert_eq!(id[shared], access[shared], "{shared}");
    }
    assert_ne!(id["jti"], access["jti"]);
    let next = claims(&app.sign_in(&pool, "ana", PW).await.expect_tokens()["AccessToken"]);
    for own in ["origin_jti", "event_id", "jti"] {
        assert_ne!(next[own], access[own], "{own}");
    }
}

#[cognate_test]
async fn tk_06_what_the_client_may_not_read_is_not_in_the_id_token(app: App) {
    let pool = app.pool().client_set("ReadAttributes", json!(["name"])).await;
    pool.sign_up("ana", PW, &[("name", "Ana"), ("email", "ana@example.com")]).await.expect_ok();
    pool.admin("AdminConfirmSignUp", json!({ "Username": "ana" })).await.expect_ok();
    let said = claims(&app.sign_in(&pool, "ana", PW).await.expect_tokens()["IdToken"]);
    assert_eq!(said["name"], "Ana");
    assert!(said.get("email").is_none(), "{said}");
}

#[cognate_test]
async fn tk_10_lifetimes_in_every_unit_are_kept_to_the_second(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    for (unit, access, id, secs) in
        [("seconds", 301, 302, 1), ("minutes", 7, 9, 60), ("hours", 2, 3, 3600), ("days", 1, 1, 86_400)]
    {
        let settings = json!({ "AccessTokenValidity": access, "IdTokenValidity": id,
            "TokenValidityUnits": { "AccessToken": unit, "IdToken": unit } });
        let client = pool.client(settings).await;
        let tokens = pool.sign_in_through(&client, "ana", PW).await.expect_tokens();
        let lasts = |kind: &str| {
            let said = claims(&tokens[kind]);
            said["exp"].as_i64().unwrap() - said["iat"].as_i64().unwrap()
        };
        assert_eq!(lasts("AccessToken"), access * secs, "{unit}");
        assert_eq!(lasts("IdToken"), id * secs, "{unit}");
        assert_eq!(tokens["ExpiresIn"], access * secs, "{unit}");
        assert_eq!(tokens["TokenType"], "Bearer");
    }
}

#[cognate_test]
async fn tk_11_a_refresh_keeps_the_sign_in_and_renews_the_rest(app: App) {
    let (pool, _, tokens) = signed_in(&app).await;
    app.advance(Duration::from_secs(1000));
    let answer = pool.refresh(&tokens["RefreshToken"]).await;
    let refreshed = answer.expect_tokens();
    assert_eq!(names(&refreshed), BTreeSet::from(["AccessToken", "ExpiresIn", "IdToken", "TokenType"]));
    assert_eq!(answer.json()["ChallengeParameters"], json!({}));
    for kind in ["AccessToken", "IdToken"] {
        let (old, new) = (claims(&tokens[kind]), claims(&refreshed[kind]));
        for kept in ["sub", "auth_time", "origin_jti", "iss", "token_use"] {
            assert_eq!(old[kept], new[kept], "{kept} of {kind}");
        }
        assert_ne!(old["jti"], new["jti"]);
        assert_eq!(new["iat"].as_i64().unwrap() - old["iat"].as_i64().unwrap(), 1000);
        assert_eq!(new["exp"].as_i64().unwrap() - old["exp"].as_i64().unwrap(), 1000);
    }
    // The old refresh token stays good, under either name of the flow.
    pool.initiate(&pool.client, "REFRESH_TOKEN", json!({ "REFRESH_TOKEN": tokens["RefreshToken"] }))
        .await
        .expect_tokens();
}

#[cognate_test]
async fn tk_11_a_refresh_reads_the_person_anew(app: App) {
    let (pool, sub, tokens) = signed_in(&app).await;
    app.change_person(&pool.id, sub.as_str().unwrap(), |mut user, _| {
        user.attributes.insert("name".to_owned(), "Anabel".to_owned());
        user
    })
    .await;
    let refreshed = pool.refresh(&tokens["RefreshToken"]).await.expect_tokens();
    assert_eq!(claims(&refreshed["IdToken"])["name"], "Anabel");
}

#[cognate_test]
async fn tk_16_refresh_tokens_of_others_garbage_and_the_expired_are_told_apart(app: App) {
    let pool = app.pool().client_set("RefreshTokenValidity", json!(1)).with_user("ana", PW).await;
    let tokens = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    let token = &tokens["RefreshToken"];
    let other = pool.client(json!({})).await;
    let refused = "NotAuthorizedException";
    let answer = pool.initiate(&other, "REFRESH_TOKEN_AUTH", json!({ "REFRESH_TOKEN": token })).await;
    answer.expect_fault(refused, "Invalid Refresh Token");
    let text = token.as_str().unwrap();
    for garbage in [
        "garbage".to_owned(),
        format!("{text}A"),
        text[1..].to_owned(),
        text[..text.len() - 1].to_owned(),
        text.to_uppercase(),
    ] {
        pool.refresh(&json!(garbage)).await.expect_fault(refused, "Invalid Refresh Token");
    }
    app.advance(Duration::from_secs(86_399));
    pool.refresh(token).await.expect_tokens();
    app.advance(Duration::from_secs(1));
    pool.refresh(token).await.expect_fault(refused, "Refresh Token has expired");
    let elsewhere = app.pool().with_user("ana", PW).await;
    let foreign = app.sign_in(&elsewhere, "ana", PW).await.expect_tokens();
    pool.refresh(&foreign["RefreshToken"]).await.expect_fault(refused, "Invalid Refresh Token");
}

#[cognate_test]
async fn refresh_tokens_stay_within_the_models_pattern(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let tokens = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    let token = tokens["RefreshToken"].as_str().unwrap();
    assert!(token.len() <= 2048 && token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_=.".contains(&b)));
}

#[cognate_test]
async fn tk_23_keys_and_discovery_are_open_to_any_origin_cacheable_and_public_only(app: App) {
    let pool = app.pool().await;
    for document in ["jwks.json", "openid-configuration"] {
        let asking =
            app.getting(&format!("/{}/.well-known/{document}", pool.id)).header("origin", "https://elsewhere.example");
        let answer = asking.send().await;
        answer.expect_ok();
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{answer:?}");
        assert!(answer.header("cache-control").contains("max-age="), "{answer:?}");
        assert!(answer.header("content-type").starts_with("application/json"), "{answer:?}");
    }
    let keys = app.get(&format!("/{}/.well-known/jwks.json", pool.id)).await.expect_ok();
    let keys = keys["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 2);
    for key in keys {
        assert_eq!(names(key), BTreeSet::from(["alg", "e", "kid", "kty", "n", "use"]), "{key}");
        assert_eq!(
            (&key["alg"], &key["e"], &key["kty"], &key["use"]),
            (&json!("RS256"), &json!("AQAB"), &json!("RSA"), &json!("sig"))
        );
        let modulus = data_encoding::BASE64URL_NOPAD.decode(key["n"].as_str().unwrap().as_bytes()).unwrap();
        assert_eq!(modulus.len(), 256, "2048 bits");
    }
    let discovery = app.get(&format!("/{}/.well-known/openid-configuration", pool.id)).await.expect_ok();
    assert_eq!(discovery["issuer"], pool.issuer());
    assert_eq!(discovery["jwks_uri"], format!("{}/.well-known/jwks.json", pool.issuer()));
    assert_eq!(app.get("/eu-west-1_Nowhere01/.well-known/jwks.json").await.status, 404);
}
