use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use std::sync::Mutex;
use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;
const REFUSED: &str = "NotAuthorizedException";
const WRONG: &str = "Incorrect username or password.";
const INVALID: &str = "Invalid session for the user.";
const EXPIRED: &str = "Invalid session for the user, session is expired.";
const REUSED: &str = "Invalid session for the user, session can only be used once.";

async fn asked_by_srp(pool: &Pool, name: &str, seed: &str) -> (SrpSignIn, Value) {
    let srp = SrpSignIn::new(pool, seed);
    let asked = pool.srp_start(&pool.client, name, &srp.srp_a()).await.expect_challenge("PASSWORD_VERIFIER");
    (srp, asked)
}

async fn answer_srp(pool: &Pool, session: &Value, responses: Value) -> Answer {
    pool.respond(&pool.client, "PASSWORD_VERIFIER", session, responses).await
}

async fn answer_new_password(pool: &Pool, session: &Value, responses: Value) -> Answer {
    pool.respond(&pool.client, "NEW_PASSWORD_REQUIRED", session, responses).await
}

#[cognate_test]
async fn au_04_the_password_is_proved_by_srp_again_and_again(app: App) {
    // The first proof stores powers beside the verifier, the second uses them; different salts pad differently.
    let pool = app.pool().await;
    for number in 0..8 {
        let name = format!("ana{number}");
        pool.confirmed(&name, PW).await;
        for round in 0..2 {
            let (srp, asked) = asked_by_srp(&pool, &name, &format!("{number}{round}")).await;
            answer_srp(&pool, &asked["Session"], srp.responses(&asked, PW)).await.expect_tokens();
        }
        let (srp, asked) = asked_by_srp(&pool, &name, "wrong").await;
        let answer = answer_srp(&pool, &asked["Session"], srp.responses(&asked, "Wr0ng-password")).await;
        answer.expect_fault(REFUSED, WRONG);
        app.sign_in(&pool, &name, PW).await.expect_tokens();
    }
}

#[cognate_test]
async fn st_11_a_refused_proof_stores_nothing_and_the_first_right_one_the_powers(app: App) {
    let pool = app.pool().await;
    let sub = pool.confirmed("ana", PW).await;
    let (id, sub) = (kernel::UserPoolId::parse(&pool.id).unwrap(), kernel::Sub::parse(&sub).unwrap());
    let sealed = async || {
        let (id, sub) = (id.clone(), sub.clone());
        let row = store::work!(|tx, id, sub| -> model::Refusal { Ok(tx.credentials().get(id, sub).await?) });
        app.store().read(row).await.unwrap().unwrap().sealed
    };
    let made = sealed().await;
    let (srp, asked) = asked_by_srp(&pool, "ana", "wrong").await;
    answer_srp(&pool, &asked["Session"], srp.responses(&asked, "Wr0ng-password")).await.expect_fault(REFUSED, WRONG);
    assert_eq!(sealed().await, made, "a name nobody has stores nothing either");
    for (seed, expected_longer) in [("first", true), ("second", false)] {
        let before = sealed().await.len();
        let (srp, asked) = asked_by_srp(&pool, "ana", seed).await;
        answer_srp(&pool, &asked["Session"], srp.responses(&asked, PW)).await.expect_tokens();
        assert_eq!(sealed().await.len() > before, expected_longer, "{seed}");
    }
}

#[cognate_test]
async fn au_04_where_addresses_are_names_the_sub_is_proved(app: App) {
    let pool = app.pool().named_by_email().await;
    let sub = pool.confirmed("ana@example.com", PW).await;
    let (srp, asked) = asked_by_srp(&pool, "ana@example.com", "email").await;
    assert_eq!(asked["ChallengeParameters"]["USER_ID_FOR_SRP"], sub);
    answer_srp(&pool, &asked["Session"], srp.responses(&asked, PW)).await.expect_tokens();
    // An answer may name the person by what was typed as well (authentication.md 14.4).
    let (srp, asked) = asked_by_srp(&pool, "ana@example.com", "typed").await;
    let mut responses = srp.responses(&asked, PW);
    responses["USERNAME"] = json!("ana@example.com");
    answer_srp(&pool, &asked["Session"], responses).await.expect_tokens();
}

#[cognate_test]
async fn au_04_every_part_of_a_claim_is_bound_into_it(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    for (part, value) in [
        ("TIMESTAMP", json!("Tue Sep 1 08:05:10 UTC 2026")),
        ("PASSWORD_CLAIM_SIGNATURE", json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")),
        ("PASSWORD_CLAIM_SIGNATURE", json!("not base64")),
    ] {
        let (srp, asked) = asked_by_srp(&pool, "ana", "bound").await;
        let mut responses = srp.responses(&asked, PW);
        responses[part] = value;
        answer_srp(&pool, &asked["Session"], responses).await.expect_fault(REFUSED, WRONG);
    }
    for missing in ["USERNAME", "TIMESTAMP", "PASSWORD_CLAIM_SIGNATURE", "PASSWORD_CLAIM_SECRET_BLOCK"] {
        let (srp, asked) = asked_by_srp(&pool, "ana", "missing").await;
        let mut responses = srp.responses(&asked, PW);
        responses.as_object_mut().unwrap().remove(missing);
        let answer = answer_srp(&pool, &asked["Session"], responses).await;
        answer.expect_fault("InvalidParameterException", &format!("Missing required parameter {missing}"));
    }
}

#[cognate_test]
async fn au_07_a_proof_needs_no_session_and_a_block_is_good_once(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let (srp, asked) = asked_by_srp(&pool, "ana", "no session").await;
    let responses = srp.responses(&asked, PW);
    answer_srp(&pool, &Value::Null, responses.clone()).await.expect_tokens();
    answer_srp(&pool, &Value::Null, responses.clone()).await.expect_code(REFUSED);
    answer_srp(&pool, &asked["Session"], responses).await.expect_code(REFUSED);
    // A wrong proof uses the block up as well: it is one guess, not a session to guess in.
    let (srp, asked) = asked_by_srp(&pool, "ana", "one guess").await;
    answer_srp(&pool, &asked["Session"], srp.responses(&asked, "Wr0ng-password")).await.expect_fault(REFUSED, WRONG);
    answer_srp(&pool, &asked["Session"], srp.responses(&asked, PW)).await.expect_code(REFUSED);
}

#[cognate_test]
async fn au_07_a_block_ends_with_the_sessions_time(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let (srp, asked) = asked_by_srp(&pool, "ana", "late").await;
    app.advance(Duration::from_secs(180));
    answer_srp(&pool, &Value::Null, srp.responses(&asked, PW)).await.expect_fault(REFUSED, EXPIRED);
    let patient = pool.client(json!({ "AuthSessionValidity": 15 })).await;
    let srp = SrpSignIn::new(&pool, "patient");
    let asked = pool.srp_start(&patient, "ana", &srp.srp_a()).await.expect_ok();
    app.advance(Duration::from_secs(15 * 60 - 1));
    pool.respond(&patient, "PASSWORD_VERIFIER", &asked["Session"], srp.responses(&asked, PW)).await.expect_tokens();
}

#[cognate_test]
async fn au_09_garbage_foreign_expired_and_reused_sessions_have_their_sentences(app: App) {
    let pool = app.pool().await;
    pool.invited("ana", PW).await.expect_ok();
    let ask =
        || async { app.sign_in(&pool, "ana", PW).await.expect_challenge("NEW_PASSWORD_REQUIRED")["Session"].clone() };
    let responses = json!({ "USERNAME": "ana", "NEW_PASSWORD": "Brand-new-1" });
    let session = ask().await;
    let text = session.as_str().unwrap();
    for garbage in [
        "a session of twenty characters and more".replace(' ', "-"),
        format!("{text}A"),
        text[..text.len() - 1].to_owned(),
    ] {
        answer_new_password(&pool, &json!(garbage), responses.clone()).await.expect_fault(REFUSED, INVALID);
    }
    let other = pool.client(json!({})).await;
    let answer = pool.respond(&other, "NEW_PASSWORD_REQUIRED", &session, responses.clone()).await;
    answer.expect_fault(REFUSED, INVALID);
    let elsewhere = app.pool().await;
    elsewhere.invited("ana", PW).await.expect_ok();
    answer_new_password(&elsewhere, &session, responses.clone()).await.expect_fault(REFUSED, INVALID);
    // Of another person.
    pool.invited("bob", PW).await.expect_ok();
    let as_bob = json!({ "USERNAME": "bob", "NEW_PASSWORD": "Brand-new-1" });
    answer_new_password(&pool, &session, as_bob).await.expect_fault(REFUSED, INVALID);
    let missing = answer_new_password(&pool, &Value::Null, responses.clone()).await;
    missing.expect_fault("InvalidParameterException", "Missing required parameter Session");
    app.advance(Duration::from_secs(180));
    answer_new_password(&pool, &session, responses.clone()).await.expect_fault(REFUSED, EXPIRED);
    let fresh = ask().await;
    answer_new_password(&pool, &fresh, responses.clone()).await.expect_tokens();
    let again = answer_new_password(&pool, &fresh, responses).await;
    again.expect_code(REFUSED);
    assert!([REUSED, INVALID].contains(&again.sentence().as_str()), "{again:?}");
}

#[cognate_test]
async fn au_09_a_reused_session_is_told_so(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let (srp, asked) = asked_by_srp(&pool, "ana", "reused").await;
    let responses = srp.responses(&asked, PW);
    answer_srp(&pool, &asked["Session"], responses.clone()).await.expect_tokens();
    answer_srp(&pool, &asked["Session"], responses).await.expect_fault(REFUSED, REUSED);
}

#[cognate_test]
async fn au_09_a_session_answers_only_its_own_challenge(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    pool.invited("bea", PW).await.expect_ok();
    let (srp, asked) = asked_by_srp(&pool, "ana", "own").await;
    let new_password = app.sign_in(&pool, "bea", PW).await.expect_challenge("NEW_PASSWORD_REQUIRED");
    let crossed = json!({ "USERNAME": "ana", "NEW_PASSWORD": "Stolen-pass1" });
    answer_new_password(&pool, &asked["Session"], crossed).await.expect_fault(REFUSED, INVALID);
    let answer = answer_srp(&pool, &new_password["Session"], srp.responses(&asked, PW)).await;
    answer.expect_fault(REFUSED, INVALID);
    // The session of one exchange with the block of another.
    let (other, asked_again) = asked_by_srp(&pool, "ana", "other").await;
    let answer = answer_srp(&pool, &asked["Session"], other.responses(&asked_again, PW)).await;
    answer.expect_fault(REFUSED, INVALID);
    for challenge in [
        "SMS_MFA",
        "SOFTWARE_TOKEN_MFA",
        "MFA_SETUP",
        "CUSTOM_CHALLENGE",
        "DEVICE_SRP_AUTH",
        "ADMIN_NO_SRP_AUTH",
        "SELECT_CHALLENGE",
        "PASSWORD",
    ] {
        let responses = json!({ "USERNAME": "bea", "ANSWER": "x", "PASSWORD": "Wr0ng-password", "SMS_MFA_CODE": "123456", "SOFTWARE_TOKEN_MFA_CODE": "123456" });
        let answer = pool.respond(&pool.client, challenge, &new_password["Session"], responses).await;
        answer.expect_fault(REFUSED, INVALID);
    }
}

#[cognate_test]
async fn st_09_of_sixty_four_answers_with_one_secret_block_one_wins(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    for with_session in [true, false] {
        let (srp, asked) = asked_by_srp(&pool, "ana", "race").await;
        let responses = srp.responses(&asked, PW);
        let session = if with_session { asked["Session"].clone() } else { Value::Null };
        let answers = race(64, |_| {
            let (pool, session, responses) = (pool.clone(), session.clone(), responses.clone());
            async move { answer_srp(&pool, &session, responses).await }
        })
        .await;
        assert_one_winner(&answers);
    }
}

#[cognate_test]
async fn st_09_of_sixty_four_answers_with_one_session_one_wins(app: App) {
    let pool = app.pool().await;
    pool.invited("ana", PW).await.expect_ok();
    let asked = app.sign_in(&pool, "ana", PW).await.expect_challenge("NEW_PASSWORD_REQUIRED");
    let answers = race(64, |number| {
        let (pool, session) = (pool.clone(), asked["Session"].clone());
        let responses = json!({ "USERNAME": "ana", "NEW_PASSWORD": format!("Brand-new-{number}") });
        async move { answer_new_password(&pool, &session, responses).await }
    })
    .await;
    assert_one_winner(&answers);
    let winner = answers.iter().position(Answer::is_ok).unwrap();
    app.sign_in(&pool, "ana", &format!("Brand-new-{winner}")).await.expect_tokens();
}

fn assert_one_winner(answers: &[Answer]) {
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    for lost in answers.iter().filter(|answer| !answer.is_ok()) {
        assert!([REFUSED, "TooManyRequestsException"].contains(&lost.code().as_str()), "{lost:?}");
    }
}

#[cognate_test]
async fn au_11_missing_required_attributes_are_asked_and_given_ones_stay(app: App) {
    let schema = json!([{ "Name": "given_name", "Required": true }, { "Name": "email", "Required": true }]);
    let pool = app.pool().set("Schema", schema).await;
    let body = json!({ "Username": "ana", "TemporaryPassword": PW, "MessageAction": "SUPPRESS",
        "UserAttributes": [{ "Name": "email", "Value": "ana@example.com" }] });
    pool.admin("AdminCreateUser", body).await.expect_ok();
    let asked = app.sign_in(&pool, "ana", PW).await.expect_challenge("NEW_PASSWORD_REQUIRED");
    let parameters = &asked["ChallengeParameters"];
    assert_eq!(parameters["USER_ID_FOR_SRP"], "ana");
    assert_eq!(parameters["requiredAttributes"], "[\"userAttributes.given_name\"]");
    let shown: Value = serde_json::from_str(parameters["userAttributes"].as_str().unwrap()).unwrap();
    assert_eq!(shown["email"], "ana@example.com");
    let session = &asked["Session"];
    let answer = |more: &[(&str, &str)]| {
        let mut responses = json!({ "USERNAME": "ana", "NEW_PASSWORD": "Brand-new-1" });
        for (name, value) in more {
            responses[*name] = json!(value);
        }
        answer_new_password(&pool, session, responses)
    };
    let text = "Attributes did not conform to the schema: given_name: The attribute is required\n";
    answer(&[]).await.expect_fault("InvalidParameterException", text);
    let changed = [("userAttributes.given_name", "Ana"), ("userAttributes.email", "eve@example.com")];
    let refused = answer(&changed).await;
    assert!(["NotAuthorizedException", "InvalidParameterException"].contains(&refused.code().as_str()), "{refused:?}");
    let flag = [("userAttributes.given_name", "Ana"), ("userAttributes.email_verified", "true")];
    answer(&flag).await.expect_fault(REFUSED, "A client attempted to write unauthorized attribute");
    // Refused answers leave the session good.
    let done = answer(&[
        ("userAttributes.given_name", "Ana"),
        ("userAttributes.email", "ana@example.com"),
        ("userAttributes.name", "A."),
    ])
    .await;
    done.expect_tokens();
    assert_eq!(pool.attribute("ana", "given_name").await, "Ana");
    assert_eq!(pool.attribute("ana", "name").await, "A.");
    assert_eq!(pool.attribute("ana", "email_verified").await, Value::Null);
}

#[cognate_test]
async fn au_11_a_new_password_obeys_the_policy_and_the_session_stays_good(app: App) {
    let pool = app.pool().await;
    pool.invited("ana", PW).await.expect_ok();
    let asked = app.sign_in(&pool, "ana", PW).await.expect_challenge("NEW_PASSWORD_REQUIRED");
    let set = |password: &str| {
        answer_new_password(&pool, &asked["Session"], json!({ "USERNAME": "ana", "NEW_PASSWORD": password }))
    };
    let text = "Password did not conform with policy: Password not long enough";
    set("Ab1-").await.expect_fault("InvalidPasswordException", text);
    set("").await.expect_fault("InvalidParameterException", "Missing required parameter NEW_PASSWORD");
    set(&format!("Aa1-{}", "x".repeat(300))).await.expect_code("InvalidPasswordException");
    set("Brand-new-1").await.expect_tokens();
    app.sign_in(&pool, "ana", PW).await.expect_fault(REFUSED, WRONG);
    app.sign_in(&pool, "ana", "Brand-new-1").await.expect_tokens();
}

#[cognate_test]
async fn st_12_whoever_is_switched_off_between_challenge_and_answer_stays_out(app: App) {
    let pool = app.pool().await;
    let sub = pool.confirmed("ana", PW).await;
    let (srp, asked) = asked_by_srp(&pool, "ana", "off").await;
    app.change_person(&pool.id, &sub, model::User::disable).await;
    let answer = answer_srp(&pool, &asked["Session"], srp.responses(&asked, PW)).await;
    answer.expect_code(REFUSED);
}

#[cognate_test]
async fn st_12_a_password_changed_between_challenge_and_answer_wins(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let (srp, asked) = asked_by_srp(&pool, "ana", "changed").await;
    let body = json!({ "Username": "ana", "Password": "Brand-new-1", "Permanent": true });
    pool.admin("AdminSetUserPassword", body).await.expect_ok();
    let answer = answer_srp(&pool, &asked["Session"], srp.responses(&asked, PW)).await;
    answer.expect_fault(REFUSED, WRONG);
}

/// One move of somebody who does not know the password and calls whatever comes to mind.
#[derive(Debug, Clone)]
enum Move {
    Guess,
    StartSrp { known: bool },
    Prove { forged: bool },
    NewPassword,
    Other(usize),
    Refresh,
    Confirm,
    Admin,
}

const OTHERS: [&str; 14] = [
    "SMS_MFA",
    "EMAIL_OTP",
    "SOFTWARE_TOKEN_MFA",
    "SELECT_MFA_TYPE",
    "MFA_SETUP",
    "CUSTOM_CHALLENGE",
    "SELECT_CHALLENGE",
    "DEVICE_SRP_AUTH",
    "DEVICE_PASSWORD_VERIFIER",
    "ADMIN_NO_SRP_AUTH",
    "PASSWORD",
    "PASSWORD_SRP",
    "WEB_AUTHN",
    "SMS_OTP",
];

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        Just(Move::Guess),
        any::<bool>().prop_map(|known| Move::StartSrp { known }),
        any::<bool>().prop_map(|forged| Move::Prove { forged }),
        Just(Move::NewPassword),
        (0..OTHERS.len()).prop_map(Move::Other),
        Just(Move::Refresh),
        Just(Move::Confirm),
        Just(Move::Admin),
    ];
    proptest::collection::vec(one, 1..10)
}

#[cognate_test]
async fn st_12_no_order_of_calls_leads_to_tokens_without_the_password(app: App) {
    let pool = app.pool().masked().with_user("ana", PW).await;
    pool.invited("bea", PW).await.expect_ok();
    // What an eavesdropper may hold: challenges of others' sign-ins.
    let (_, heard) = asked_by_srp(&pool, "ana", "heard").await;
    let held = Mutex::new(vec![heard]);
    let mut runner = TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
    let handle = tokio::runtime::Handle::current();
    let outcome = tokio::task::block_in_place(|| {
        runner.run(&moves(), |moves| {
            for made in moves {
                let answer = handle.block_on(make(&app, &pool, &held, &made));
                if answer.status >= 500 || answer.text().contains("AuthenticationResult\":{\"") {
                    return Err(TestCaseError::fail(format!("{made:?}\n{answer:?}")));
                }
            }
            Ok(())
        })
    });
    outcome.unwrap();
    app.advance(Duration::from_secs(900));
    app.sign_in(&pool, "ana", PW).await.expect_tokens();
}

async fn make(app: &App, pool: &Pool, held: &Mutex<Vec<Value>>, made: &Move) -> Answer {
    let last = held.lock().unwrap().last().cloned().unwrap();
    let session = last["Session"].clone();
    let srp = SrpSignIn::new(pool, "attacker");
    let guess = json!({ "USERNAME": "ana", "PASSWORD": "Wr0ng-password", "NEW_PASSWORD": "Stolen-pass1", "ANSWER": "x",
        "SMS_MFA_CODE": "000000", "EMAIL_OTP_CODE": "000000", "SOFTWARE_TOKEN_MFA_CODE": "000000", "SRP_A": srp.srp_a(),
        "CREDENTIAL": "{}", "DEVICE_KEY": "eu-west-1_x", "TIMESTAMP": "now", "PASSWORD_CLAIM_SIGNATURE": "x",
        "PASSWORD_CLAIM_SECRET_BLOCK": last["ChallengeParameters"]["SECRET_BLOCK"] });
    let answer = match made {
        Move::Guess => pool.sign_in("ana", "Wr0ng-password").await,
        Move::StartSrp { known } => {
            pool.srp_start(&pool.client, if *known { "ana" } else { "nobody" }, &srp.srp_a()).await
        }
        Move::Prove { forged } => {
            let mut responses = srp.responses(&last, "Wr0ng-password");
            if *forged {
                responses["USERNAME"] = json!("bea");
            }
            answer_srp(pool, &session, responses).await
        }
        Move::NewPassword => answer_new_password(pool, &session, guess).await,
        Move::Other(at) => pool.respond(&pool.client, OTHERS[*at], &session, guess).await,
        Move::Refresh => pool.refresh(&session).await,
        Move::Confirm => pool.public("ConfirmSignUp", json!({ "Username": "ana", "ConfirmationCode": session })).await,
        Move::Admin => {
            let body = json!({ "UserPoolId": pool.id, "ClientId": pool.client.id, "ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": session, "ChallengeResponses": guess });
            app.asking("AdminRespondToAuthChallenge", &body).unsigned().send().await
        }
    };
    if answer.is_ok() && answer.json()["ChallengeParameters"]["SECRET_BLOCK"].is_string() {
        held.lock().unwrap().push(answer.json());
    }
    answer
}

/// An administrator's change of attributes that comes while a first password is hashed is never undone.
#[cognate_test]
async fn st_12_an_attribute_changed_while_a_first_password_is_set_stays_changed(app: App) {
    let pool = app.pool().named_by_email().await;
    for nth in 1..9 {
        let (old, new) = (format!("old{nth}@example.com"), format!("new{nth}@example.com"));
        pool.invited(&old, PW).await.expect_ok();
        let session = pool.sign_in(&old, PW).await.expect_challenge("NEW_PASSWORD_REQUIRED")["Session"].clone();
        let mut held = app.hold(nth);
        let (done, gone_by) = tokio::sync::oneshot::channel::<()>();
        let answering = tokio::spawn({
            let (pool, old) = (pool.clone(), old.clone());
            async move {
                let responses =
                    json!({ "USERNAME": old, "NEW_PASSWORD": "Brand-new-1", "userAttributes.nickname": "O" });
                let answer = answer_new_password(&pool, &session, responses).await;
                drop(done);
                answer
            }
        });
        held.reached(async { drop(gone_by.await) }).await;
        let changed = json!({ "Username": old, "UserAttributes": [{ "Name": "email", "Value": new }] });
        let change = pool.admin("AdminUpdateUserAttributes", changed).await;
        held.release();
        let answer = answering.await.unwrap();
        assert!(answer.is_ok() || answer.code() == "NotAuthorizedException", "{answer:?}");
        change.expect_ok();
        assert_eq!(pool.attribute(&new, "email").await, new, "the change was undone, {nth}");
        pool.person(&old).await.expect_code("UserNotFoundException");
    }
}

#[cognate_test]
async fn up_38_a_first_password_does_not_replace_an_address_that_has_to_be_proved(app: App) {
    let first = json!({ "AttributesRequireVerificationBeforeUpdate": ["email"] });
    let pool = app.pool().verifying_email().set("UserAttributeUpdateSettings", first).await;
    let body = json!({ "Username": "ana", "TemporaryPassword": PW, "MessageAction": "SUPPRESS",
        "UserAttributes": [{ "Name": "email", "Value": "ana@example.com" }] });
    pool.admin("AdminCreateUser", body).await.expect_ok();
    let session = pool.sign_in("ana", PW).await.expect_challenge("NEW_PASSWORD_REQUIRED")["Session"].clone();
    let taken = json!({ "USERNAME": "ana", "NEW_PASSWORD": "Brand-new-1", "userAttributes.email": "eve@example.com" });
    answer_new_password(&pool, &session, taken).await.expect_fault(REFUSED, "Cannot modify an already provided email");
    assert_eq!(pool.attribute("ana", "email").await, "ana@example.com");
}

#[cognate_test]
async fn up_21_a_preferred_username_never_has_the_form_of_another_alias(app: App) {
    let pool = app.pool().set("AliasAttributes", json!(["email", "preferred_username"])).await;
    let preferred = |value: &str| json!([{ "Name": "preferred_username", "Value": value }]);
    let body =
        json!({ "Username": "eve", "MessageAction": "SUPPRESS", "UserAttributes": preferred("ceo@example.com") });
    pool.admin("AdminCreateUser", body).await.expect_code("InvalidParameterException");
    pool.invited("eve", PW).await.expect_ok();
    let session = pool.sign_in("eve", PW).await.expect_challenge("NEW_PASSWORD_REQUIRED")["Session"].clone();
    let answer = |name: &str| json!({ "USERNAME": "eve", "NEW_PASSWORD": "Brand-new-1", "userAttributes.preferred_username": name });
    let refused = answer_new_password(&pool, &session, answer("ceo@example.com")).await;
    refused.expect_code("InvalidParameterException");
    answer_new_password(&pool, &session, answer("evelyn")).await.expect_tokens();
    pool.sign_in("evelyn", "Brand-new-1").await.expect_tokens();
}
