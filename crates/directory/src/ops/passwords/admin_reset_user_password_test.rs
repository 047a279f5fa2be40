use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;
const ANA: &str = "ana@example.com";
const NO_CONTACT: &str = "Cannot reset password for the user as there is no registered/verified email or phone_number";

async fn reset(pool: &Pool, name: &str) -> Answer {
    pool.admin("AdminResetUserPassword", json!({ "Username": name })).await
}

async fn ana(pool: &Pool) {
    let attributes = pool.attributes(&[("email", ANA), ("email_verified", "true")]);
    let body = json!({ "Username": "ana", "MessageAction": "SUPPRESS", "UserAttributes": attributes });
    pool.admin("AdminCreateUser", body).await.expect_ok();
    let body = json!({ "Username": "ana", "Password": PW, "Permanent": true });
    pool.admin("AdminSetUserPassword", body).await.expect_ok();
}

/// UP-36, AU-10.
#[cognate_test]
async fn up_36_a_reset_is_required_until_the_code_brings_a_new_password(app: App) {
    let pool = app.pool().await;
    ana(&pool).await;
    let tokens = app.sign_in(&pool, "ana", PW).await.expect_tokens();
    let answer = reset(&pool, "ana").await;
    answer.expect_ok();
    assert_eq!(answer.text(), "{}");
    app.post().wait_delivered(1).await;
    assert_eq!(pool.person("ana").await.expect_ok()["UserStatus"], "RESET_REQUIRED");
    let (required, sentence) = ("PasswordResetRequiredException", "Password reset required for the user");
    pool.sign_in("ana", PW).await.expect_fault(required, sentence);
    pool.srp_sign_in("ana", PW).await.expect_fault(required, sentence);
    pool.sign_in("ana", "Wr0ng-password").await.expect_code("NotAuthorizedException");
    // Tokens handed out before live, but are told the same (user-pools.md 3).
    pool.get_user(&tokens["AccessToken"]).await.expect_fault(required, sentence);
    pool.refresh(&tokens["RefreshToken"]).await.expect_fault(required, sentence);
    let body = json!({ "AccessToken": tokens["AccessToken"], "PreviousPassword": PW, "ProposedPassword": "Stolen-1x" });
    app.call("ChangePassword", body).await.expect_fault(required, sentence);
    let body = json!({ "Username": "ana", "ConfirmationCode": app.code_for(ANA), "Password": "Brand-new-1" });
    pool.public("ConfirmForgotPassword", body).await.expect_ok();
    assert_eq!(pool.person("ana").await.expect_ok()["UserStatus"], "CONFIRMED");
    app.sign_in(&pool, "ana", "Brand-new-1").await.expect_tokens();
    pool.get_user(&tokens["AccessToken"]).await.expect_ok();
}

/// AU-32: masked, whoever must reset is told what a wrong password is told, and counted alike.
#[cognate_test]
async fn au_32_masked_a_required_reset_looks_like_a_wrong_password_until_the_lock(app: App) {
    let pool = app.pool().masked().await;
    ana(&pool).await;
    reset(&pool, "ana").await.expect_ok();
    let admin = json!({ "ClientId": pool.client.id, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
        "AuthParameters": { "USERNAME": "ana", "PASSWORD": PW } });
    let first = pool.admin("AdminInitiateAuth", admin).await;
    first.expect_fault("NotAuthorizedException", "Incorrect username or password.");
    pool.srp_sign_in("ana", PW).await.expect_fault("NotAuthorizedException", "Incorrect username or password.");
    let mut told = vec![first.text(), first.text()];
    let mut nobody = Vec::new();
    for _ in 0..4 {
        told.push(pool.sign_in("ana", PW).await.text());
    }
    for _ in 0..6 {
        nobody.push(pool.sign_in("nobody", PW).await.text());
    }
    assert_eq!(told, nobody);
    assert!(told[5].contains("Password attempts exceeded"), "{told:?}");
}

/// AU-32: imported without a password, there is nothing to prove; openly they are told to reset it.
#[cognate_test]
async fn au_32_whoever_was_imported_without_a_password_must_reset_it(app: App) {
    for (masking, code) in [("LEGACY", "PasswordResetRequiredException"), ("ENABLED", "NotAuthorizedException")] {
        let pool = app.pool().client_set("PreventUserExistenceErrors", json!(masking)).with_user("ana", PW).await;
        let sub = pool.attribute("ana", "sub").await.as_str().unwrap().to_owned();
        let imported: fn(model::User, kernel::Time) -> model::User = model::User::reset_required;
        app.change_person(&pool.id, &sub, imported).await;
        let (id, sub) = (kernel::UserPoolId::parse(&pool.id).unwrap(), kernel::Sub::parse(&sub).unwrap());
        let gone = store::work!(|tx, id, sub| -> model::Refusal { Ok(tx.credentials().delete(id, sub).await?) });
        app.store().write(gone).await.unwrap();
        for _ in 0..3 {
            pool.sign_in("ana", PW).await.expect_code(code);
            app.advance(Duration::from_secs(900));
            pool.srp_sign_in("ana", PW).await.expect_code(code);
            app.advance(Duration::from_secs(900));
        }
    }
}

#[cognate_test]
async fn who_cannot_be_reached_or_has_no_password_to_reset_keeps_what_they_have(app: App) {
    let pool = app.pool().with_user("bare", PW).await;
    ana(&pool).await;
    pool.invited("new", "Temp0rary-pw").await.expect_ok();
    reset(&pool, "bare").await.expect_fault("InvalidParameterException", NO_CONTACT);
    app.sign_in(&pool, "bare", PW).await.expect_tokens();
    let answer = reset(&pool, "new").await;
    answer.expect_fault("NotAuthorizedException", "User password cannot be reset in the current state.");
    reset(&pool, "nobody").await.expect_fault("UserNotFoundException", "User does not exist.");
    pool.admin("AdminDisableUser", json!({ "Username": "ana" })).await.expect_ok();
    reset(&pool, "ana").await.expect_fault("NotAuthorizedException", "User is disabled.");
    assert_eq!(pool.person("ana").await.expect_ok()["UserStatus"], "CONFIRMED");
    assert!(app.post().mails().is_empty());
}

#[cognate_test]
async fn a_second_reset_sends_a_second_code_and_the_first_is_no_longer_good(app: App) {
    let pool = app.pool().await;
    ana(&pool).await;
    reset(&pool, "ana").await.expect_ok();
    app.post().wait_delivered(1).await;
    let first = app.code_for(ANA);
    reset(&pool, "ana").await.expect_ok();
    app.post().wait_delivered(2).await;
    assert_ne!(first, app.code_for(ANA), "the seed of this test draws two different codes");
    let body = json!({ "Username": "ana", "ConfirmationCode": first, "Password": "Brand-new-1" });
    pool.public("ConfirmForgotPassword", body).await.expect_code("CodeMismatchException");
}
