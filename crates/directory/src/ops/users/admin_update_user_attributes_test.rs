use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;
const ANA: &str = "ana@example.com";
const REFUSED: &str = "InvalidParameterException";

#[cognate_test]
async fn an_administrator_writes_flags_and_whoever_is_named_by_name_or_sub(app: App) {
    let pool = app.pool().verifying_email().with_user("ana", PW).await;
    let answer = pool.admin_update("ana", &[("email", ANA), ("email_verified", "True")]).await;
    assert_eq!(answer.text(), "{}");
    assert_eq!(pool.attribute("ana", "email").await, ANA);
    assert_eq!(pool.attribute("ana", "email_verified").await, "true");
    assert!(app.post().attempts().is_empty(), "what is verified gets no code");
    let sub = pool.attribute("ana", "sub").await;
    pool.admin_update(sub.as_str().unwrap(), &[("email_verified", "false")]).await.expect_ok();
    assert_eq!(pool.attribute("ana", "email_verified").await, "false");
    pool.admin_update("nobody", &[("nickname", "A")])
        .await
        .expect_fault("UserNotFoundException", "User does not exist.");
}

#[cognate_test]
async fn up_38_without_the_flag_a_changed_address_is_unverified_and_gets_a_code(app: App) {
    let pool = app.pool().verifying_email().with_user("ana", PW).await;
    pool.admin_update("ana", &[("email", ANA), ("email_verified", "true")]).await.expect_ok();
    pool.admin_update("ana", &[("email", "new@example.com")]).await.expect_ok();
    assert_eq!(pool.attribute("ana", "email").await, "new@example.com");
    assert_eq!(pool.attribute("ana", "email_verified").await, "false");
    let token = pool.access("ana", PW).await;
    pool.verify(&token, "email", &app.code_for("new@example.com")).await.expect_ok();
    assert_eq!(pool.attribute("ana", "email_verified").await, "true");
}

#[cognate_test]
async fn up_38_with_verification_first_the_flag_skips_the_wait(app: App) {
    let first = json!({ "AttributesRequireVerificationBeforeUpdate": ["email"] });
    let pool = app.pool().verifying_email().set("UserAttributeUpdateSettings", first).with_user("ana", PW).await;
    pool.admin_update("ana", &[("email", ANA), ("email_verified", "true")]).await.expect_ok();
    assert_eq!(pool.attribute("ana", "email").await, ANA);
    // Without it, and with it switched off, the new value waits and the old one is untouched.
    for (mail, more) in [("b@example.com", None), ("c@example.com", Some(("email_verified", "false")))] {
        let given: Vec<_> = [("email", mail)].into_iter().chain(more).collect();
        pool.admin_update("ana", &given).await.expect_ok();
        assert_eq!(pool.attribute("ana", "email").await, ANA);
        assert_eq!(pool.attribute("ana", "email_verified").await, "true");
        assert_eq!(app.mails_to(mail).len(), 1);
    }
    let code = app.code_for("c@example.com");
    pool.admin_update("ana", &[("email", "d@example.com"), ("email_verified", "true")]).await.expect_ok();
    assert_eq!(pool.attribute("ana", "email").await, "d@example.com");
    let token = pool.access("ana", PW).await;
    pool.verify(&token, "email", &code).await.expect_code("ExpiredCodeException");
}

#[cognate_test]
async fn a_flag_needs_the_value_it_speaks_of(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let text = "Email is required to verify/un-verify an email";
    pool.admin_update("ana", &[("email_verified", "true")]).await.expect_fault(REFUSED, text);
    let text = "Phone Number is required to verify/un-verify a phone number";
    pool.admin_update("ana", &[("phone_number_verified", "false")]).await.expect_fault(REFUSED, text);
    pool.admin_update("ana", &[("email", ANA), ("email_verified", "true")]).await.expect_ok();
    let text = "Email is required to verify/un-verify an email";
    pool.admin_update("ana", &[("email", ""), ("email_verified", "true")]).await.expect_fault(REFUSED, text);
    pool.admin_update("ana", &[("email", "")]).await.expect_ok();
    assert_eq!(pool.attribute("ana", "email_verified").await, Value::Null, "the flag went with the address");
}

#[cognate_test]
async fn nobody_writes_sub_or_identities(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    for name in ["sub", "identities"] {
        let text = format!("user.{name}: Attribute cannot be updated. (changing an immutable attribute)");
        pool.admin_update("ana", &[(name, "x")]).await.expect_fault(REFUSED, &text);
    }
}

#[cognate_test]
async fn somebody_who_waits_for_a_sign_up_code_does_not_confirm_a_changed_address_with_it(app: App) {
    let pool = app.pool().verifying_email().await;
    pool.sign_up("ana", PW, &[("email", ANA)]).await.expect_ok();
    let code = app.code_for(ANA);
    pool.admin_update("ana", &[("email", "new@example.com")]).await.expect_ok();
    let body = json!({ "Username": "ana", "ConfirmationCode": code });
    pool.public("ConfirmSignUp", body).await.expect_code("CodeMismatchException");
    pool.public("ResendConfirmationCode", json!({ "Username": "ana" })).await.expect_ok();
    let body = json!({ "Username": "ana", "ConfirmationCode": app.code_for("new@example.com") });
    pool.public("ConfirmSignUp", body).await.expect_ok();
    assert_eq!(pool.attribute("ana", "email_verified").await, "true");
}
