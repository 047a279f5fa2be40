use testkit::prelude::*;

const ANA: &str = "ana@example.com";

/// The temporary password in the newest invitation; the default text ends with it and a full stop.
fn invited_with(app: &App) -> String {
    let text = app.mails_to(ANA).last().expect("an invitation").text.clone();
    let (_, rest) = text.split_once("temporary password is ").expect("the default text");
    rest.trim_end().strip_suffix('.').expect("the default text").trim_end().to_owned()
}

async fn create(pool: &Pool, more: Value) -> Answer {
    let mut body = json!({ "Username": "ana", "DesiredDeliveryMediums": ["EMAIL"],
        "UserAttributes": [{ "Name": "email", "Value": ANA }] });
    for (member, value) in more.as_object().unwrap() {
        body[member] = value.clone();
    }
    pool.admin("AdminCreateUser", body).await
}

#[cognate_test]
async fn up_33_an_invited_person_must_change_the_password_that_was_mailed(app: App) {
    let pool = app.pool().await;
    let made = create(&pool, json!({})).await;
    let user = &made.expect_ok()["User"];
    assert_eq!((&user["UserStatus"], &user["Enabled"]), (&json!("FORCE_CHANGE_PASSWORD"), &json!(true)));
    let temporary = invited_with(&app);
    assert!(!made.text().contains(&temporary), "the password is delivered, never returned");
    let challenge = app.sign_in(&pool, "ana", &temporary).await.expect_challenge("NEW_PASSWORD_REQUIRED");
    let responses = json!({ "USERNAME": "ana", "NEW_PASSWORD": testkit::PASSWORD });
    let done = pool.respond(&pool.client, "NEW_PASSWORD_REQUIRED", &challenge["Session"], responses).await;
    done.expect_tokens();
    assert_eq!(pool.person("ana").await.expect_ok()["UserStatus"], "CONFIRMED");
    app.sign_in(&pool, "ana", &temporary).await.expect_code("NotAuthorizedException");
    app.sign_in(&pool, "ana", testkit::PASSWORD).await.expect_tokens();
}

#[cognate_test]
async fn up_33_an_invitation_again_renews_password_and_end(app: App) {
    let pool = app.pool().await;
    create(&pool, json!({})).await.expect_ok();
    let first = invited_with(&app);
    app.advance(Duration::from_secs(6 * 24 * 3600));
    create(&pool, json!({ "MessageAction": "RESEND" })).await.expect_ok();
    let second = invited_with(&app);
    assert_ne!(first, second);
    assert_eq!(app.mails_to(ANA).len(), 2);
    app.advance(Duration::from_secs(6 * 24 * 3600));
    app.sign_in(&pool, "ana", &first).await.expect_code("NotAuthorizedException");
    app.sign_in(&pool, "ana", &second).await.expect_challenge("NEW_PASSWORD_REQUIRED");
}

#[cognate_test]
async fn up_33_only_who_waits_for_an_invitation_gets_one_again(app: App) {
    let pool = app.pool().with_user("ana", testkit::PASSWORD).await;
    let answer = create(&pool, json!({ "MessageAction": "RESEND" })).await;
    let text = "Resend not possible. ana status is not FORCE_CHANGE_PASSWORD";
    answer.expect_fault("UnsupportedUserStateException", text);
    let answer = pool.admin("AdminCreateUser", json!({ "Username": "nobody", "MessageAction": "RESEND" })).await;
    answer.expect_fault("UserNotFoundException", "User does not exist.");
}

#[cognate_test]
async fn up_33_suppressed_means_nothing_is_sent(app: App) {
    let pool = app.pool().await;
    create(&pool, json!({ "MessageAction": "SUPPRESS", "TemporaryPassword": "Temp0rary-pw" })).await.expect_ok();
    assert!(app.post().attempts().is_empty());
    app.sign_in(&pool, "ana", "Temp0rary-pw").await.expect_challenge("NEW_PASSWORD_REQUIRED");
}

#[cognate_test]
async fn up_34_a_temporary_password_ends(app: App) {
    let policy = json!({ "PasswordPolicy": { "MinimumLength": 8, "TemporaryPasswordValidityDays": 2 } });
    let pool = app.pool().set("Policies", policy).await;
    pool.invited("ana", "Temp0rary-pw").await.expect_ok();
    app.advance(Duration::from_secs(2 * 24 * 3600 - 1));
    app.sign_in(&pool, "ana", "Temp0rary-pw").await.expect_challenge("NEW_PASSWORD_REQUIRED");
    app.advance(Duration::from_secs(1));
    let text = "Temporary password has expired and must be reset by an administrator.";
    app.sign_in(&pool, "ana", "Temp0rary-pw").await.expect_fault("NotAuthorizedException", text);
    // Only who knows the password is told.
    let answer = app.sign_in(&pool, "ana", "Wr0ng-password").await;
    answer.expect_fault("NotAuthorizedException", "Incorrect username or password.");
}

#[cognate_test]
async fn a_taken_name_is_refused_in_the_administrators_words(app: App) {
    let pool = app.pool().with_user("ana", testkit::PASSWORD).await;
    create(&pool, json!({})).await.expect_fault("UsernameExistsException", "User account already exists");
    let by_email = app.pool().named_by_email().await;
    by_email.invited(ANA, "Temp0rary-pw").await.expect_ok();
    let text = "An account with the given email already exists.";
    by_email.invited(ANA, "Temp0rary-pw").await.expect_fault("UsernameExistsException", text);
}

#[cognate_test]
async fn a_temporary_password_obeys_the_policy_and_a_wanted_medium_must_be_there(app: App) {
    let pool = app.pool().await;
    let answer = create(&pool, json!({ "TemporaryPassword": "short" })).await;
    let text = "Password did not conform with password policy: Password not long enough";
    answer.expect_fault("InvalidPasswordException", text);
    let body = json!({ "Username": "bob", "DesiredDeliveryMediums": ["EMAIL"] });
    pool.admin("AdminCreateUser", body).await.expect_code("InvalidParameterException");
    pool.person("bob").await.expect_code("UserNotFoundException");
}

#[cognate_test]
async fn verified_flags_are_for_administrators_to_set(app: App) {
    let pool = app.pool().set("AliasAttributes", json!(["email"])).await;
    let attributes = json!([{ "Name": "email", "Value": ANA }, { "Name": "email_verified", "Value": "True" }]);
    create(
        &pool,
        json!({ "UserAttributes": attributes, "MessageAction": "SUPPRESS", "TemporaryPassword": "Temp0rary-pw" }),
    )
    .await
    .expect_ok();
    assert_eq!(pool.attribute("ana", "email_verified").await, "true");
    app.sign_in(&pool, ANA, "Temp0rary-pw").await.expect_challenge("NEW_PASSWORD_REQUIRED");
}

#[cognate_test]
async fn up_32_an_invitation_waits_while_who_sends_is_out_of_reach(app: App) {
    let pool = app.pool().await;
    app.post().then(outbound::testing::Answer::Unreachable("down".to_owned()));
    let by_mail = json!({ "UserAttributes": pool.attributes(&[("email", ANA)]), "DesiredDeliveryMediums": ["EMAIL"] });
    create(&pool, by_mail).await.expect_ok();
}

#[cognate_test]
async fn nobody_is_given_a_sub_or_identities(app: App) {
    let pool = app.pool().await;
    for name in ["sub", "identities"] {
        let given = json!({ "UserAttributes": [{ "Name": name, "Value": "x" }], "MessageAction": "SUPPRESS" });
        create(&pool, given).await.expect_code("InvalidParameterException");
    }
}

/// The words of an invitation by SMS: the name and the password in them.
fn texted(app: &App, number: &str) -> (String, String) {
    let text = app.texts_to(number).pop().expect("an invitation").text;
    let rest = text.strip_prefix("Your username is ").expect("the default text");
    let (name, password) = rest.split_once(" and temporary password is ").expect("the default text");
    (name.to_owned(), password.strip_suffix(". ").expect("the default text").to_owned())
}

#[cognate_test]
async fn sm_24_an_invitation_holds_name_and_password_is_renewed_and_is_suppressed_by_sms_and_by_mail(app: App) {
    const PHONE: &str = "+15550100199";
    let pool = app.pool().verifying_phone().await;
    let ask = |more: Value| {
        let attributes = pool.attributes(&[("email", ANA), ("phone_number", PHONE)]);
        create(
            &pool,
            json!({ "UserAttributes": attributes, "DesiredDeliveryMediums": more["by"], "MessageAction": more["do"] }),
        )
    };
    ask(json!({ "by": [], "do": "SUPPRESS" })).await.expect_ok();
    assert!(app.post().attempts().is_empty(), "SUPPRESS sends nothing");
    // No medium named: SMS where there is a number.
    ask(json!({ "do": "RESEND" })).await.expect_ok();
    let (name, first) = texted(&app, PHONE);
    assert_eq!((name.as_str(), app.mails_to(ANA).len()), ("ana", 0));
    ask(json!({ "by": ["SMS", "EMAIL"], "do": "RESEND" })).await.expect_ok();
    let (_, second) = texted(&app, PHONE);
    assert_ne!(first, second);
    assert_eq!(invited_with(&app), second, "both ways bring the same password");
    assert!(app.mails_to(ANA)[0].text.contains("Your username is ana "));
    app.sign_in(&pool, "ana", &first).await.expect_code("NotAuthorizedException");
    app.sign_in(&pool, "ana", &second).await.expect_challenge("NEW_PASSWORD_REQUIRED");
}

#[cognate_test]
async fn a_pool_without_sms_configuration_invites_nobody_by_sms(app: App) {
    let pool = app.pool().await;
    let attributes = pool.attributes(&[("email", ANA), ("phone_number", "+15550100199")]);
    let body = json!({ "UserAttributes": attributes, "DesiredDeliveryMediums": ["SMS"] });
    let text = "User pool does not have SMS configuration to send messages.";
    create(&pool, body).await.expect_fault("InvalidParameterException", text);
    pool.person("ana").await.expect_code("UserNotFoundException");
    // Where no medium is named, the way that is there is taken.
    let body = json!({ "UserAttributes": attributes, "DesiredDeliveryMediums": null });
    create(&pool, body).await.expect_ok();
    assert_eq!((app.post().texts().len(), app.mails_to(ANA).len()), (0, 1));
}
