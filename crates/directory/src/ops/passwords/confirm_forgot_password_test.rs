use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;
const ANA: &str = "ana@example.com";
const NEW: &str = "Brand-new-1";
const LIMIT: &str = "Attempt limit exceeded, please try after some time.";
const MISMATCH: &str = "Invalid verification code provided, please try again.";
const EXPIRED: &str = "Invalid code provided, please request a code again.";

async fn forgot(pool: &Pool, name: &str) -> Answer {
    pool.public("ForgotPassword", json!({ "Username": name })).await
}

async fn confirm(pool: &Pool, name: &str, code: &str, password: &str) -> Answer {
    let body = json!({ "Username": name, "ConfirmationCode": code, "Password": password });
    pool.public("ConfirmForgotPassword", body).await
}

/// A code that is certainly another one.
fn other_than(code: &str, number: usize) -> String {
    format!("{:06}", (code.parse::<usize>().unwrap() + 1 + number) % 1_000_000)
}

async fn verified(pool: &Pool, name: &str, address: &str) {
    pool.confirmed(name, PW).await;
    let sub = pool.attribute(name, "sub").await.as_str().unwrap().to_owned();
    write_address(pool, &sub, address).await;
}

/// Gives a person a verified address, as an administrator's change of attributes does.
async fn write_address(pool: &Pool, sub: &str, address: &str) {
    let (id, sub) = (kernel::UserPoolId::parse(&pool.id).unwrap(), kernel::Sub::parse(sub).unwrap());
    let address = address.to_owned();
    pool.app()
        .store()
        .write(store::work!(|tx, id, sub, address| -> model::Refusal {
            let mut user = tx.users().require(id, sub).await?;
            user.attributes.insert("email".to_owned(), address.clone());
            user.attributes.insert("email_verified".to_owned(), "true".to_owned());
            tx.users().save(&user).await?;
            Ok(())
        }))
        .await
        .unwrap();
}

async fn asked(app: &App) -> (Pool, String) {
    let pool = app.pool().await;
    verified(&pool, "ana", ANA).await;
    forgot(&pool, "ana").await.expect_ok();
    (pool, app.code_for(ANA))
}

#[cognate_test]
async fn wrong_codes_are_a_mismatch_and_the_right_one_stays_good(app: App) {
    let (pool, code) = asked(&app).await;
    let answer = confirm(&pool, "ana", &other_than(&code, 0), NEW).await;
    answer.expect_fault("CodeMismatchException", MISMATCH);
    let answer = confirm(&pool, "ana", &code, NEW).await;
    answer.expect_ok();
    assert_eq!(answer.text(), "{}");
    app.sign_in(&pool, "ana", NEW).await.expect_tokens();
    // Used up.
    confirm(&pool, "ana", &code, "Another-new-1").await.expect_fault("ExpiredCodeException", EXPIRED);
}

/// SM-25: a reset code is good for an hour.
#[cognate_test]
async fn sm_25_a_reset_code_ends_after_an_hour(app: App) {
    let (pool, code) = asked(&app).await;
    app.advance(Duration::from_millis(3_599_999));
    confirm(&pool, "ana", &other_than(&code, 0), NEW).await.expect_code("CodeMismatchException");
    app.advance(Duration::from_millis(1));
    confirm(&pool, "ana", &code, NEW).await.expect_fault("ExpiredCodeException", EXPIRED);
    app.sign_in(&pool, "ana", PW).await.expect_tokens();
}

#[cognate_test]
async fn a_password_that_will_not_do_leaves_the_code_good(app: App) {
    let (pool, code) = asked(&app).await;
    let text = "Password did not conform with policy: Password must have uppercase characters";
    confirm(&pool, "ana", &code, "all-lower-1").await.expect_fault("InvalidPasswordException", text);
    // The code comes first: whoever has none learns nothing about the policy.
    confirm(&pool, "ana", &other_than(&code, 0), "all-lower-1").await.expect_code("CodeMismatchException");
    confirm(&pool, "ana", &code, NEW).await.expect_ok();
}

#[cognate_test]
async fn a_code_proves_the_address_it_was_sent_to_and_no_later_one(app: App) {
    let (pool, code) = asked(&app).await;
    let sub = pool.attribute("ana", "sub").await.as_str().unwrap().to_owned();
    write_address(&pool, &sub, "new@example.com").await;
    confirm(&pool, "ana", &code, NEW).await.expect_fault("CodeMismatchException", MISMATCH);
    write_address(&pool, &sub, ANA).await;
    confirm(&pool, "ana", &code, NEW).await.expect_ok();
}

#[cognate_test]
async fn a_code_resets_nothing_once_its_address_is_no_longer_verified(app: App) {
    let (pool, code) = asked(&app).await;
    let sub = pool.attribute("ana", "sub").await.as_str().unwrap().to_owned();
    let unverified: fn(model::User, kernel::Time) -> model::User = |mut user, _| {
        user.attributes.insert("email_verified".to_owned(), "false".to_owned());
        user
    };
    app.change_person(&pool.id, &sub, unverified).await;
    confirm(&pool, "ana", &code, NEW).await.expect_code("CodeMismatchException");
    app.sign_in(&pool, "ana", PW).await.expect_tokens();
}

#[cognate_test]
async fn codes_of_other_people_pools_and_purposes_reset_nothing(app: App) {
    let (pool, code) = asked(&app).await;
    verified(&pool, "bob", "bob@example.com").await;
    forgot(&pool, "bob").await.expect_ok();
    if app.code_for("bob@example.com") != code {
        confirm(&pool, "bob", &code, NEW).await.expect_code("CodeMismatchException");
    }
    let signing_up = app.pool().verifying_email().await;
    signing_up.sign_up("eve", PW, &[("email", "eve@example.com")]).await.expect_ok();
    let other = app.code_for("eve@example.com");
    confirm(&signing_up, "eve", &other, NEW).await.expect_fault("ExpiredCodeException", EXPIRED);
    signing_up.public("ConfirmSignUp", json!({ "Username": "eve", "ConfirmationCode": other })).await.expect_ok();
}

#[cognate_test]
async fn a_password_set_meanwhile_withdraws_the_code(app: App) {
    let (pool, code) = asked(&app).await;
    pool.admin("AdminSetUserPassword", json!({ "Username": "ana", "Password": "Temp0rary-pw" })).await.expect_ok();
    confirm(&pool, "ana", &code, NEW).await.expect_fault("ExpiredCodeException", EXPIRED);
    app.sign_in(&pool, "ana", "Temp0rary-pw").await.expect_challenge("NEW_PASSWORD_REQUIRED");
}

#[cognate_test]
async fn st_09_of_sixty_four_with_the_right_reset_code_one_wins(app: App) {
    let pool = app.pool().await;
    for round in 0..3 {
        let (name, address) = (format!("ana{round}"), format!("ana{round}@example.com"));
        verified(&pool, &name, &address).await;
        forgot(&pool, &name).await.expect_ok();
        let code = app.code_for(&address);
        let answers = race(64, |number| {
            let (pool, name, code) = (pool.clone(), name.clone(), code.clone());
            async move { (number, confirm(&pool, &name, &code, &format!("Brand-new-{number}")).await) }
        })
        .await;
        let won: Vec<usize> = answers.iter().filter(|(_, answer)| answer.is_ok()).map(|(number, _)| *number).collect();
        assert_eq!(won.len(), 1, "{won:?}");
        for (_, lost) in answers.iter().filter(|(_, answer)| !answer.is_ok()) {
            let told = ["ExpiredCodeException", "LimitExceededException", "TooManyRequestsException"];
            assert!(told.contains(&lost.code().as_str()), "{lost:?}");
        }
        app.sign_in(&pool, &name, &format!("Brand-new-{}", won[0])).await.expect_tokens();
    }
}

/// ST-10: guesses at a reset code stand under the person's one lock, whatever the name is spelled like.
#[cognate_test]
async fn st_10_of_two_hundred_parallel_guesses_at_a_reset_code_five_are_judged(app: App) {
    let (pool, code) = asked(&app).await;
    let sub = pool.attribute("ana", "sub").await.as_str().unwrap().to_owned();
    let answers = race(200, |number| {
        let (pool, guess, sub) = (pool.clone(), other_than(&code, number), sub.clone());
        async move { confirm(&pool, if number % 2 == 0 { "ana" } else { &sub }, &guess, NEW).await }
    })
    .await;
    let judged = answers.iter().filter(|answer| answer.code() == "CodeMismatchException").count();
    assert!(judged <= 5, "{judged} guesses were judged");
    while confirm(&pool, "ana", &other_than(&code, 0), NEW).await.code() == "CodeMismatchException" {}
    confirm(&pool, "ana", &code, NEW).await.expect_fault("LimitExceededException", LIMIT);
    app.sign_in(&pool, "ana", PW).await.expect_fault("NotAuthorizedException", "Password attempts exceeded");
    app.advance(Duration::from_secs(1));
    confirm(&pool, "ana", &code, NEW).await.expect_ok();
    // Nothing is held against the new password.
    for _ in 0..4 {
        app.sign_in(&pool, "ana", PW).await.expect_code("NotAuthorizedException");
    }
    app.sign_in(&pool, "ana", NEW).await.expect_tokens();
}

#[cognate_test]
async fn au_32_openly_each_cell_of_the_reset_has_its_sentence(app: App) {
    let pool = app.pool().await;
    verified(&pool, "ana", ANA).await;
    let answer = confirm(&pool, "nobody", "123456", NEW).await;
    answer.expect_fault("UserNotFoundException", "Username/client id combination not found.");
    confirm(&pool, "ana", "123456", NEW).await.expect_fault("ExpiredCodeException", EXPIRED);
    forgot(&pool, "ana").await.expect_ok();
    let code = app.code_for(ANA);
    confirm(&pool, "ana", &other_than(&code, 0), NEW).await.expect_fault("CodeMismatchException", MISMATCH);
    pool.admin("AdminDisableUser", json!({ "Username": "ana" })).await.expect_ok();
    confirm(&pool, "ana", &code, NEW).await.expect_fault("NotAuthorizedException", "User is disabled.");
}

#[cognate_test]
async fn au_32_masked_unknown_disabled_and_a_wrong_code_are_the_same_bytes(app: App) {
    let pool = app.pool().masked().await;
    for (name, address) in [("ana", ANA), ("off", "off@example.com"), ("idle", "idle@example.com")] {
        verified(&pool, name, address).await;
    }
    for name in ["ana", "off", "nobody"] {
        forgot(&pool, name).await.expect_ok();
    }
    app.post().wait_delivered(2).await;
    let (code, off) = (app.code_for(ANA), app.code_for("off@example.com"));
    pool.admin("AdminDisableUser", json!({ "Username": "off" })).await.expect_ok();
    let mut told = Vec::new();
    for _ in 0..6 {
        let mut round = Vec::new();
        for (name, code) in [("ana", &other_than(&code, 0)), ("nobody", &code), ("off", &off)] {
            let answer = confirm(&pool, name, code, NEW).await;
            round.push((answer.status, answer.text()));
        }
        round.dedup();
        assert_eq!(round.len(), 1, "{round:?}");
        told.extend(round);
    }
    assert!(told[0].1.contains(MISMATCH) && told[5].1.contains(LIMIT), "{told:?}");
    // As the service is documented: a person who never asked is told that there is no code.
    confirm(&pool, "idle", "123456", NEW).await.expect_fault("ExpiredCodeException", EXPIRED);
}

/// tokens.md 7: a reset lets tokens live unless the deployment wants them ended.
#[cognate_test]
async fn tokens_outlive_a_changed_password_unless_the_deployment_ends_them(app: App) {
    let strict = App::start_as("strict", |plan| plan.password_change_ends_sessions = true).await;
    for (app, lives) in [(&app, true), (&strict, false)] {
        let pool = app.pool().await;
        verified(&pool, "ana", ANA).await;
        let reset = app.sign_in(&pool, "ana", PW).await.expect_tokens();
        forgot(&pool, "ana").await.expect_ok();
        confirm(&pool, "ana", &app.code_for(ANA), NEW).await.expect_ok();
        assert_eq!(pool.get_user(&reset["AccessToken"]).await.is_ok(), lives);
        assert_eq!(pool.refresh(&reset["RefreshToken"]).await.is_ok(), lives);
        let changed = app.sign_in(&pool, "ana", NEW).await.expect_tokens();
        let token = &changed["AccessToken"];
        let body = json!({ "AccessToken": token, "PreviousPassword": NEW, "ProposedPassword": "Another-1" });
        app.call("ChangePassword", body).await.expect_ok();
        assert_eq!(pool.get_user(token).await.is_ok(), lives);
        let set = app.sign_in(&pool, "ana", "Another-1").await.expect_tokens();
        let body = json!({ "Username": "ana", "Password": NEW, "Permanent": true });
        pool.admin("AdminSetUserPassword", body).await.expect_ok();
        assert_eq!(pool.get_user(&set["AccessToken"]).await.is_ok(), lives);
        app.sign_in(&pool, "ana", NEW).await.expect_tokens();
    }
    strict.stop().await;
}
