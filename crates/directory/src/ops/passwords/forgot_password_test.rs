use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;
const ANA: &str = "ana@example.com";
const PHONE: &str = "+15550100199";
const NO_CONTACT: &str = "Cannot reset password for the user as there is no registered/verified email or phone_number";
const LIMIT: &str = "Attempt limit exceeded, please try after some time.";

async fn forgot(pool: &Pool, name: &str) -> Answer {
    pool.public("ForgotPassword", json!({ "Username": name })).await
}

async fn confirm(pool: &Pool, name: &str, code: &str, password: &str) -> Answer {
    let body = json!({ "Username": name, "ConfirmationCode": code, "Password": password });
    pool.public("ConfirmForgotPassword", body).await
}

/// Somebody confirmed, with what an administrator says about them.
async fn somebody(pool: &Pool, name: &str, attributes: &[(&str, &str)]) {
    let body = json!({ "Username": name, "MessageAction": "SUPPRESS", "UserAttributes": pool.attributes(attributes) });
    pool.admin("AdminCreateUser", body).await.expect_ok();
    let body = json!({ "Username": name, "Password": PW, "Permanent": true });
    pool.admin("AdminSetUserPassword", body).await.expect_ok();
}

const VERIFIED: [(&str, &str); 2] = [("email", ANA), ("email_verified", "true")];

async fn ana(app: &App) -> Pool {
    let pool = app.pool().await;
    somebody(&pool, "ana", &VERIFIED).await;
    pool
}

#[cognate_test]
async fn a_code_goes_to_the_verified_address_and_sets_a_new_password(app: App) {
    let pool = ana(&app).await;
    let sent = forgot(&pool, "ana").await.expect_ok();
    let details = json!({ "Destination": "a***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email" });
    assert_eq!(sent, json!({ "CodeDeliveryDetails": details }));
    // Asking for a code changes nothing yet.
    app.sign_in(&pool, "ana", PW).await.expect_tokens();
    confirm(&pool, "ana", &app.code_for(ANA), "Brand-new-1").await.expect_ok();
    app.sign_in(&pool, "ana", "Brand-new-1").await.expect_tokens();
    app.sign_in(&pool, "ana", PW).await.expect_code("NotAuthorizedException");
}

#[cognate_test]
async fn a_second_code_takes_the_place_of_the_first(app: App) {
    let pool = ana(&app).await;
    forgot(&pool, "ana").await.expect_ok();
    let first = app.code_for(ANA);
    forgot(&pool, "ana").await.expect_ok();
    let second = app.code_for(ANA);
    assert_ne!(first, second, "the seed of this test draws two different codes");
    confirm(&pool, "ana", &first, "Brand-new-1").await.expect_code("CodeMismatchException");
    confirm(&pool, "ana", &second, "Brand-new-1").await.expect_ok();
}

/// UP-39, but for the channel of the second factor.
#[cognate_test]
async fn up_39_the_destination_follows_the_priorities(app: App) {
    let both = [("email", ANA), ("email_verified", "true"), ("phone_number", PHONE), ("phone_number_verified", "true")];
    let option = |name: &str, priority: i64| json!({ "Name": name, "Priority": priority });
    let cases = [
        (Value::Null, &both[..], "SMS"),
        (Value::Null, &both[..2], "EMAIL"),
        (json!([option("verified_email", 1), option("verified_phone_number", 2)]), &both[..], "EMAIL"),
        (json!([option("verified_email", 2), option("verified_phone_number", 1)]), &both[..], "SMS"),
        (json!([option("verified_email", 2), option("verified_phone_number", 1)]), &both[..2], "EMAIL"),
        (json!([option("verified_email", 1)]), &both[..], "EMAIL"),
        (json!([option("verified_email", 1)]), &both[2..], ""),
        (Value::Null, &both[..1], ""),
        (Value::Null, &[][..], ""),
    ];
    for (mechanisms, attributes, medium) in cases {
        let mut building = app.pool();
        if !mechanisms.is_null() {
            building = building.set("AccountRecoverySetting", json!({ "RecoveryMechanisms": mechanisms }));
        }
        let pool = building.await;
        somebody(&pool, "ana", attributes).await;
        let answer = forgot(&pool, "ana").await;
        if medium.is_empty() {
            answer.expect_fault("InvalidParameterException", NO_CONTACT);
        } else {
            let details = &answer.expect_ok()["CodeDeliveryDetails"];
            let attribute = if medium == "SMS" { "phone_number" } else { "email" };
            assert_eq!((&details["DeliveryMedium"], &details["AttributeName"]), (&json!(medium), &json!(attribute)));
        }
    }
}

#[cognate_test]
async fn up_39_where_only_administrators_recover_everybody_is_sent_to_them(app: App) {
    let setting = json!({ "RecoveryMechanisms": [{ "Name": "admin_only", "Priority": 1 }] });
    for (round, masking) in ["LEGACY", "ENABLED"].into_iter().enumerate() {
        let building = app.pool().set("AccountRecoverySetting", setting.clone());
        let pool = building.client_set("PreventUserExistenceErrors", json!(masking)).await;
        somebody(&pool, "ana", &VERIFIED).await;
        for name in ["ana", "nobody"] {
            let answer = forgot(&pool, name).await;
            answer.expect_fault("NotAuthorizedException", "Contact administrator to reset password.");
        }
        assert_eq!(app.mails_to(ANA).len(), round, "no code was sent");
        // The administrator can: the code then is good.
        pool.admin("AdminResetUserPassword", json!({ "Username": "ana" })).await.expect_ok();
        app.post().wait_delivered(round + 1).await;
        confirm(&pool, "ana", &app.code_for(ANA), "Brand-new-1").await.expect_ok();
    }
}

#[cognate_test]
async fn who_waits_for_the_first_sign_in_or_came_from_elsewhere_resets_nothing(app: App) {
    let pool = app.pool().await;
    let body = json!({ "Username": "new", "TemporaryPassword": "Temp0rary-pw", "MessageAction": "SUPPRESS",
        "UserAttributes": pool.attributes(&VERIFIED) });
    pool.admin("AdminCreateUser", body).await.expect_ok();
    somebody(&pool, "foreign", &[("email", "f@example.com"), ("email_verified", "true")]).await;
    let sub = pool.attribute("foreign", "sub").await.as_str().unwrap().to_owned();
    let foreign: fn(model::User, kernel::Time) -> model::User =
        |user, _| model::User { status: model::UserStatus::ExternalProvider, ..user };
    app.change_person(&pool.id, &sub, foreign).await;
    for name in ["new", "foreign"] {
        let answer = forgot(&pool, name).await;
        answer.expect_fault("NotAuthorizedException", "User password cannot be reset in the current state.");
    }
    assert!(app.post().mails().is_empty());
}

#[cognate_test]
async fn somebody_unconfirmed_with_a_verified_address_is_confirmed_by_the_reset(app: App) {
    let pool = ana(&app).await;
    let sub = pool.attribute("ana", "sub").await.as_str().unwrap().to_owned();
    let unconfirmed: fn(model::User, kernel::Time) -> model::User =
        |user, _| model::User { status: model::UserStatus::Unconfirmed, ..user };
    app.change_person(&pool.id, &sub, unconfirmed).await;
    forgot(&pool, "ana").await.expect_ok();
    confirm(&pool, "ana", &app.code_for(ANA), "Brand-new-1").await.expect_ok();
    assert_eq!(pool.person("ana").await.expect_ok()["UserStatus"], "CONFIRMED");
}

/// SM-25: both calls of a recovery share twenty an hour, whoever the name stands for.
#[cognate_test]
async fn sm_25_the_twenty_first_call_of_an_hour_is_refused(app: App) {
    let pool = app.pool().masked().await;
    somebody(&pool, "ana", &VERIFIED).await;
    for name in ["ana", "nobody"] {
        for call in 1..=20 {
            if call == 10 {
                assert!(!confirm(&pool, name, "000000", "Brand-new-1").await.is_ok());
            } else {
                forgot(&pool, name).await.expect_ok();
            }
        }
        forgot(&pool, name).await.expect_fault("LimitExceededException", LIMIT);
        confirm(&pool, name, "000000", "Brand-new-1").await.expect_fault("LimitExceededException", LIMIT);
    }
    app.post().wait_delivered(19).await;
    assert_eq!(app.mails_to(ANA).len(), 19, "nothing is sent beyond the limit");
    app.advance(Duration::from_secs(3600));
    for name in ["ana", "nobody"] {
        forgot(&pool, name).await.expect_ok();
    }
}

#[cognate_test]
async fn au_32_openly_everybody_is_told_why_no_code_is_sent(app: App) {
    let pool = app.pool().await;
    somebody(&pool, "ana", &VERIFIED).await;
    somebody(&pool, "bare", &[]).await;
    let answer = forgot(&pool, "nobody").await;
    answer.expect_fault("UserNotFoundException", "Username/client id combination not found.");
    forgot(&pool, "bare").await.expect_fault("InvalidParameterException", NO_CONTACT);
    pool.admin("AdminDisableUser", json!({ "Username": "ana" })).await.expect_ok();
    forgot(&pool, "ana").await.expect_fault("NotAuthorizedException", "User is disabled.");
    assert!(app.post().mails().is_empty());
}

#[cognate_test]
async fn au_32_masked_a_code_seems_to_be_sent_to_everybody(app: App) {
    let pool = app.pool().masked().await;
    somebody(&pool, "ana", &VERIFIED).await;
    somebody(&pool, "bare", &[]).await;
    somebody(&pool, "off", &[("email", "off@example.com"), ("email_verified", "true")]).await;
    pool.admin("AdminDisableUser", json!({ "Username": "off" })).await.expect_ok();
    pool.invited("new", "Temp0rary-pw").await.expect_ok();
    let real = forgot(&pool, "ana").await.expect_ok();
    app.post().wait_delivered(1).await;
    for name in ["nobody", "bare", "off", "new"] {
        let (first, again) = (forgot(&pool, name).await, forgot(&pool, name).await);
        assert_eq!(first.text(), again.text(), "stable for a name");
        let details = first.expect_ok()["CodeDeliveryDetails"].clone();
        for member in ["DeliveryMedium", "AttributeName"] {
            assert_eq!(details[member], real["CodeDeliveryDetails"][member]);
        }
        let (shown, like) = (&details["Destination"], &real["CodeDeliveryDetails"]["Destination"]);
        assert_eq!(shown.as_str().unwrap().len(), like.as_str().unwrap().len(), "{details}");
    }
    assert_eq!(app.post().mails().len(), 1, "nothing is sent to those who cannot be helped");
    let other = app.pool().masked().await;
    let shown = |answer: Answer| answer.expect_ok()["CodeDeliveryDetails"]["Destination"].clone();
    let (mut here, mut there) = (Vec::new(), Vec::new());
    for name in ["eve", "mallory", "trudy", "oscar"] {
        here.push(shown(forgot(&pool, name).await));
        there.push(shown(forgot(&other, name).await));
    }
    assert_ne!(here, there, "each pool makes up its own");
}

/// Whoever the name stands for, the commit stores one letter: of those that somebody gets the rows stay until their codes
/// have ended, and the others are gone at once.
#[cognate_test]
async fn st_11_whoever_the_name_stands_for_a_letter_is_stored(app: App) {
    let pool = app.pool().masked().await;
    for name in ["ana", "bare", "off"] {
        let address = format!("{name}@example.com");
        let verified = if name == "bare" { "false" } else { "true" };
        somebody(&pool, name, &[("email", &address), ("email_verified", verified)]).await;
    }
    pool.admin("AdminDisableUser", json!({ "Username": "off" })).await.expect_ok();
    for name in ["ana", "nobody", "bare", "off"] {
        let mut stored = 0;
        for _ in 0..5 {
            let before = app.settled_outbox().await;
            forgot(&pool, name).await.expect_ok();
            stored = stored.max(app.outbox_rows().await - before);
        }
        assert_eq!(stored, 1, "{name}");
    }
    assert_eq!(app.settled_outbox().await, 5, "those that somebody gets");
    assert_eq!(app.post().attempts().len(), 5, "nobody's were never tried");
    // A made-up code is nobody's: who never had one is told so, and who has one keeps it.
    confirm(&pool, "bare", "000000", "Brand-new-1").await.expect_code("ExpiredCodeException");
    pool.admin("AdminEnableUser", json!({ "Username": "off" })).await.expect_ok();
    forgot(&pool, "off").await.expect_ok();
    app.post().wait_delivered(6).await;
    pool.admin("AdminDisableUser", json!({ "Username": "off" })).await.expect_ok();
    forgot(&pool, "off").await.expect_ok();
    pool.admin("AdminEnableUser", json!({ "Username": "off" })).await.expect_ok();
    confirm(&pool, "off", &app.code_for("off@example.com"), "Brand-new-1").await.expect_ok();
}

/// AU-32: where addresses are names, a made-up destination is that of the name, as it would be for somebody real.
#[cognate_test]
async fn au_32_where_addresses_are_names_known_and_unknown_are_the_same_bytes(app: App) {
    let pool = app.pool().masked().named_by_email().await;
    somebody(&pool, ANA, &VERIFIED).await;
    let (known, unknown) = (forgot(&pool, "ana@example.com").await, forgot(&pool, "axa@example.com").await);
    known.expect_ok();
    assert_eq!(known.text(), unknown.text());
}

#[cognate_test]
async fn the_secret_hash_may_be_over_any_name_of_the_person(app: App) {
    let pool = app.pool().client_set("GenerateSecret", json!(true)).set("AliasAttributes", json!(["email"])).await;
    somebody(&pool, "ana", &VERIFIED).await;
    let ask = |hash: Option<String>| {
        let mut body = json!({ "ClientId": pool.client.id, "Username": ANA });
        if let Some(hash) = hash {
            body["SecretHash"] = hash.into();
        }
        app.call("ForgotPassword", body)
    };
    let sub = pool.attribute("ana", "sub").await.as_str().unwrap().to_owned();
    for name in [ANA, "ana", &sub] {
        ask(pool.client.hash(name)).await.expect_ok();
    }
    let missing = format!("Client {} is configured with secret but SECRET_HASH was not received", pool.client.id);
    ask(None).await.expect_fault("NotAuthorizedException", &missing);
    let wrong = format!("Unable to verify secret hash for client {}", pool.client.id);
    ask(pool.client.hash("bob")).await.expect_fault("NotAuthorizedException", &wrong);
    ask(Some("x".to_owned())).await.expect_fault("NotAuthorizedException", &wrong);
}
