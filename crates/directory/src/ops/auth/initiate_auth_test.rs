use std::collections::BTreeSet;
use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;
const WRONG: (&str, &str) = ("NotAuthorizedException", "Incorrect username or password.");
const LOCKED: (&str, &str) = ("NotAuthorizedException", "Password attempts exceeded");

fn members(of: &Value) -> BTreeSet<&str> {
    of.as_object().unwrap().keys().map(String::as_str).collect()
}

#[cognate_test(storages)]
async fn au_01_a_finished_sign_in_has_exactly_this_envelope(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let done = app.sign_in(&pool, "ana", PW).await.expect_ok();
    assert_eq!(members(&done), BTreeSet::from(["AuthenticationResult", "ChallengeParameters"]));
    assert_eq!(done["ChallengeParameters"], json!({}));
    let result = &done["AuthenticationResult"];
    let expected = BTreeSet::from(["AccessToken", "ExpiresIn", "IdToken", "RefreshToken", "TokenType"]);
    assert_eq!(members(result), expected);
    assert_eq!((&result["ExpiresIn"], &result["TokenType"]), (&json!(3600), &json!("Bearer")));
}

#[cognate_test]
async fn au_01_an_srp_challenge_has_exactly_this_envelope(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let srp = SrpSignIn::new(&pool, "envelope");
    let asked = pool.srp_start(&pool.client, "ana", &srp.srp_a()).await.expect_challenge("PASSWORD_VERIFIER");
    assert_eq!(members(&asked), BTreeSet::from(["ChallengeName", "ChallengeParameters", "Session"]));
    let parameters = &asked["ChallengeParameters"];
    let expected = BTreeSet::from(["SALT", "SECRET_BLOCK", "SRP_B", "USERNAME", "USER_ID_FOR_SRP"]);
    assert_eq!(members(parameters), expected);
    assert_eq!((&parameters["USERNAME"], &parameters["USER_ID_FOR_SRP"]), (&json!("ana"), &json!("ana")));
    for number in ["SALT", "SRP_B"] {
        let text = parameters[number].as_str().unwrap();
        assert!(
            !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)),
            "{text}"
        );
    }
    let session = asked["Session"].as_str().unwrap();
    assert!((20..=4096).contains(&session.len()));
}

#[cognate_test]
async fn au_01_an_administrators_sign_in_has_the_same_envelopes(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    for flow in ["ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"] {
        let done = admin_start(&pool, flow, json!({ "USERNAME": "ana", "PASSWORD": PW })).await.expect_ok();
        assert_eq!(members(&done), BTreeSet::from(["AuthenticationResult", "ChallengeParameters"]));
        let token = &done["AuthenticationResult"]["RefreshToken"];
        let refreshed = admin_start(&pool, "REFRESH_TOKEN_AUTH", json!({ "REFRESH_TOKEN": token })).await;
        refreshed.expect_tokens();
    }
    let srp = SrpSignIn::new(&pool, "admin");
    let asked = admin_start(&pool, "USER_SRP_AUTH", json!({ "USERNAME": "ana", "SRP_A": srp.srp_a() })).await;
    let asked = asked.expect_challenge("PASSWORD_VERIFIER");
    let body = json!({ "ClientId": pool.client.id, "ChallengeName": "PASSWORD_VERIFIER", "Session": asked["Session"],
        "ChallengeResponses": srp.responses(&asked, PW) });
    pool.admin("AdminRespondToAuthChallenge", body).await.expect_tokens();
}

async fn admin_start(pool: &Pool, flow: &str, parameters: Value) -> Answer {
    let body = json!({ "ClientId": pool.client.id, "AuthFlow": flow, "AuthParameters": parameters });
    pool.admin("AdminInitiateAuth", body).await
}

#[cognate_test(storages)]
async fn au_02_each_closed_flow_has_its_sentence(app: App) {
    let pool = app.pool().client_set("ExplicitAuthFlows", json!(["ALLOW_CUSTOM_AUTH"])).await;
    let parameters = json!({ "USERNAME": "ana", "PASSWORD": PW, "SRP_A": "2", "REFRESH_TOKEN": "x" });
    let refused = "InvalidParameterException";
    for (flow, text) in [
        ("USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH flow not enabled for this client"),
        ("ADMIN_USER_PASSWORD_AUTH", "Initiate Auth method not supported."),
        ("ADMIN_NO_SRP_AUTH", "Initiate Auth method not supported."),
        ("REFRESH_TOKEN_AUTH", "Auth flow not enabled for this client"),
        ("REFRESH_TOKEN", "Auth flow not enabled for this client"),
    ] {
        pool.initiate(&pool.client, flow, parameters.clone()).await.expect_fault(refused, text);
    }
    for flow in ["USER_SRP_AUTH", "USER_AUTH"] {
        pool.initiate(&pool.client, flow, parameters.clone()).await.expect_code(refused);
    }
    for flow in ["ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"] {
        let text = "Auth flow not enabled for this client";
        admin_start(&pool, flow, parameters.clone()).await.expect_fault(refused, text);
    }
    admin_start(&pool, "USER_PASSWORD_AUTH", parameters).await.expect_code(refused);
}

#[cognate_test(storages)]
async fn au_02_each_missing_parameter_is_named(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let refused = "InvalidParameterException";
    for (flow, parameters, missing) in [
        ("USER_PASSWORD_AUTH", json!({ "PASSWORD": PW }), "USERNAME"),
        ("USER_PASSWORD_AUTH", json!({ "USERNAME": "ana" }), "PASSWORD"),
        ("USER_PASSWORD_AUTH", json!({ "USERNAME": "ana", "PASSWORD": null }), "PASSWORD"),
        ("USER_PASSWORD_AUTH", json!({ "username": "ana", "PASSWORD": PW }), "USERNAME"),
        ("USER_SRP_AUTH", json!({ "SRP_A": "2" }), "USERNAME"),
        ("USER_SRP_AUTH", json!({ "USERNAME": "ana" }), "SRP_A"),
        ("REFRESH_TOKEN_AUTH", json!({}), "REFRESH_TOKEN"),
    ] {
        let answer = pool.initiate(&pool.client, flow, parameters).await;
        answer.expect_fault(refused, &format!("Missing required parameter {missing}"));
    }
}

#[cognate_test]
async fn au_02_secret_hashes_that_are_missing_wrong_or_needless_are_refused(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let client = pool.client(json!({ "GenerateSecret": true })).await;
    let start = |hash: Value| {
        let parameters = json!({ "USERNAME": "ana", "PASSWORD": PW, "SECRET_HASH": hash });
        let (pool, client) = (pool.clone(), client.clone());
        async move { pool.initiate(&client, "USER_PASSWORD_AUTH", parameters).await }
    };
    let missing = format!("Client {} is configured with secret but SECRET_HASH was not received", client.id);
    start(Value::Null).await.expect_fault("NotAuthorizedException", &missing);
    let wrong = format!("Unable to verify secret hash for client {}", client.id);
    for bad in [json!(client.hash("bob")), json!("x"), json!("====")] {
        start(bad).await.expect_fault("NotAuthorizedException", &wrong);
    }
    start(json!(client.hash("ana"))).await.expect_tokens();
    let parameters = json!({ "USERNAME": "ana", "PASSWORD": PW, "SECRET_HASH": "abc=" });
    let wrong = format!("Unable to verify secret hash for client {}", pool.client.id);
    let answer = pool.initiate(&pool.client, "USER_PASSWORD_AUTH", parameters).await;
    answer.expect_fault("NotAuthorizedException", &wrong);
    // A client that proves nothing learns nothing: not even whether there is such a person.
    let parameters = json!({ "USERNAME": "nobody", "PASSWORD": PW });
    let answer = pool.initiate(&client, "USER_PASSWORD_AUTH", parameters).await;
    answer.expect_fault("NotAuthorizedException", &missing);
}

#[cognate_test]
async fn au_03_hashes_over_alias_username_and_sub_are_accepted_in_every_step(app: App) {
    let pool = app.pool().named_by_email().client_set("GenerateSecret", json!(true)).await;
    let email = "ana@example.com";
    let sub = pool.confirmed(email, PW).await;
    let mut refresh = Value::Null;
    for hashed in [email, &sub] {
        let hash = pool.client.hash(hashed);
        let parameters = json!({ "USERNAME": email, "PASSWORD": PW, "SECRET_HASH": hash });
        let tokens = pool.initiate(&pool.client, "USER_PASSWORD_AUTH", parameters).await.expect_tokens();
        refresh = tokens["RefreshToken"].clone();
        let srp = SrpSignIn::new(&pool, hashed);
        let parameters = json!({ "USERNAME": email, "SRP_A": srp.srp_a(), "SECRET_HASH": hash });
        let asked = pool.initiate(&pool.client, "USER_SRP_AUTH", parameters).await.expect_ok();
        let mut responses = srp.responses(&asked, PW);
        responses["SECRET_HASH"] = json!(pool.client.hash(&sub));
        pool.respond(&pool.client, "PASSWORD_VERIFIER", &asked["Session"], responses).await.expect_tokens();
    }
    let parameters = json!({ "REFRESH_TOKEN": refresh, "SECRET_HASH": pool.client.hash(&sub) });
    pool.initiate(&pool.client, "REFRESH_TOKEN_AUTH", parameters).await.expect_tokens();
    let missing = json!({ "REFRESH_TOKEN": refresh });
    pool.initiate(&pool.client, "REFRESH_TOKEN_AUTH", missing).await.expect_code("NotAuthorizedException");
    let wrong = json!({ "REFRESH_TOKEN": refresh, "SECRET_HASH": pool.client.hash("bob") });
    pool.initiate(&pool.client, "REFRESH_TOKEN_AUTH", wrong).await.expect_code("NotAuthorizedException");
}

#[cognate_test]
async fn au_06_strange_values_of_srp_a_are_answered_without_falling_over(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let n = concat!(
        "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B",
        "302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE6",
        "49286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D",
        "670C354E4ABC9804F1746C08CA18217C32905E462E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718",
        "3995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7D",
        "B3970F85A6E1E4C7ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C",
        "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
    );
    for zero in ["0", "00", &"0".repeat(768), n, &n.to_lowercase(), &format!("00{n}")] {
        pool.srp_start(&pool.client, "ana", zero).await.expect_fault(WRONG.0, WRONG.1);
    }
    for garbage in ["xyz", "-2", "0x2", " 2", "é", "2 "] {
        pool.srp_start(&pool.client, "ana", garbage).await.expect_code("NotAuthorizedException");
    }
    for large in [1_000, 2_000, 100_000] {
        let answer = pool.srp_start(&pool.client, "ana", &"f".repeat(large)).await;
        assert!(answer.status == 400 || answer.is_ok(), "{answer:?}");
    }
    let srp = SrpSignIn::new(&pool, "odd");
    for spelled in [srp.srp_a().to_uppercase(), format!("0{}", srp.srp_a())] {
        let asked = pool.srp_start(&pool.client, "ana", &spelled).await.expect_ok();
        let responses = srp.responses(&asked, PW);
        pool.respond(&pool.client, "PASSWORD_VERIFIER", &asked["Session"], responses).await.expect_tokens();
    }
    pool.srp_start(&pool.client, "ana", "2").await.expect_challenge("PASSWORD_VERIFIER");
    pool.srp_start(&pool.client, "ana", "abc").await.expect_challenge("PASSWORD_VERIFIER");
}

#[cognate_test]
async fn au_10_status_is_told_only_to_who_knows_the_password(app: App) {
    let pool = app.pool().await;
    pool.sign_up("new", PW, &[]).await.expect_ok();
    pool.invited("invited", PW).await.expect_ok();
    let sub = pool.confirmed("reset", PW).await;
    app.change_person(&pool.id, &sub, |user, _| model::User { status: model::UserStatus::ResetRequired, ..user }).await;
    for name in ["new", "invited", "reset"] {
        app.sign_in(&pool, name, "Wr0ng-password").await.expect_fault(WRONG.0, WRONG.1);
        pool.srp_sign_in(name, "Wr0ng-password").await.expect_fault(WRONG.0, WRONG.1);
    }
    for answer in [app.sign_in(&pool, "new", PW).await, pool.srp_sign_in("new", PW).await] {
        answer.expect_fault("UserNotConfirmedException", "User is not confirmed.");
    }
    for answer in [app.sign_in(&pool, "reset", PW).await, pool.srp_sign_in("reset", PW).await] {
        answer.expect_fault("PasswordResetRequiredException", "Password reset required for the user");
    }
    for answer in [app.sign_in(&pool, "invited", PW).await, pool.srp_sign_in("invited", PW).await] {
        answer.expect_challenge("NEW_PASSWORD_REQUIRED");
    }
}

#[cognate_test(storages)]
async fn au_31_locks_double_and_attempts_inside_them_do_not_extend_them(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    for _ in 0..5 {
        app.sign_in(&pool, "ana", "Wr0ng-password").await.expect_fault(WRONG.0, WRONG.1);
    }
    for secs in [1, 2, 4, 8] {
        // Inside the lock right and wrong are turned away alike, and nothing is counted.
        for password in [PW, "Wr0ng-password"] {
            app.sign_in(&pool, "ana", password).await.expect_fault(LOCKED.0, LOCKED.1);
        }
        app.advance(Duration::from_millis(secs * 1000 - 1));
        app.sign_in(&pool, "ana", PW).await.expect_fault(LOCKED.0, LOCKED.1);
        app.advance(Duration::from_millis(1));
        app.sign_in(&pool, "ana", "Wr0ng-password").await.expect_fault(WRONG.0, WRONG.1);
    }
    app.advance(Duration::from_secs(16));
    app.sign_in(&pool, "ana", PW).await.expect_tokens();
    for _ in 0..5 {
        app.sign_in(&pool, "ana", "Wr0ng-password").await.expect_fault(WRONG.0, WRONG.1);
    }
    app.sign_in(&pool, "ana", PW).await.expect_fault(LOCKED.0, LOCKED.1);
}

#[cognate_test(storages)]
async fn au_31_a_lock_lasts_fifteen_minutes_at_most_and_quiet_minutes_after_it_forget(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    for _ in 0..14 {
        app.sign_in(&pool, "ana", "Wr0ng-password").await.expect_fault(WRONG.0, WRONG.1);
        app.advance(Duration::from_secs(899));
    }
    app.sign_in(&pool, "ana", "Wr0ng-password").await.expect_fault(WRONG.0, WRONG.1);
    app.advance(Duration::from_secs(899));
    app.sign_in(&pool, "ana", PW).await.expect_fault(LOCKED.0, LOCKED.1);
    app.advance(Duration::from_secs(1));
    // The lock itself was no quiet time: nobody could try, and whoever waited for its end is at it again.
    app.sign_in(&pool, "ana", "Wr0ng-password").await.expect_fault(WRONG.0, WRONG.1);
    app.advance(Duration::from_secs(899));
    app.sign_in(&pool, "ana", PW).await.expect_fault(LOCKED.0, LOCKED.1);
    // A quarter of an hour from its end is: four more wrong ones lock nobody.
    app.advance(Duration::from_secs(901));
    for _ in 0..4 {
        app.sign_in(&pool, "ana", "Wr0ng-password").await.expect_fault(WRONG.0, WRONG.1);
    }
    app.sign_in(&pool, "ana", PW).await.expect_tokens();
}

#[cognate_test]
async fn au_31_every_door_counts_on_the_same_counter(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    for _ in 0..2 {
        pool.srp_sign_in("ana", "Wr0ng-password").await.expect_fault(WRONG.0, WRONG.1);
        let parameters = json!({ "USERNAME": "ana", "PASSWORD": "Wr0ng-password" });
        admin_start(&pool, "ADMIN_USER_PASSWORD_AUTH", parameters).await.expect_fault(WRONG.0, WRONG.1);
    }
    app.sign_in(&pool, "ana", "Wr0ng-password").await.expect_fault(WRONG.0, WRONG.1);
    pool.srp_sign_in("ana", PW).await.expect_fault(LOCKED.0, LOCKED.1);
    let parameters = json!({ "USERNAME": "ana", "PASSWORD": PW });
    admin_start(&pool, "ADMIN_USER_PASSWORD_AUTH", parameters).await.expect_fault(LOCKED.0, LOCKED.1);
}

#[cognate_test]
async fn st_10_alias_case_and_sub_share_one_counter(app: App) {
    let pool = app
        .pool()
        .set("AliasAttributes", json!(["email"]))
        .set("UsernameConfiguration", json!({ "CaseSensitive": false }))
        .await;
    let attributes =
        json!([{ "Name": "email", "Value": "ana@example.com" }, { "Name": "email_verified", "Value": "true" }]);
    let made = pool
        .admin(
            "AdminCreateUser",
            json!({ "Username": "ana", "UserAttributes": attributes, "MessageAction": "SUPPRESS" }),
        )
        .await;
    let sub = made.expect_ok()["User"]["Attributes"][0]["Value"].as_str().unwrap().to_owned();
    let body = json!({ "Username": "ana", "Password": PW, "Permanent": true });
    pool.admin("AdminSetUserPassword", body).await.expect_ok();
    for name in ["ana", "ANA", "ana@example.com", "Ana@Example.COM", &sub] {
        app.sign_in(&pool, name, "Wr0ng-password").await.expect_fault(WRONG.0, WRONG.1);
    }
    for name in ["ana", "aNa", "ANA@example.com", &sub] {
        app.sign_in(&pool, name, PW).await.expect_fault(LOCKED.0, LOCKED.1);
    }
}

#[cognate_test]
async fn st_10_of_two_hundred_parallel_guesses_five_are_judged(app: App) {
    let pool = app.pool().set("UsernameConfiguration", json!({ "CaseSensitive": false })).with_user("ana", PW).await;
    let answers = race(200, |number| {
        let pool = pool.clone();
        let name = if number % 2 == 0 { "ana" } else { "ANA" };
        async move { pool.sign_in(name, &format!("Wr0ng-pass{number}")).await }
    })
    .await;
    let said = |text: &str| answers.iter().filter(|answer| answer.sentence() == text).count();
    let judged = said(WRONG.1);
    let turned_away = said(LOCKED.1) + answers.iter().filter(|a| a.code() == "TooManyRequestsException").count();
    assert!(judged <= 5, "{judged} guesses were judged");
    assert_eq!(judged + turned_away, 200);
    app.sign_in(&pool, "ana", PW).await.expect_fault(LOCKED.0, LOCKED.1);
}

#[cognate_test]
async fn st_10_parallel_right_passwords_do_not_lock_their_owner_out(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    for _ in 0..3 {
        app.sign_in(&pool, "ana", PW).await.expect_tokens();
    }
    for _ in 0..4 {
        app.sign_in(&pool, "ana", "Wr0ng-password").await.expect_fault(WRONG.0, WRONG.1);
    }
    app.sign_in(&pool, "ana", PW).await.expect_tokens();
    for _ in 0..4 {
        app.sign_in(&pool, "ana", "Wr0ng-password").await.expect_fault(WRONG.0, WRONG.1);
    }
    app.sign_in(&pool, "ana", PW).await.expect_tokens();
}

#[cognate_test(storages)]
async fn au_36_somebody_switched_off_neither_signs_in_nor_refreshes_nor_uses_tokens(app: App) {
    let pool = app.pool().await;
    let sub = pool.confirmed("ana", PW).await;
    let tokens = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    app.change_person(&pool.id, &sub, model::User::disable).await;
    app.sign_in(&pool, "ana", PW).await.expect_fault("NotAuthorizedException", "User is disabled.");
    let answer = pool.get_user(&tokens["AccessToken"]).await;
    answer.expect_fault("NotAuthorizedException", "Access Token has been revoked");
    pool.refresh(&tokens["RefreshToken"]).await.expect_code("NotAuthorizedException");
}

/// The attempt is given back though the sign-in ends in a refusal: ST-10 counts wrong guesses, not right ones.
#[cognate_test]
async fn st_10_right_passwords_that_end_in_a_refusal_do_not_lock(app: App) {
    let pool = app.pool().await;
    pool.sign_up("ana", PW, &[]).await.expect_ok();
    for _ in 0..8 {
        app.sign_in(&pool, "ana", PW).await.expect_code("UserNotConfirmedException");
    }
    pool.admin("AdminConfirmSignUp", json!({ "Username": "ana" })).await.expect_ok();
    app.sign_in(&pool, "ana", PW).await.expect_tokens();
}
