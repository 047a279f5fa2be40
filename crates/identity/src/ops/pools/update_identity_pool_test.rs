use testkit::prelude::*;

const REFUSED: &str = "InvalidParameterException";

async fn update(app: &App, id: &Value, members: Value) -> Answer {
    let mut body = json!({ "IdentityPoolId": id, "IdentityPoolName": "shop", "AllowUnauthenticatedIdentities": false });
    for (name, value) in members.as_object().unwrap() {
        body[name] = value.clone();
    }
    app.identity("UpdateIdentityPool", body).await
}

async fn full(app: &App) -> Value {
    let arn = app.oidc_provider("https://login.example", &["web"]).await;
    let body = json!({
        "IdentityPoolName": "shop",
        "AllowUnauthenticatedIdentities": true,
        "AllowClassicFlow": true,
        "SupportedLoginProviders": { "graph.facebook.com": "7346241598935555" },
        "DeveloperProviderName": "login.shop",
        "OpenIdConnectProviderARNs": [arn],
        "CognitoIdentityProviders": [{
            "ProviderName": "cognito-idp.us-east-1.amazonaws.com/us-east-1_Zr231apJu", "ClientId": "web",
        }],
        "IdentityPoolTags": { "team": "blue" },
    });
    app.identity("CreateIdentityPool", body).await.expect_ok()["IdentityPoolId"].clone()
}

#[cognate_test]
async fn id_03_what_is_left_out_returns_to_its_default_but_the_developer_provider_and_the_tags(app: App) {
    let id = full(&app).await;
    let updated = update(&app, &id, json!({ "IdentityPoolName": "other" })).await.expect_ok();
    let expected = json!({
        "IdentityPoolId": id, "IdentityPoolName": "other", "AllowUnauthenticatedIdentities": false,
        "AllowClassicFlow": false, "DeveloperProviderName": "login.shop", "IdentityPoolTags": { "team": "blue" },
    });
    assert_eq!(updated, expected);
    let shown = app.identity("DescribeIdentityPool", json!({ "IdentityPoolId": id })).await.expect_ok();
    assert_eq!(shown, expected);
}

#[cognate_test]
async fn id_03_a_developer_provider_once_set_stays(app: App) {
    let bare = json!({ "IdentityPoolName": "shop", "AllowUnauthenticatedIdentities": false });
    let id = app.identity("CreateIdentityPool", bare).await.expect_ok()["IdentityPoolId"].clone();
    let set = update(&app, &id, json!({ "DeveloperProviderName": "login.shop" })).await.expect_ok();
    assert_eq!(set["DeveloperProviderName"], "login.shop", "one that has none may get one");
    update(&app, &id, json!({ "DeveloperProviderName": "login.shop" })).await.expect_ok();
    let changed = update(&app, &id, json!({ "IdentityPoolName": "new", "DeveloperProviderName": "login.other" })).await;
    changed.expect_fault(REFUSED, "DeveloperProviderName cannot be changed once it is set.");
    let shown = app.identity("DescribeIdentityPool", json!({ "IdentityPoolId": id })).await.expect_ok();
    assert_eq!((&shown["DeveloperProviderName"], &shown["IdentityPoolName"]), (&json!("login.shop"), &json!("shop")));
    let arn = app.oidc_provider("https://login.shop", &["web"]).await;
    let beside = update(&app, &id, json!({ "OpenIdConnectProviderARNs": [arn] })).await;
    beside.expect_code(REFUSED);
}

#[cognate_test]
async fn an_update_keeps_roles_and_tag_maps_and_replaces_tags_that_it_names(app: App) {
    let pool =
        app.identity_pool().set("SupportedLoginProviders", json!({ "graph.facebook.com": "7346241598935555" })).await;
    let map = json!({ "IdentityProviderName": "graph.facebook.com", "PrincipalTags": { "team": "department" } });
    pool.admin("SetPrincipalTagAttributeMap", map).await.expect_ok();
    let roles = pool.admin("GetIdentityPoolRoles", json!({})).await.expect_ok();
    let members = json!({
        "SupportedLoginProviders": { "graph.facebook.com": "7346241598935555" }, "IdentityPoolTags": { "a": "b" },
    });
    let updated = update(&app, &json!(pool.id), members).await.expect_ok();
    assert_eq!(updated["IdentityPoolTags"], json!({ "a": "b" }));
    assert_eq!(pool.admin("GetIdentityPoolRoles", json!({})).await.expect_ok(), roles);
    let asked = json!({ "IdentityProviderName": "graph.facebook.com" });
    let kept = pool.admin("GetPrincipalTagAttributeMap", asked).await.expect_ok();
    assert_eq!(kept["PrincipalTags"], json!({ "team": "department" }));
}

#[cognate_test]
async fn an_update_names_what_is_there_or_changes_nothing(app: App) {
    let id = full(&app).await;
    let before = app.identity("DescribeIdentityPool", json!({ "IdentityPoolId": id })).await.expect_ok();
    for (bad, code) in [
        (json!({ "OpenIdConnectProviderARNs": ["arn:aws:iam::123456789012:oidc-provider/nobody"] }), REFUSED),
        (json!({ "SupportedLoginProviders": { "login.example": "web" } }), REFUSED),
        (json!({ "IdentityPoolName": "a!" }), "ValidationException"),
        (json!({ "IdentityPoolTags": { "aws:team": "blue" } }), REFUSED),
    ] {
        update(&app, &id, bad).await.expect_code(code);
    }
    let after = app.identity("DescribeIdentityPool", json!({ "IdentityPoolId": id })).await.expect_ok();
    assert_eq!(before, after);
    let nowhere = update(&app, &json!("eu-west-1:0a"), json!({})).await;
    nowhere.expect_fault("ResourceNotFoundException", "IdentityPool 'eu-west-1:0a' not found.");
}

#[cognate_test]
async fn of_64_who_tag_and_update_at_once_nobody_loses_a_change(app: App) {
    let pool = app.identity_pool().without_roles().await;
    let answers = race(64, |number| {
        let pool = pool.clone();
        async move {
            if number % 2 == 0 {
                let body = json!({ "ResourceArn": pool.arn(), "Tags": { format!("k{number}"): "v" } });
                pool.app().identity_insisting("TagResource", body).await
            } else {
                let body = json!({ "IdentityPoolId": pool.id, "IdentityPoolName": format!("n{number}"), "AllowUnauthenticatedIdentities": true });
                pool.app().identity_insisting("UpdateIdentityPool", body).await
            }
        }
    })
    .await;
    assert!(answers.iter().all(Answer::is_ok), "{answers:?}");
    let shown = pool.admin("DescribeIdentityPool", json!({})).await.expect_ok();
    assert_eq!(shown["IdentityPoolTags"].as_object().unwrap().len(), 32, "every tag is there");
    assert_eq!(shown["AllowUnauthenticatedIdentities"], true);
}
