use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;
const ANA: &str = "ana@example.com";

async fn waiting(app: &App) -> (Pool, String) {
    let pool = app.pool().verifying_email().await;
    pool.sign_up("ana", PW, &[("email", ANA)]).await.expect_ok();
    let code = app.code_for(ANA);
    (pool, code)
}

async fn confirm(pool: &Pool, name: &str, code: &str) -> Answer {
    pool.public("ConfirmSignUp", json!({ "Username": name, "ConfirmationCode": code })).await
}

/// A code that is certainly another one.
fn other_than(code: &str, number: usize) -> String {
    format!("{:06}", (code.parse::<usize>().unwrap() + 1 + number) % 1_000_000)
}

#[cognate_test]
async fn the_right_code_confirms_and_verifies_the_address(app: App) {
    let (pool, code) = waiting(&app).await;
    app.sign_in(&pool, "ana", PW).await.expect_fault("UserNotConfirmedException", "User is not confirmed.");
    let answer = confirm(&pool, "ana", &code).await;
    answer.expect_ok();
    assert_eq!(answer.text(), "{}");
    assert_eq!(pool.person("ana").await.expect_ok()["UserStatus"], "CONFIRMED");
    assert_eq!(pool.attribute("ana", "email_verified").await, "true");
    app.sign_in(&pool, "ana", PW).await.expect_tokens();
}

#[cognate_test]
async fn up_30_a_wrong_code_is_a_mismatch_and_the_right_one_stays_good(app: App) {
    let (pool, code) = waiting(&app).await;
    let answer = confirm(&pool, "ana", &other_than(&code, 0)).await;
    answer.expect_fault("CodeMismatchException", "Invalid verification code provided, please try again.");
    confirm(&pool, "ana", &code).await.expect_ok();
}

/// SM-25: a sign-up code is good for 24 hours, to the second.
#[cognate_test]
async fn up_30_a_code_ends_after_a_day(app: App) {
    let (pool, code) = waiting(&app).await;
    app.advance(Duration::from_secs(24 * 3600 - 1));
    confirm(&pool, "ana", &other_than(&code, 0)).await.expect_code("CodeMismatchException");
    app.advance(Duration::from_secs(1));
    let answer = confirm(&pool, "ana", &code).await;
    answer.expect_fault("ExpiredCodeException", "Invalid code provided, please request a code again.");
}

#[cognate_test]
async fn up_30_confirming_twice_names_the_status(app: App) {
    let (pool, code) = waiting(&app).await;
    confirm(&pool, "ana", &code).await.expect_ok();
    let answer = confirm(&pool, "ana", &code).await;
    answer.expect_fault("NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED");
    let answer = pool.admin("AdminConfirmSignUp", json!({ "Username": "ana" })).await;
    answer.expect_fault("NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED");
}

#[cognate_test]
async fn a_code_of_another_person_or_pool_confirms_nobody(app: App) {
    let (pool, code) = waiting(&app).await;
    pool.sign_up("bob", PW, &[("email", "bob@example.com")]).await.expect_ok();
    if app.code_for("bob@example.com") != code {
        confirm(&pool, "bob", &code).await.expect_code("CodeMismatchException");
    }
    let other = app.pool().verifying_email().await;
    other.sign_up("ana", PW, &[("email", ANA)]).await.expect_ok();
    if app.code_for(ANA) != code {
        confirm(&other, "ana", &code).await.expect_code("CodeMismatchException");
    }
}

#[cognate_test]
async fn st_09_of_sixty_four_with_the_right_code_one_wins(app: App) {
    let (pool, code) = waiting(&app).await;
    let answers = race(64, |_| {
        let (pool, code) = (pool.clone(), code.clone());
        async move { confirm(&pool, "ana", &code).await }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    for lost in answers.iter().filter(|answer| !answer.is_ok()) {
        let told = ["NotAuthorizedException", "LimitExceededException", "TooManyRequestsException"];
        assert!(told.contains(&lost.code().as_str()), "{lost:?}");
    }
}

#[cognate_test]
async fn st_10_of_two_hundred_parallel_guesses_five_are_judged(app: App) {
    let (pool, code) = waiting(&app).await;
    let answers = race(200, |number| {
        let (pool, guess) = (pool.clone(), other_than(&code, number));
        async move { confirm(&pool, "ana", &guess).await }
    })
    .await;
    let judged = answers.iter().filter(|answer| answer.code() == "CodeMismatchException").count();
    assert!(judged <= 5, "{judged} guesses were judged");
    for other in answers.iter().filter(|answer| answer.code() != "CodeMismatchException") {
        assert!(["LimitExceededException", "TooManyRequestsException"].contains(&other.code().as_str()), "{other:?}");
    }
    while confirm(&pool, "ana", &other_than(&code, 0)).await.code() == "CodeMismatchException" {}
    // The lock holds for the right code too, and for every other spelling of the name.
    let sub = pool.person("ana").await.expect_ok()["UserAttributes"][0]["Value"].as_str().unwrap().to_owned();
    for name in ["ana", &sub] {
        let answer = confirm(&pool, name, &code).await;
        answer.expect_fault("LimitExceededException", "Attempt limit exceeded, please try after some time.");
    }
    app.advance(Duration::from_secs(1));
    confirm(&pool, "ana", &code).await.expect_ok();
}

/// SM-25, ST-10: fifteen tries in an hour, each when the lock of the one before has ended; none of the refused counts.
#[cognate_test]
async fn sm_25_the_sixteenth_try_of_an_hour_is_not_judged(app: App) {
    let (pool, code) = waiting(&app).await;
    let mut waited = 0;
    for failures in 1..=15u32 {
        confirm(&pool, "ana", &other_than(&code, 0)).await.expect_code("CodeMismatchException");
        let lock = if failures < 5 { 0 } else { 2u64.pow(failures - 5).min(900) };
        if lock > 0 {
            app.advance(Duration::from_millis(lock * 1000 - 1));
            let answer = confirm(&pool, "ana", &code).await;
            answer.expect_fault("LimitExceededException", "Attempt limit exceeded, please try after some time.");
            app.advance(Duration::from_millis(1));
        }
        waited += lock;
    }
    assert!(waited < 3600);
    let answer = confirm(&pool, "ana", &code).await;
    answer.expect_fault("LimitExceededException", "Attempt limit exceeded, please try after some time.");
    app.advance(Duration::from_secs(3600 - waited));
    confirm(&pool, "ana", &code).await.expect_ok();
}

/// ST-10: passwords and codes are counted apart; the lock is one.
#[cognate_test]
async fn st_10_wrong_codes_lock_the_password_and_wrong_passwords_the_code(app: App) {
    let (pool, code) = waiting(&app).await;
    for _ in 0..4 {
        confirm(&pool, "ana", &other_than(&code, 0)).await.expect_code("CodeMismatchException");
        pool.sign_in("ana", "Wr0ng-password")
            .await
            .expect_fault("NotAuthorizedException", "Incorrect username or password.");
    }
    confirm(&pool, "ana", &other_than(&code, 0)).await.expect_code("CodeMismatchException");
    pool.sign_in("ana", PW).await.expect_fault("NotAuthorizedException", "Password attempts exceeded");
    app.advance(Duration::from_secs(1));
    pool.sign_in("ana", "Wr0ng-password").await.expect_code("NotAuthorizedException");
    confirm(&pool, "ana", &code).await.expect_code("LimitExceededException");
    app.advance(Duration::from_secs(1));
    // The right code gives the codes back, and not the passwords.
    confirm(&pool, "ana", &code).await.expect_ok();
    pool.sign_in("ana", "Wr0ng-password").await.expect_code("NotAuthorizedException");
    app.advance(Duration::from_secs(1));
    pool.sign_in("ana", PW).await.expect_fault("NotAuthorizedException", "Password attempts exceeded");
    app.advance(Duration::from_secs(1));
    pool.sign_in("ana", PW).await.expect_tokens();
}

#[cognate_test]
async fn st_10_a_name_nobody_has_is_locked_like_a_persons_and_for_passwords_too(app: App) {
    let pool = app.pool().verifying_email().masked().await;
    pool.sign_up("ana", PW, &[("email", ANA)]).await.expect_ok();
    let wrong = other_than(&app.code_for(ANA), 0);
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for _ in 0..6 {
        known.push(confirm(&pool, "ana", &wrong).await.text());
        unknown.push(confirm(&pool, "nobody", &wrong).await.text());
    }
    known.push(pool.sign_in("ana", "Wr0ng-password").await.text());
    unknown.push(pool.sign_in("nobody", "Wr0ng-password").await.text());
    assert_eq!(known, unknown);
    assert!(known[6].contains("Password attempts exceeded"), "{known:?}");
}

#[cognate_test]
async fn up_19_an_alias_belongs_to_one_and_is_moved_only_on_demand(app: App) {
    let pool = app.pool().verifying_email().set("AliasAttributes", json!(["email"])).await;
    for (name, password) in [("first", "First-pass1"), ("second", "Second-pass1")] {
        pool.sign_up(name, password, &[("email", ANA)]).await.expect_ok();
        if name == "first" {
            confirm(&pool, name, &app.code_for(ANA)).await.expect_ok();
        }
    }
    app.sign_in(&pool, ANA, "First-pass1").await.expect_tokens();
    let code = app.code_for(ANA);
    let answer = confirm(&pool, "second", &code).await;
    answer.expect_fault("AliasExistsException", "An account with the email already exists.");
    assert_eq!(pool.attribute("first", "email_verified").await, "true");
    let body = json!({ "Username": "second", "ConfirmationCode": code, "ForceAliasCreation": true });
    pool.public("ConfirmSignUp", body).await.expect_ok();
    assert_eq!(pool.attribute("first", "email_verified").await, "false");
    assert_eq!(pool.attribute("second", "email_verified").await, "true");
    app.sign_in(&pool, ANA, "Second-pass1").await.expect_tokens();
    app.sign_in(&pool, ANA, "First-pass1").await.expect_code("NotAuthorizedException");
    app.sign_in(&pool, "first", "First-pass1").await.expect_tokens();
}

#[cognate_test]
async fn up_20_an_unverified_alias_signs_nobody_in(app: App) {
    let pool = app.pool().verifying_email().set("AliasAttributes", json!(["email"])).await;
    pool.sign_up("ana", PW, &[("email", ANA)]).await.expect_ok();
    pool.admin("AdminConfirmSignUp", json!({ "Username": "ana" })).await.expect_ok();
    app.sign_in(&pool, ANA, PW).await.expect_fault("UserNotFoundException", "User does not exist.");
    app.sign_in(&pool, "ana", PW).await.expect_tokens();
}

#[cognate_test]
async fn au_32_who_does_not_exist_is_answered_like_a_wrong_code_under_masking(app: App) {
    let open = app.pool().verifying_email().await;
    let answer = confirm(&open, "nobody", "123456").await;
    answer.expect_fault("UserNotFoundException", "Username/client id combination not found.");
    let masked = app.pool().verifying_email().masked().await;
    masked.sign_up("ana", PW, &[("email", ANA)]).await.expect_ok();
    let known = confirm(&masked, "ana", &other_than(&app.code_for(ANA), 0)).await;
    let unknown = confirm(&masked, "nobody", "123456").await;
    assert_eq!((known.status, known.text()), (unknown.status, unknown.text()));
}

#[cognate_test]
async fn au_32_the_limit_of_tries_does_not_tell_who_exists(app: App) {
    let masked = app.pool().verifying_email().masked().await;
    masked.sign_up("ana", PW, &[("email", ANA)]).await.expect_ok();
    let wrong = other_than(&app.code_for(ANA), 0);
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for _ in 0..17 {
        known.push(confirm(&masked, "ana", &wrong).await.code());
        unknown.push(confirm(&masked, "nobody", &wrong).await.code());
    }
    assert_eq!(known, unknown);
}

#[cognate_test]
async fn au_32_under_masking_nobodys_status_is_told_and_everybody_is_counted(app: App) {
    let masked = app.pool().verifying_email().masked().with_user("ana", PW).await;
    masked.invited("eve", PW).await.expect_ok();
    for _ in 0..17 {
        let unknown = confirm(&masked, "nobody", "123456").await;
        for known in ["ana", "eve"] {
            let answer = confirm(&masked, known, "123456").await;
            assert_eq!((answer.status, answer.text()), (unknown.status, unknown.text()), "{known}");
        }
    }
}
