//! What a pool may let people begin with, and when it may ask for a second factor (user-pools.md 6.2).

use testkit::prelude::*;

const IP: &str = "InvalidParameterException";

fn beginning_with(factors: Value) -> Value {
    json!({ "SignInPolicy": { "AllowedFirstAuthFactors": factors } })
}

async fn refused_everywhere(app: &App, settings: Value, sentence: &str) {
    let mut body = settings.clone();
    body["PoolName"] = "people".into();
    app.call("CreateUserPool", body).await.expect_fault(IP, sentence);
    let pool = app.pool().await;
    pool.admin("UpdateUserPool", settings).await.expect_fault(IP, sentence);
}

#[cognate_test]
async fn up_13_a_required_second_factor_needs_somebody_who_sends_texts(app: App) {
    for mode in ["ON", "OPTIONAL"] {
        let sentence =
            "SMS configuration and Auto verification for phone_number are required when MFA is required/optional";
        refused_everywhere(&app, json!({ "MfaConfiguration": mode }), sentence).await;
    }
}

#[cognate_test]
async fn up_14_a_password_is_always_among_the_first_factors_and_a_time_code_never(app: App) {
    for factors in [json!(["EMAIL_OTP"]), json!(["WEB_AUTHN", "SMS_OTP"])] {
        let settings = json!({ "Policies": beginning_with(factors) });
        refused_everywhere(&app, settings, "AllowedFirstAuthFactors must contain PASSWORD.").await;
    }
    let sentence = "SOFTWARE_TOKEN is not supported as a first authentication factor.";
    for factors in [json!(["SOFTWARE_TOKEN"]), json!(["PASSWORD", "SOFTWARE_TOKEN"])] {
        refused_everywhere(&app, json!({ "Policies": beginning_with(factors) }), sentence).await;
    }
}

#[cognate_test]
async fn up_14_nothing_but_the_password_begins_where_a_second_factor_is_required(app: App) {
    for other in ["EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"] {
        let settings = json!({ "Policies": beginning_with(json!(["PASSWORD", other])), "MfaConfiguration": "ON",
            "SmsConfiguration": { "SnsCallerArn": "arn:aws:iam::123456789012:role/texts" } });
        let sentence = "AllowedFirstAuthFactors can only contain PASSWORD while MfaConfiguration is ON.";
        refused_everywhere(&app, settings, sentence).await;
    }
}
