use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;
const ANA: &str = "ana@example.com";

async fn resend(pool: &Pool, name: &str) -> Answer {
    pool.public("ResendConfirmationCode", json!({ "Username": name })).await
}

async fn confirm(pool: &Pool, name: &str, code: &str) -> Answer {
    pool.public("ConfirmSignUp", json!({ "Username": name, "ConfirmationCode": code })).await
}

#[cognate_test]
async fn a_new_code_replaces_the_older_one(app: App) {
    let pool = app.pool().verifying_email().await;
    pool.sign_up("ana", PW, &[("email", ANA)]).await.expect_ok();
    let old = app.code_for(ANA);
    let sent = resend(&pool, "ana").await.expect_ok();
    let details = json!({ "Destination": "a***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email" });
    assert_eq!(sent["CodeDeliveryDetails"], details);
    let new = app.code_for(ANA);
    assert_ne!(old, new, "the seed of this test draws two different codes");
    confirm(&pool, "ana", &old).await.expect_code("CodeMismatchException");
    confirm(&pool, "ana", &new).await.expect_ok();
}

#[cognate_test]
async fn up_30_somebody_confirmed_gets_no_code(app: App) {
    let pool = app.pool().verifying_email().with_user("ana", PW).await;
    resend(&pool, "ana").await.expect_fault("InvalidParameterException", "User is already confirmed.");
}

#[cognate_test]
async fn up_30_an_address_brings_no_code_to_who_is_confirmed_or_switched_off(app: App) {
    let pool = app.pool().verifying_email().await;
    for (name, address) in [("ana", ANA), ("bob", "bob@example.com")] {
        pool.sign_up(name, PW, &[("email", address)]).await.expect_ok();
    }
    confirm(&pool, "ana", &app.code_for(ANA)).await.expect_ok();
    pool.admin("AdminDisableUser", json!({ "Username": "bob" })).await.expect_ok();
    let sent = app.post().mails().len();
    resend(&pool, "ana").await.expect_fault("InvalidParameterException", "User is already confirmed.");
    resend(&pool, "bob").await.expect_fault("NotAuthorizedException", "User is disabled.");
    assert_eq!(app.post().mails().len(), sent, "nobody was written to");
}

#[cognate_test]
async fn where_nothing_is_verified_there_is_nothing_to_resend(app: App) {
    let pool = app.pool().await;
    pool.sign_up("ana", PW, &[("email", ANA)]).await.expect_ok();
    let text = "Cannot resend codes. Auto verification not turned on.";
    resend(&pool, "ana").await.expect_fault("InvalidParameterException", text);
}

#[cognate_test]
async fn sm_25_a_sixth_request_within_the_hour_is_refused(app: App) {
    let pool = app.pool().verifying_email().await;
    pool.sign_up("ana", PW, &[("email", ANA)]).await.expect_ok();
    for _ in 0..5 {
        resend(&pool, "ana").await.expect_ok();
    }
    let answer = resend(&pool, "ana").await;
    answer.expect_fault("LimitExceededException", "Attempt limit exceeded, please try after some time.");
    assert_eq!(app.mails_to(ANA).len(), 6);
    app.advance(Duration::from_secs(3600));
    resend(&pool, "ana").await.expect_ok();
}

#[cognate_test]
async fn st_11_whoever_the_name_stands_for_a_letter_is_stored(app: App) {
    let pool = app.pool().verifying_email().masked().with_user("carl", PW).await;
    pool.sign_up("ana", PW, &[("email", ANA)]).await.expect_ok();
    for name in ["ana", "nobody", "carl"] {
        let mut stored = 0;
        for _ in 0..5 {
            let before = app.settled_outbox().await;
            resend(&pool, name).await.expect_ok();
            stored = stored.max(app.outbox_rows().await - before);
        }
        assert_eq!(stored, 1, "{name}");
    }
    assert_eq!(app.settled_outbox().await, 6, "those that somebody gets, the first among them");
    assert_eq!(app.mails_to(ANA).len(), 6);
    assert_eq!(app.post().attempts().len(), 6, "nobody's were never tried");
}

#[cognate_test]
async fn au_32_who_does_not_exist_is_refused_openly_and_simulated_under_masking(app: App) {
    let open = app.pool().verifying_email().await;
    let text = "Username/client id combination not found.";
    resend(&open, "nobody").await.expect_fault("UserNotFoundException", text);
    let masked = app.pool().verifying_email().masked().with_user("carl", PW).await;
    let first = resend(&masked, "nobody").await.expect_ok();
    let second = resend(&masked, "nobody").await.expect_ok();
    assert_eq!(first, second, "stable for a name");
    let details = &first["CodeDeliveryDetails"];
    assert_eq!((&details["DeliveryMedium"], &details["AttributeName"]), (&json!("EMAIL"), &json!("email")));
    let shown = details["Destination"].as_str().unwrap();
    assert!(shown.len() == 9 && shown.contains("***@"), "{shown}");
    // Somebody confirmed looks like somebody who is not there.
    let confirmed = resend(&masked, "carl").await.expect_ok();
    assert_eq!(confirmed["CodeDeliveryDetails"]["DeliveryMedium"], "EMAIL");
    assert!(app.post().mails().is_empty(), "nothing is sent to nobody");
}

#[cognate_test]
async fn au_32_what_nobody_is_told_goes_where_somebody_s_code_would_go(app: App) {
    let both = app.pool().verifying_phone().masked().await;
    let phones = app.pool().verifying_phone().set("AutoVerifiedAttributes", json!(["phone_number"])).masked().await;
    for (pool, name, medium) in
        [(&both, "nobody", "SMS"), (&both, "nobody@example.com", "EMAIL"), (&phones, "nobody@example.com", "SMS")]
    {
        let answer = resend(pool, name).await.expect_ok();
        assert_eq!(answer["CodeDeliveryDetails"]["DeliveryMedium"], medium, "{name}");
    }
}
