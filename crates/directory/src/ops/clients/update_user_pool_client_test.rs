use testkit::prelude::*;

#[cognate_test]
async fn an_update_resets_what_it_leaves_out_and_keeps_id_and_secret(app: App) {
    let pool = app.pool().with_user("ana", testkit::PASSWORD).await;
    let client = pool.client(json!({ "GenerateSecret": true, "RefreshTokenValidity": 5 })).await;
    pool.sign_in_through(&client, "ana", testkit::PASSWORD).await.expect_tokens();
    pool.admin("UpdateUserPoolClient", json!({ "ClientId": client.id, "ClientName": "renamed" })).await.expect_ok();
    let described = pool.admin("DescribeUserPoolClient", json!({ "ClientId": client.id })).await.expect_ok();
    let settings = &described["UserPoolClient"];
    assert_eq!(settings["ClientName"], "renamed");
    assert_eq!(settings["RefreshTokenValidity"], 30);
    assert_eq!(settings["ClientSecret"].as_str(), client.secret.as_ref().map(|s| s.reveal().as_str()));
    // The flows went back to their defaults with everything else, at once.
    let answer = pool.sign_in_through(&client, "ana", testkit::PASSWORD).await;
    answer.expect_fault("InvalidParameterException", "USER_PASSWORD_AUTH flow not enabled for this client");
    pool.srp_sign_in_through(&client, "ana", testkit::PASSWORD).await.expect_tokens();
}

#[cognate_test]
async fn a_client_of_another_pool_is_not_found(app: App) {
    let (pool, other) = (app.pool().await, app.pool().await);
    let gone = format!("User pool client {} does not exist.", other.client.id);
    for op in ["UpdateUserPoolClient", "DescribeUserPoolClient", "DeleteUserPoolClient"] {
        let answer = pool.admin(op, json!({ "ClientId": other.client.id })).await;
        answer.expect_fault("ResourceNotFoundException", &gone);
    }
    other.admin("DescribeUserPoolClient", json!({ "ClientId": other.client.id })).await.expect_ok();
}

/// UP-27, every clause: what a new client may not have, an update does not give it either.
#[cognate_test]
async fn up_27_what_contradicts_itself_is_refused_at_creation_and_at_update_and_changes_nothing(app: App) {
    let pool = app.pool().await;
    let secs = json!({ "AccessToken": "seconds", "IdToken": "seconds", "RefreshToken": "seconds" });
    let many: Vec<String> = (0..101).map(|n| format!("https://app.example/{n}")).collect();
    let (ip, flow) = ("InvalidParameterException", "InvalidOAuthFlowException");
    let cases = [
        (ip, json!({ "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ADMIN_NO_SRP_AUTH"] })),
        (ip, json!({ "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "CUSTOM_AUTH_FLOW_ONLY"] })),
        (ip, json!({ "ExplicitAuthFlows": ["ALLOW_EVERYTHING"] })),
        (flow, json!({ "AllowedOAuthFlows": ["client_credentials", "code"] })),
        (flow, json!({ "AllowedOAuthFlows": ["client_credentials", "implicit"] })),
        (flow, json!({ "AllowedOAuthFlows": ["client_credentials"] })),
        ("ScopeDoesNotExistException", json!({ "AllowedOAuthScopes": ["solar/read"] })),
        (ip, json!({ "SupportedIdentityProviders": ["Nowhere"] })),
        (ip, json!({ "CallbackURLs": ["http://app.example/cb"] })),
        (ip, json!({ "CallbackURLs": ["app.example/cb"] })),
        (ip, json!({ "CallbackURLs": ["https://app.example/cb#x"] })),
        (ip, json!({ "CallbackURLs": many })),
        (ip, json!({ "LogoutURLs": ["http://app.example/out"] })),
        (ip, json!({ "CallbackURLs": ["https://app.example/a"], "DefaultRedirectURI": "https://app.example/b" })),
        (ip, json!({ "AccessTokenValidity": 299, "TokenValidityUnits": secs })),
        (ip, json!({ "AccessTokenValidity": 25 })),
        (ip, json!({ "IdTokenValidity": 4, "TokenValidityUnits": { "IdToken": "minutes" } })),
        (ip, json!({ "IdTokenValidity": 2, "TokenValidityUnits": { "IdToken": "days" } })),
        (ip, json!({ "RefreshTokenValidity": 59, "TokenValidityUnits": { "RefreshToken": "minutes" } })),
        (ip, json!({ "RefreshTokenValidity": 3651 })),
        (
            ip,
            json!({ "RefreshTokenValidity": 2, "AccessTokenValidity": 3, "TokenValidityUnits": { "RefreshToken": "hours" } }),
        ),
        (ip, json!({ "AuthSessionValidity": 2 })),
        (ip, json!({ "AuthSessionValidity": 16 })),
        (ip, json!({ "EnablePropagateAdditionalUserContextData": true })),
        (ip, json!({ "ReadAttributes": ["custom:nowhere"] })),
        (ip, json!({ "WriteAttributes": ["custom:nowhere"] })),
        (ip, json!({ "RefreshTokenRotation": { "Feature": "SOMETIMES" } })),
        (ip, json!({ "RefreshTokenRotation": { "Feature": "ENABLED", "RetryGracePeriodSeconds": 61 } })),
    ];
    let shown =
        || async { pool.admin("DescribeUserPoolClient", json!({ "ClientId": pool.client.id })).await.expect_ok() };
    let before = shown().await;
    for (code, settings) in cases {
        let mut body = settings;
        body["ClientName"] = "c".into();
        let answer = pool.admin("CreateUserPoolClient", body.clone()).await;
        assert_eq!(answer.code(), code, "{body} was answered {answer:?}");
        body["ClientId"] = pool.client.id.as_str().into();
        let answer = pool.admin("UpdateUserPoolClient", body.clone()).await;
        assert_eq!(answer.code(), code, "{body} was answered {answer:?}");
    }
    assert_eq!(shown().await, before);
    // The edges themselves are fine.
    for settings in [
        json!({ "AccessTokenValidity": 300, "IdTokenValidity": 86_400, "RefreshTokenValidity": 315_360_000, "TokenValidityUnits": secs }),
        json!({ "AccessTokenValidity": 24, "IdTokenValidity": 5, "TokenValidityUnits": { "IdToken": "minutes" } }),
        json!({ "RefreshTokenValidity": 3650, "AuthSessionValidity": 15 }),
        json!({ "RefreshTokenValidity": 60, "TokenValidityUnits": { "RefreshToken": "minutes" }, "AuthSessionValidity": 3 }),
        json!({ "AllowedOAuthFlows": ["code", "implicit"], "CallbackURLs": ["http://[::1]:3000/", "myapp://cb"] }),
        json!({ "RefreshTokenRotation": { "Feature": "ENABLED", "RetryGracePeriodSeconds": 60 } }),
    ] {
        let mut body = settings;
        body["ClientId"] = pool.client.id.as_str().into();
        let answer = pool.admin("UpdateUserPoolClient", body.clone()).await;
        assert!(answer.is_ok(), "{body} was answered {answer:?}");
    }
}
