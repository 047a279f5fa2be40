use testkit::prelude::*;

#[cognate_test]
async fn up_26_a_client_with_only_a_name_has_the_defaults(app: App) {
    let pool = app.pool().await;
    let made = pool.admin("CreateUserPoolClient", json!({ "ClientName": "web" })).await.expect_ok();
    let id = &made["UserPoolClient"]["ClientId"];
    let described = pool.admin("DescribeUserPoolClient", json!({ "ClientId": id })).await.expect_ok();
    let client = &described["UserPoolClient"];
    assert_eq!(client["ClientName"], "web");
    assert_eq!(client["UserPoolId"], pool.id);
    assert_eq!(client["RefreshTokenValidity"], 30);
    assert_eq!(client["EnableTokenRevocation"], true);
    assert_eq!(client["EnablePropagateAdditionalUserContextData"], false);
    assert_eq!(client["AuthSessionValidity"], 3);
    assert_eq!(client["AllowedOAuthFlowsUserPoolClient"], false);
    for absent in
        ["ClientSecret", "ReadAttributes", "WriteAttributes", "AccessTokenValidity", "IdTokenValidity", "CallbackURLs"]
    {
        assert!(client.get(absent).is_none(), "{absent} is {}", client[absent]);
    }
}

#[cognate_test]
async fn up_09_client_ids_and_secrets_have_the_services_form(app: App) {
    let pool = app.pool().await;
    let client = pool.client(json!({ "GenerateSecret": true })).await;
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase());
    assert!(client.id.len() == 26 && plain(&client.id), "{}", client.id);
    let secret = client.secret.unwrap().expose();
    assert!((50..=52).contains(&secret.len()) && plain(&secret));
}

#[cognate_test]
async fn a_client_may_bring_its_own_secret_but_not_have_one_drawn_beside_it(app: App) {
    let pool = app.pool().await;
    let own = "0123456789abcdefghijklmnopqrstuv";
    let client = pool.client(json!({ "ClientSecret": own })).await;
    assert!(client.secret.is_none_or(|shown| shown.reveal() == own));
    let both = json!({ "ClientName": "c", "ClientSecret": own, "GenerateSecret": true });
    pool.admin("CreateUserPoolClient", both).await.expect_code("InvalidParameterException");
}

#[cognate_test]
async fn up_27_settings_that_contradict_themselves_are_refused(app: App) {
    let pool = app.pool().await;
    let oauth = |flows: Value| json!({ "AllowedOAuthFlows": flows, "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthScopes": ["openid"], "GenerateSecret": true, "CallbackURLs": ["https://app.example/cb"] });
    let seconds = json!({ "AccessToken": "seconds", "IdToken": "seconds", "RefreshToken": "seconds" });
    for (settings, code) in [
        (json!({ "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "USER_PASSWORD_AUTH"] }), "InvalidParameterException"),
        (oauth(json!(["client_credentials", "code"])), "InvalidOAuthFlowException"),
        (json!({ "CallbackURLs": ["http://app.example/cb"] }), "InvalidParameterException"),
        (json!({ "CallbackURLs": ["https://app.example/cb#part"] }), "InvalidParameterException"),
        (json!({ "AccessTokenValidity": 299, "TokenValidityUnits": seconds }), "InvalidParameterException"),
        (json!({ "AccessTokenValidity": 86_401, "TokenValidityUnits": seconds }), "InvalidParameterException"),
        (json!({ "IdTokenValidity": 25 }), "InvalidParameterException"),
        (json!({ "RefreshTokenValidity": 3599, "TokenValidityUnits": seconds }), "InvalidParameterException"),
        (json!({ "RefreshTokenValidity": 3651 }), "InvalidParameterException"),
        (
            json!({ "AccessTokenValidity": 7200, "RefreshTokenValidity": 3600, "TokenValidityUnits": seconds }),
            "InvalidParameterException",
        ),
    ] {
        let mut body = settings;
        body["ClientName"] = "c".into();
        pool.admin("CreateUserPoolClient", body).await.expect_code(code);
    }
    for callback in ["http://localhost:3000/cb", "http://127.0.0.1/cb", "myapp://cb"] {
        let body = json!({ "ClientName": "c", "CallbackURLs": [callback] });
        pool.admin("CreateUserPoolClient", body).await.expect_ok();
    }
}

#[cognate_test]
async fn a_setting_nothing_acts_on_yet_is_refused_of_a_client_too(app: App) {
    let pool = app.pool().await;
    let kept = pool.client(json!({ "GenerateSecret": true })).await;
    for settings in [
        json!({ "AnalyticsConfiguration": { "ApplicationId": "00" } }),
        json!({ "EnablePropagateAdditionalUserContextData": true }),
    ] {
        let mut body = settings;
        body["ClientName"] = "c".into();
        body["GenerateSecret"] = true.into();
        let answer = pool.admin("CreateUserPoolClient", body.clone()).await;
        assert_eq!((answer.status, answer.code().as_str()), (501, "NotImplementedException"), "{answer:?}");
        body["ClientId"] = kept.id.clone().into();
        let answer = pool.admin("UpdateUserPoolClient", body).await;
        assert_eq!((answer.status, answer.code().as_str()), (501, "NotImplementedException"), "{answer:?}");
    }
}

/// UP-26: thirty days are the default whatever unit stands beside no number.
#[cognate_test]
async fn up_26_the_default_of_a_refresh_token_is_thirty_days_in_every_unit(app: App) {
    let pool = app.pool().await;
    for unit in ["seconds", "minutes", "hours", "days"] {
        let units = json!({ "RefreshToken": unit });
        let body = json!({ "ClientName": "web", "RefreshTokenValidity": 0, "TokenValidityUnits": units });
        let client = pool.admin("CreateUserPoolClient", body).await.expect_ok()["UserPoolClient"].clone();
        assert_eq!(client["RefreshTokenValidity"], 30);
        let shown = &client["TokenValidityUnits"]["RefreshToken"];
        assert!(shown.is_null() || shown == "days", "{client}");
    }
}
