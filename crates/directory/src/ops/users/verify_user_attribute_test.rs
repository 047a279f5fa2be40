use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;
const ANA: &str = "ana@example.com";
const DAY: Duration = Duration::from_secs(24 * 3600);
const WRONG: (&str, &str) = ("CodeMismatchException", "Invalid verification code provided, please try again.");
const EXPIRED: (&str, &str) = ("ExpiredCodeException", "Invalid code provided, please request a code again.");
const LIMIT: (&str, &str) = ("LimitExceededException", "Attempt limit exceeded, please try after some time.");

/// Somebody signed in whose address waits for its code.
async fn waiting(app: &App, pool: &Pool, name: &str, address: &str) -> (Value, String) {
    pool.confirmed(name, PW).await;
    let token = pool.access(name, PW).await;
    pool.update(&token, &[("email", address)]).await.expect_ok();
    (token, app.code_for(address))
}

/// An access token lives an hour; codes are outlived by another one.
async fn later(app: &App, pool: &Pool, name: &str, by: Duration) -> Value {
    app.advance(by);
    pool.access(name, PW).await
}

#[cognate_test]
async fn a_code_is_good_once_and_a_wrong_one_leaves_it_good(app: App) {
    let pool = app.pool().verifying_email().await;
    let (token, code) = waiting(&app, &pool, "ana", ANA).await;
    pool.verify(&token, "email", &app.other_than(&code, 0)).await.expect_fault(WRONG.0, WRONG.1);
    assert_eq!(pool.attribute("ana", "email_verified").await, "false");
    let answer = pool.verify(&token, "email", &code).await;
    answer.expect_ok();
    assert_eq!(answer.text(), "{}");
    assert_eq!(pool.attribute("ana", "email_verified").await, "true");
    pool.verify(&token, "email", &code).await.expect_fault(EXPIRED.0, EXPIRED.1);
}

#[cognate_test]
async fn sm_25_a_code_ends_after_a_day_to_the_second(app: App) {
    let pool = app.pool().verifying_email().await;
    let (_, code) = waiting(&app, &pool, "ana", ANA).await;
    let token = later(&app, &pool, "ana", DAY - Duration::from_secs(1)).await;
    pool.verify(&token, "email", &app.other_than(&code, 0)).await.expect_fault(WRONG.0, WRONG.1);
    app.advance(Duration::from_secs(1));
    pool.verify(&token, "email", &code).await.expect_fault(EXPIRED.0, EXPIRED.1);
    assert_eq!(pool.attribute("ana", "email_verified").await, "false");
    let (token, code) = waiting(&app, &pool, "bob", "bob@example.com").await;
    drop(token);
    let token = later(&app, &pool, "bob", DAY - Duration::from_secs(1)).await;
    pool.verify(&token, "email", &code).await.expect_ok();
}

#[cognate_test]
async fn sm_25_fifteen_tries_an_hour_are_judged_each_after_the_lock_of_the_one_before(app: App) {
    let pool = app.pool().verifying_email().await;
    let (token, code) = waiting(&app, &pool, "ana", ANA).await;
    let mut waited = 0;
    for failures in 1..=15u32 {
        pool.verify(&token, "email", &app.other_than(&code, 0)).await.expect_fault(WRONG.0, WRONG.1);
        let lock = if failures < 5 { 0 } else { 2u64.pow(failures - 5).min(900) };
        if lock > 0 {
            app.advance(Duration::from_millis(lock * 1000 - 1));
            pool.verify(&token, "email", &code).await.expect_fault(LIMIT.0, LIMIT.1);
            app.advance(Duration::from_millis(1));
        }
        waited += lock;
    }
    assert!(waited < 3600);
    pool.verify(&token, "email", &code).await.expect_fault(LIMIT.0, LIMIT.1);
    // No sign-in asks for a proof while the lock of somebody else's guesses holds: the hour has passed by now.
    let token = later(&app, &pool, "ana", Duration::from_secs(3600 - waited)).await;
    pool.verify(&token, "email", &code).await.expect_ok();
}

/// ST-10: codes and passwords are counted apart; the lock is one.
#[cognate_test]
async fn st_10_wrong_codes_lock_the_password_and_wrong_passwords_the_code(app: App) {
    let pool = app.pool().verifying_email().await;
    let (token, code) = waiting(&app, &pool, "ana", ANA).await;
    for _ in 0..5 {
        pool.verify(&token, "email", &app.other_than(&code, 0)).await.expect_fault(WRONG.0, WRONG.1);
    }
    pool.sign_in("ana", PW).await.expect_fault("NotAuthorizedException", "Password attempts exceeded");
    app.advance(Duration::from_secs(1));
    for _ in 0..5 {
        pool.sign_in("ana", "Wr0ng-password").await.expect_code("NotAuthorizedException");
    }
    pool.verify(&token, "email", &code).await.expect_fault(LIMIT.0, LIMIT.1);
    app.advance(Duration::from_secs(1));
    pool.verify(&token, "email", &code).await.expect_ok();
}

#[cognate_test]
async fn st_10_of_two_hundred_parallel_guesses_five_are_judged(app: App) {
    let pool = app.pool().verifying_email().await;
    let (token, code) = waiting(&app, &pool, "ana", ANA).await;
    let answers = race(200, |number| {
        let (pool, token, guess) = (pool.clone(), token.clone(), app.other_than(&code, number));
        async move { pool.verify(&token, "email", &guess).await }
    })
    .await;
    let judged = answers.iter().filter(|answer| answer.code() == WRONG.0).count();
    assert!(judged <= 5, "{judged} guesses were judged");
    for other in answers.iter().filter(|answer| answer.code() != WRONG.0) {
        assert!([LIMIT.0, "TooManyRequestsException"].contains(&other.code().as_str()), "{other:?}");
    }
}

#[cognate_test]
async fn st_09_of_sixty_four_with_the_right_code_one_wins(app: App) {
    let pool = app.pool().verifying_email().await;
    for round in 0..3 {
        let (name, address) = (format!("ana{round}"), format!("ana{round}@example.com"));
        let (token, code) = waiting(&app, &pool, &name, &address).await;
        let answers = race(64, |_| {
            let (pool, token, code) = (pool.clone(), token.clone(), code.clone());
            async move { pool.verify(&token, "email", &code).await }
        })
        .await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
        for lost in answers.iter().filter(|answer| !answer.is_ok()) {
            assert!([EXPIRED.0, LIMIT.0, "TooManyRequestsException"].contains(&lost.code().as_str()), "{lost:?}");
        }
        assert_eq!(pool.attribute(&name, "email_verified").await, "true");
    }
}

#[cognate_test]
async fn st_17_a_code_serves_its_person_attribute_and_purpose_only(app: App) {
    let pool = app.pool().verifying_phone().await;
    let (token, code) = waiting(&app, &pool, "ana", ANA).await;
    let number = "+15550100199";
    pool.update(&token, &[("phone_number", number)]).await.expect_ok();
    let texted = app.texted_code_for(number);
    assert_ne!(code, texted, "a draw of the seeded entropy that tells nothing");
    pool.verify(&token, "email", &texted).await.expect_fault(WRONG.0, WRONG.1);
    pool.verify(&token, "phone_number", &code).await.expect_fault(WRONG.0, WRONG.1);
    // Another person of the same pool, and the same name in another pool.
    let (bob, _) = waiting(&app, &pool, "bob", "bob@example.com").await;
    pool.verify(&bob, "email", &code).await.expect_fault(WRONG.0, WRONG.1);
    let other = app.pool().verifying_email().await;
    let (elsewhere, _) = waiting(&app, &other, "ana", ANA).await;
    other.verify(&elsewhere, "email", &code).await.expect_fault(WRONG.0, WRONG.1);
    // Somebody who waits for a sign-up code.
    pool.sign_up("carl", PW, &[("email", "carl@example.com")]).await.expect_ok();
    let answer = pool.public("ConfirmSignUp", json!({ "Username": "carl", "ConfirmationCode": code })).await;
    answer.expect_fault(WRONG.0, WRONG.1);
}

#[cognate_test]
async fn st_17_a_sign_up_code_verifies_no_attribute(app: App) {
    let pool = app.pool().verifying_email().await;
    pool.sign_up("ana", PW, &[("email", ANA)]).await.expect_ok();
    let code = app.code_for(ANA);
    pool.admin("AdminConfirmSignUp", json!({ "Username": "ana" })).await.expect_ok();
    let token = pool.access("ana", PW).await;
    pool.verify(&token, "email", &code).await.expect_fault(EXPIRED.0, EXPIRED.1);
    assert_ne!(pool.attribute("ana", "email_verified").await, "true");
}

#[cognate_test]
async fn st_17_cut_longer_and_disguised_codes_are_wrong_ones(app: App) {
    let pool = app.pool().verifying_email().await;
    let (mut token, code) = waiting(&app, &pool, "ana", ANA).await;
    let wide: String = code.chars().map(|c| char::from_u32(u32::from(c) - 0x30 + 0xff10).unwrap()).collect();
    let forms = [
        code[..5].to_owned(),
        code[1..].to_owned(),
        format!("{code}0"),
        format!("0{code}"),
        format!("+{code}"),
        wide,
        "x".repeat(2048),
    ];
    for form in forms {
        pool.verify(&token, "email", &form).await.expect_fault(WRONG.0, WRONG.1);
        token = later(&app, &pool, "ana", Duration::from_secs(900)).await;
    }
    pool.verify(&token, "email", &code).await.expect_ok();
}

#[cognate_test]
async fn a_code_proves_the_address_it_was_sent_to_and_no_later_one(app: App) {
    let pool = app.pool().verifying_email().await;
    let (token, first) = waiting(&app, &pool, "ana", ANA).await;
    pool.update(&token, &[("email", "ana@example.net")]).await.expect_ok();
    let second = app.code_for("ana@example.net");
    if first != second {
        pool.verify(&token, "email", &first).await.expect_fault(WRONG.0, WRONG.1);
    }
    // The first address again: its first code is gone for good.
    pool.update(&token, &[("email", ANA)]).await.expect_ok();
    let third = app.code_for(ANA);
    if first != third {
        pool.verify(&token, "email", &first).await.expect_fault(WRONG.0, WRONG.1);
    }
    // An administrator's word ends what was outstanding.
    pool.admin_update("ana", &[("email", "ana@example.org"), ("email_verified", "true")]).await.expect_ok();
    pool.verify(&token, "email", &third).await.expect_fault(EXPIRED.0, EXPIRED.1);
    assert_eq!(pool.attribute("ana", "email").await, "ana@example.org");
}

#[cognate_test]
async fn only_an_address_or_number_that_is_there_can_be_verified(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let token = pool.access("ana", PW).await;
    pool.update(&token, &[("nickname", "A")]).await.expect_ok();
    for (name, text) in [
        ("nickname", "user.nickname: Attribute cannot be verified."),
        ("email", "user.email: Attribute cannot be verified."),
        ("phone_number", "user.phone_number: Attribute cannot be verified."),
        ("email_verified", "user.email_verified: Attribute cannot be verified."),
        ("custom:none", "user.custom:none: Attribute does not exist in the schema.\n"),
    ] {
        pool.verify(&token, name, "123456").await.expect_fault("InvalidParameterException", text);
        pool.ask_code(&token, name).await.expect_fault("InvalidParameterException", text);
    }
    assert!(app.post().attempts().is_empty());
}
