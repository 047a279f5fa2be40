use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;
const NEW: &str = "Brand-new-1";
const REFUSED: &str = "NotAuthorizedException";
const WRONG: &str = "Incorrect username or password.";

async fn change(pool: &Pool, token: &Value, previous: Option<&str>, proposed: &str) -> Answer {
    let mut body = json!({ "AccessToken": token, "ProposedPassword": proposed });
    if let Some(previous) = previous {
        body["PreviousPassword"] = previous.into();
    }
    pool.app().call("ChangePassword", body).await
}

#[cognate_test]
async fn the_new_password_signs_in_and_the_old_one_does_not(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let tokens = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    let before = pool.person("ana").await.expect_ok()["UserLastModifiedDate"].clone();
    app.advance(Duration::from_secs(10));
    let answer = change(&pool, &tokens["AccessToken"], Some(PW), NEW).await;
    answer.expect_ok();
    assert_eq!(answer.text(), "{}");
    app.sign_in(&pool, "ana", NEW).await.expect_tokens();
    pool.srp_sign_in("ana", NEW).await.expect_tokens();
    app.sign_in(&pool, "ana", PW).await.expect_fault(REFUSED, WRONG);
    pool.get_user(&tokens["AccessToken"]).await.expect_ok();
    assert_ne!(pool.person("ana").await.expect_ok()["UserLastModifiedDate"], before);
}

#[cognate_test(storages)]
async fn a_wrong_present_password_or_token_changes_nothing(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let tokens = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    let token = &tokens["AccessToken"];
    change(&pool, token, Some("Wr0ng-password"), NEW).await.expect_fault(REFUSED, WRONG);
    let answer = change(&pool, token, None, NEW).await;
    answer.expect_fault("InvalidParameterException", "Missing required parameter PreviousPassword");
    let text = "Password did not conform with policy: Password not long enough";
    change(&pool, token, Some(PW), "aA1!").await.expect_fault("InvalidPasswordException", text);
    let answer = change(&pool, &tokens["IdToken"], Some(PW), NEW).await;
    answer.expect_fault(REFUSED, "Invalid Access Token");
    app.sign_in(&pool, "ana", PW).await.expect_tokens();
}

/// SM-25: five an hour, right ones and wrong ones.
#[cognate_test(storages)]
async fn sm_25_the_sixth_change_of_an_hour_is_refused(app: App) {
    let pool = app.pool().with_user("ana", PW).with_user("bob", PW).await;
    let ana = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    let bob = app.sign_in(&pool, "bob", PW).await.expect_tokens();
    let token = &ana["AccessToken"];
    for (previous, next) in [(PW, NEW), (NEW, PW), (PW, NEW), (NEW, PW)] {
        change(&pool, token, Some(previous), next).await.expect_ok();
    }
    change(&pool, token, Some("Wr0ng-password"), NEW).await.expect_code(REFUSED);
    let text = "Attempt limit exceeded, please try after some time.";
    change(&pool, token, Some(PW), NEW).await.expect_fault("LimitExceededException", text);
    change(&pool, &bob["AccessToken"], Some(PW), NEW).await.expect_ok();
    app.advance(Duration::from_secs(3599));
    let token = app.sign_in(&pool, "ana", PW).await.expect_tokens()["AccessToken"].clone();
    change(&pool, &token, Some(PW), NEW).await.expect_code("LimitExceededException");
    app.advance(Duration::from_secs(1));
    change(&pool, &token, Some(PW), NEW).await.expect_ok();
}

/// SM-26, AU-31: one count with sign-in; what the lock turns away is not counted.
#[cognate_test(storages)]
async fn sm_26_a_change_of_password_shares_the_lock_of_sign_in(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let tokens = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    let token = &tokens["AccessToken"];
    for _ in 0..4 {
        app.sign_in(&pool, "ana", "Wr0ng-password").await.expect_fault(REFUSED, WRONG);
    }
    change(&pool, token, Some("Wr0ng-password"), NEW).await.expect_fault(REFUSED, WRONG);
    for _ in 0..6 {
        change(&pool, token, Some(PW), NEW).await.expect_fault(REFUSED, "Password attempts exceeded");
    }
    app.sign_in(&pool, "ana", PW).await.expect_fault(REFUSED, "Password attempts exceeded");
    app.advance(Duration::from_secs(1));
    change(&pool, token, Some(PW), NEW).await.expect_ok();
    // Given back: four more wrong ones lock nobody.
    for _ in 0..4 {
        app.sign_in(&pool, "ana", "Wr0ng-password").await.expect_fault(REFUSED, WRONG);
    }
    app.sign_in(&pool, "ana", NEW).await.expect_tokens();
}

/// SM-26: whoever waits patiently for the end of the longest lock stays at it.
#[cognate_test(storages)]
async fn sm_26_after_the_longest_lock_the_next_wrong_password_locks_as_long_again(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let guess = || app.sign_in(&pool, "ana", "Wr0ng-password");
    for failures in 1..=17u32 {
        guess().await.expect_fault(REFUSED, WRONG);
        let lock = if failures < 5 { 0 } else { 2u64.pow(failures - 5).min(900) };
        if lock > 0 {
            app.advance(Duration::from_millis(lock * 1000 - 1));
            app.sign_in(&pool, "ana", PW).await.expect_fault(REFUSED, "Password attempts exceeded");
            app.advance(Duration::from_millis(1));
        }
    }
    // Quiet time begins where the lock ended.
    app.advance(Duration::from_secs(900));
    for _ in 0..4 {
        guess().await.expect_fault(REFUSED, WRONG);
    }
    app.sign_in(&pool, "ana", PW).await.expect_tokens();
}

#[cognate_test]
async fn st_10_two_hundred_parallel_guesses_through_a_change_outrun_no_limit(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let token = app.sign_in(&pool, "ana", PW).await.expect_tokens()["AccessToken"].clone();
    let answers = race(200, |number| {
        let (pool, token) = (pool.clone(), token.clone());
        async move { change(&pool, &token, Some(&format!("Wr0ng-password{number}")), NEW).await }
    })
    .await;
    let judged = answers.iter().filter(|answer| answer.sentence() == WRONG).count();
    assert!(judged <= 5, "{judged} guesses were judged");
    assert!(answers.iter().all(|answer| !answer.is_ok()));
}

#[cognate_test]
async fn of_sixty_four_changes_at_once_one_wins_each_time(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let token = app.sign_in(&pool, "ana", PW).await.expect_tokens()["AccessToken"].clone();
    let answers = race(64, |number| {
        let (pool, token) = (pool.clone(), token.clone());
        async move { (number, change(&pool, &token, Some(PW), &format!("Brand-new-{number}")).await) }
    })
    .await;
    let won: Vec<usize> = answers.iter().filter(|(_, answer)| answer.is_ok()).map(|(number, _)| *number).collect();
    assert!(won.len() <= 1, "{won:?}");
    app.advance(Duration::from_secs(900));
    let password = won.first().map_or_else(|| PW.to_owned(), |number| format!("Brand-new-{number}"));
    app.sign_in(&pool, "ana", &password).await.expect_tokens();
}

#[cognate_test(storages)]
async fn whoever_has_no_password_names_none_and_whoever_came_from_elsewhere_gets_none(app: App) {
    let pool = app.pool().with_user("ana", PW).with_user("foreign", PW).await;
    let ana = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    let foreign = app.sign_in(&pool, "foreign", PW).await.expect_tokens();
    for name in ["ana", "foreign"] {
        let sub = pool.attribute(name, "sub").await.as_str().unwrap().to_owned();
        let (id, sub) = (kernel::UserPoolId::parse(&pool.id).unwrap(), kernel::Sub::parse(&sub).unwrap());
        let gone = store::work!(|tx, id, sub| -> model::Refusal { Ok(tx.credentials().delete(id, sub).await?) });
        app.store().write(gone).await.unwrap();
    }
    change(&pool, &ana["AccessToken"], Some(PW), NEW).await.expect_fault(REFUSED, WRONG);
    change(&pool, &ana["AccessToken"], None, NEW).await.expect_ok();
    app.sign_in(&pool, "ana", NEW).await.expect_tokens();
    let sub = pool.attribute("foreign", "sub").await.as_str().unwrap().to_owned();
    let federated: fn(model::User, kernel::Time) -> model::User =
        |user, _| model::User { status: model::UserStatus::ExternalProvider, ..user };
    app.change_person(&pool.id, &sub, federated).await;
    let answer = change(&pool, &foreign["AccessToken"], None, NEW).await;
    answer.expect_fault(REFUSED, "User password cannot be reset in the current state.");
}

#[cognate_test(storages)]
async fn up_34_a_temporary_password_that_ended_is_not_changed_either(app: App) {
    let pool = app.pool().client_set("RefreshTokenValidity", json!(30)).with_user("ana", PW).await;
    let tokens = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    pool.admin("AdminSetUserPassword", json!({ "Username": "ana", "Password": "Temp0rary-pw" })).await.expect_ok();
    app.advance(Duration::from_secs(7 * 24 * 3600));
    let sentence = "Temporary password has expired and must be reset by an administrator.";
    app.sign_in(&pool, "ana", "Temp0rary-pw").await.expect_fault(REFUSED, sentence);
    let token = pool.refresh(&tokens["RefreshToken"]).await.expect_tokens()["AccessToken"].clone();
    change(&pool, &token, Some("Temp0rary-pw"), NEW).await.expect_fault(REFUSED, sentence);
}
