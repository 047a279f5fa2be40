use testkit::prelude::*;

const IP: &str = "InvalidParameterException";
const OFF_WITH_METHOD: &str = "Invalid MFA configuration given, can't turn off MFA and configure an MFA together.";

async fn set(pool: &Pool, body: Value) -> Answer {
    pool.admin("SetUserPoolMfaConfig", body).await
}

async fn shown(pool: &Pool) -> Value {
    pool.admin("GetUserPoolMfaConfig", json!({})).await.expect_ok()
}

fn texts() -> Value {
    json!({ "SmsAuthenticationMessage": "Your code is {####}.",
        "SmsConfiguration": { "SnsCallerArn": "arn:aws:iam::123456789012:role/texts", "ExternalId": "x" } })
}

#[cognate_test]
async fn a_new_pool_asks_for_no_second_factor(app: App) {
    let pool = app.pool().await;
    assert_eq!(shown(&pool).await, json!({ "MfaConfiguration": "OFF" }));
}

#[cognate_test]
async fn what_promises_nothing_is_stored_shown_and_left_alone_by_other_calls(app: App) {
    let pool = app.pool().await;
    let passkeys = json!({ "RelyingPartyId": "auth.example.com", "UserVerification": "required",
        "FactorConfiguration": "SINGLE_FACTOR" });
    let body = json!({ "MfaConfiguration": "OFF", "SmsMfaConfiguration": texts(),
        "SoftwareTokenMfaConfiguration": { "Enabled": false }, "WebAuthnConfiguration": passkeys });
    let answered = set(&pool, body.clone()).await.expect_ok();
    assert_eq!(answered, body);
    assert_eq!(shown(&pool).await, body);
    // Those who send texts are settings of the pool as well.
    let described = pool.admin("DescribeUserPool", json!({})).await.expect_ok()["UserPool"].clone();
    assert_eq!(described["SmsConfiguration"], texts()["SmsConfiguration"]);
    assert_eq!(described["SmsAuthenticationMessage"], texts()["SmsAuthenticationMessage"]);
    // One part alone leaves the others, and an update of the pool leaves what only this call owns.
    let parts = json!({ "WebAuthnConfiguration": { "RelyingPartyId": "localhost", "UserVerification": "preferred" } });
    set(&pool, parts.clone()).await.expect_ok();
    assert_eq!(shown(&pool).await["SmsMfaConfiguration"], texts());
    pool.admin("UpdateUserPool", json!({})).await.expect_ok();
    let expected = json!({ "MfaConfiguration": "OFF", "SoftwareTokenMfaConfiguration": { "Enabled": false },
        "WebAuthnConfiguration": parts["WebAuthnConfiguration"] });
    assert_eq!(shown(&pool).await, expected);
}

#[cognate_test]
async fn what_would_ask_for_a_second_factor_is_not_pretended(app: App) {
    let pool = app.pool().with_user("ana", testkit::PASSWORD).await;
    for mode in ["ON", "OPTIONAL"] {
        let nothing = set(&pool, json!({ "MfaConfiguration": mode })).await;
        nothing.expect_fault(IP, "Invalid MFA configuration given, at least one MFA method must be configured.");
        for method in
            [json!({ "SmsMfaConfiguration": texts() }), json!({ "SoftwareTokenMfaConfiguration": { "Enabled": true } })]
        {
            let mut body = method;
            body["MfaConfiguration"] = mode.into();
            let answer = set(&pool, body).await;
            assert_eq!((answer.status, answer.code().as_str()), (501, "NotImplementedException"), "{answer:?}");
        }
    }
    let answer = set(&pool, json!({ "SoftwareTokenMfaConfiguration": { "Enabled": true } })).await;
    assert_eq!(answer.status, 501, "{answer:?}");
    assert_eq!(shown(&pool).await, json!({ "MfaConfiguration": "OFF" }));
    pool.sign_in("ana", testkit::PASSWORD).await.expect_tokens();
}

#[cognate_test]
async fn settings_that_contradict_themselves_are_refused(app: App) {
    let pool = app.pool().await;
    for method in [
        json!({ "SoftwareTokenMfaConfiguration": { "Enabled": true } }),
        json!({ "EmailMfaConfiguration": { "Subject": "Your code" } }),
    ] {
        let mut body = method;
        body["MfaConfiguration"] = "OFF".into();
        set(&pool, body).await.expect_fault(IP, OFF_WITH_METHOD);
    }
    let mail = json!({ "EmailMfaConfiguration": { "Subject": "Your code" } });
    set(&pool, mail.clone())
        .await
        .expect_fault(IP, "EmailMfaConfiguration needs an EmailConfiguration of type DEVELOPER.");
    let own_mail = json!({ "EmailSendingAccount": "DEVELOPER", "SourceArn": "arn:aws:ses:eu-west-1:123456789012:identity/a@example.com" });
    let developer = app.pool().set("EmailConfiguration", own_mail).await;
    assert_eq!(set(&developer, mail).await.status, 501);
    for id in ["https://example.com", "example.com:443", "EXAMPLE.com", "127.0.0.1"] {
        let body = json!({ "WebAuthnConfiguration": { "RelyingPartyId": id } });
        set(&pool, body).await.expect_fault(IP, "RelyingPartyId must be a domain name.");
    }
    assert_eq!(shown(&pool).await, json!({ "MfaConfiguration": "OFF" }));
}

/// AD-7, as far as settings go: one sender, named once, here and with the pool.
#[cognate_test]
async fn ad_07_a_sender_of_texts_is_named_once(app: App) {
    let pool = app.pool().await;
    let (role, eums) =
        ("arn:aws:iam::123456789012:role/texts", json!({ "CallerArn": "arn:aws:iam::123456789012:role/t" }));
    let with = |member: &str, value: &str| {
        let mut given = eums.clone();
        given[member] = value.into();
        given
    };
    for (sms, sentence) in [
        (json!({ "SnsCallerArn": role, "EumsSms": eums }), "Provide either SnsCallerArn or EumsSms, not both."),
        (json!({ "ExternalId": "x" }), "SmsConfiguration needs SnsCallerArn or EumsSms."),
        (json!({ "SnsCallerArn": "" }), "SmsConfiguration needs SnsCallerArn or EumsSms."),
        (
            json!({ "EumsSms": eums, "SnsRegion": "eu-west-1" }),
            "SnsRegion and ExternalId of SmsConfiguration do not go with EumsSms.",
        ),
        (json!({ "EumsSms": with("Region", "us-east-1") }), "EumsSms.Region must be the Region of the user pool."),
    ] {
        set(&pool, json!({ "SmsMfaConfiguration": { "SmsConfiguration": sms } })).await.expect_fault(IP, sentence);
        pool.admin("UpdateUserPool", json!({ "SmsConfiguration": sms })).await.expect_fault(IP, sentence);
        app.call("CreateUserPool", json!({ "PoolName": "p", "SmsConfiguration": sms }))
            .await
            .expect_fault(IP, sentence);
    }
    let good = json!({ "EumsSms": with("Region", "eu-west-1") });
    set(&pool, json!({ "SmsMfaConfiguration": { "SmsConfiguration": good } })).await.expect_ok();
    assert_eq!(shown(&pool).await["SmsMfaConfiguration"]["SmsConfiguration"], good);
}
