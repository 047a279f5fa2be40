use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;
const ANA: &str = "ana@example.com";

#[cognate_test]
async fn a_code_asked_for_again_takes_the_place_of_the_one_before(app: App) {
    let pool = app.pool().verifying_email().with_user("ana", PW).await;
    let token = pool.access("ana", PW).await;
    pool.update(&token, &[("email", ANA)]).await.expect_ok();
    let first = app.code_for(ANA);
    let told = pool.ask_code(&token, "email").await.expect_ok();
    let details = json!({ "Destination": "a***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email" });
    assert_eq!(told, json!({ "CodeDeliveryDetails": details }));
    let second = app.code_for(ANA);
    if first != second {
        pool.verify(&token, "email", &first).await.expect_code("CodeMismatchException");
    }
    pool.verify(&token, "email", &second).await.expect_ok();
    assert_eq!(pool.attribute("ana", "email_verified").await, "true");
}

#[cognate_test]
async fn an_address_that_no_sign_up_proved_is_proved_later_also_where_nothing_is_verified_automatically(app: App) {
    let pool = app.pool().await;
    pool.sign_up("ana", PW, &[("email", ANA), ("phone_number", "+15550100199")]).await.expect_ok();
    pool.admin("AdminConfirmSignUp", json!({ "Username": "ana" })).await.expect_ok();
    let token = pool.access("ana", PW).await;
    pool.ask_code(&token, "email").await.expect_ok();
    pool.ask_code(&token, "phone_number").await.expect_ok();
    pool.verify(&token, "email", &app.code_for(ANA)).await.expect_ok();
    pool.verify(&token, "phone_number", &app.texted_code_for("+15550100199")).await.expect_ok();
    for flag in ["email_verified", "phone_number_verified"] {
        assert_eq!(pool.attribute("ana", flag).await, "true");
    }
}

#[cognate_test]
async fn up_38_the_code_goes_to_the_address_that_waits(app: App) {
    let first = json!({ "AttributesRequireVerificationBeforeUpdate": ["email"] });
    let pool = app.pool().verifying_email().set("UserAttributeUpdateSettings", first).with_user("ana", PW).await;
    pool.admin_update("ana", &[("email", ANA), ("email_verified", "true")]).await.expect_ok();
    let token = pool.access("ana", PW).await;
    pool.update(&token, &[("email", "new@example.com")]).await.expect_ok();
    let told = pool.ask_code(&token, "email").await.expect_ok();
    assert_eq!(told["CodeDeliveryDetails"]["Destination"], "n***@e***");
    assert_eq!(app.mails_to("new@example.com").len(), 2);
    assert!(app.mails_to(ANA).is_empty());
    pool.verify(&token, "email", &app.code_for("new@example.com")).await.expect_ok();
    assert_eq!(pool.attribute("ana", "email").await, "new@example.com");
}

#[cognate_test]
async fn sm_25_five_codes_an_hour_are_sent_counted_over_both_attributes(app: App) {
    let pool = app.pool().await;
    pool.sign_up("ana", PW, &[("email", ANA), ("phone_number", "+15550100199")]).await.expect_ok();
    pool.admin("AdminConfirmSignUp", json!({ "Username": "ana" })).await.expect_ok();
    let token = pool.access("ana", PW).await;
    for attribute in ["email", "phone_number", "email", "phone_number", "email"] {
        pool.ask_code(&token, attribute).await.expect_ok();
    }
    let text = "Attempt limit exceeded, please try after some time.";
    for attribute in ["email", "phone_number"] {
        pool.ask_code(&token, attribute).await.expect_fault("LimitExceededException", text);
    }
    assert_eq!(app.post().attempts().len(), 5);
    // The codes that were sent stay good.
    pool.verify(&token, "email", &app.code_for(ANA)).await.expect_ok();
    app.advance(Duration::from_secs(3599));
    let token = pool.access("ana", PW).await;
    pool.ask_code(&token, "email").await.expect_fault("LimitExceededException", text);
    app.advance(Duration::from_secs(1));
    pool.ask_code(&token, "email").await.expect_ok();
}

#[cognate_test]
async fn sm_25_of_sixty_four_requests_at_once_five_send_a_code(app: App) {
    let pool = app.pool().await;
    pool.sign_up("ana", PW, &[("email", ANA)]).await.expect_ok();
    pool.admin("AdminConfirmSignUp", json!({ "Username": "ana" })).await.expect_ok();
    let token = pool.access("ana", PW).await;
    let answers = race(64, |_| {
        let (pool, token) = (pool.clone(), token.clone());
        async move { pool.ask_code(&token, "email").await }
    })
    .await;
    let sent = answers.iter().filter(|answer| answer.is_ok()).count();
    assert!(sent <= 5 && sent > 0, "{sent} were sent");
    for other in answers.iter().filter(|answer| !answer.is_ok()) {
        assert!(["LimitExceededException", "TooManyRequestsException"].contains(&other.code().as_str()), "{other:?}");
    }
    assert_eq!(app.post().attempts().len(), sent);
}

#[cognate_test]
async fn up_32_a_refused_mail_is_told(app: App) {
    use outbound::testing::Answer::Refuse;
    let pool = app.pool().await;
    pool.sign_up("ana", PW, &[("email", ANA)]).await.expect_ok();
    pool.admin("AdminConfirmSignUp", json!({ "Username": "ana" })).await.expect_ok();
    let token = pool.access("ana", PW).await;
    app.post().then(Refuse("550 no such mailbox".to_owned()));
    pool.ask_code(&token, "email").await.expect_code("CodeDeliveryFailureException");
}
