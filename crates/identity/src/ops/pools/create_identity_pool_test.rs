use testkit::ACCOUNT;
use testkit::prelude::*;

const REFUSED: &str = "InvalidParameterException";

async fn create(app: &App, members: Value) -> Answer {
    let mut body = json!({ "IdentityPoolName": "shop", "AllowUnauthenticatedIdentities": false });
    for (name, value) in members.as_object().unwrap() {
        body[name] = value.clone();
    }
    app.identity("CreateIdentityPool", body).await
}

async fn described(app: &App, id: &Value) -> Value {
    app.identity("DescribeIdentityPool", json!({ "IdentityPoolId": id })).await.expect_ok()
}

#[cognate_test]
async fn id_01_a_pool_is_described_as_it_was_made(app: App) {
    let people = app.pool().await;
    let oidc = app.oidc_provider("https://login.example/tenant", &["web"]).await;
    let given = json!({
        "AllowUnauthenticatedIdentities": true,
        "AllowClassicFlow": true,
        "SupportedLoginProviders": { "accounts.google.com": "123.apps", "api.twitter.com": "key;secret" },
        "DeveloperProviderName": "login.shop",
        "OpenIdConnectProviderARNs": [oidc],
        "CognitoIdentityProviders": [{
            "ProviderName": format!("cognito-idp.eu-west-1.amazonaws.com/{}", people.id),
            "ClientId": people.client.id,
            "ServerSideTokenCheck": true,
        }],
        "IdentityPoolTags": { "team": "blue", "empty": "" },
    });
    let made = create(&app, given.clone()).await.expect_ok();
    let id = made["IdentityPoolId"].as_str().unwrap();
    let (region, uuid) = id.split_once(':').unwrap();
    assert_eq!(region, "eu-west-1");
    assert_eq!(uuid.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
    assert!(uuid.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f' | b'-')), "{uuid}");
    let mut expected = given;
    expected["IdentityPoolId"] = id.into();
    expected["IdentityPoolName"] = "shop".into();
    assert_eq!(made, expected);
    assert_eq!(described(&app, &made["IdentityPoolId"]).await, expected);
}

#[cognate_test]
async fn a_pool_with_only_a_name_has_the_defaults_and_leaves_out_what_is_not_set(app: App) {
    let made = create(&app, json!({})).await.expect_ok();
    let expected = json!({
        "IdentityPoolId": made["IdentityPoolId"], "IdentityPoolName": "shop", "AllowUnauthenticatedIdentities": false,
        "AllowClassicFlow": false, "IdentityPoolTags": {},
    });
    assert_eq!(described(&app, &made["IdentityPoolId"]).await, expected);
    let again = create(&app, json!({})).await.expect_ok();
    assert_ne!(made["IdentityPoolId"], again["IdentityPoolId"], "names need not be unique");
}

#[cognate_test]
async fn id_02_a_name_with_an_exclamation_mark_is_refused_in_the_services_words(app: App) {
    let answer = create(&app, json!({ "IdentityPoolName": "shop!" })).await;
    let sentence = "1 validation error detected: Value 'shop!' at 'identityPoolName' failed to satisfy constraint: \
        Member must satisfy regular expression pattern: [\\w\\s+=,.@-]+";
    answer.expect_fault("ValidationException", sentence);
    let answer = app.identity("CreateIdentityPool", json!({ "IdentityPoolName": "" })).await;
    answer.expect_code("ValidationException");
    assert!(answer.sentence().starts_with("3 validation errors detected: "), "{answer:?}");
}

#[cognate_test]
async fn id_35_a_refusal_names_its_type_with_a_colon_and_any_page_may_read_it(app: App) {
    let answer = app
        .identity_asking("DescribeIdentityPool", &json!({ "IdentityPoolId": "eu-west-1:0a" }))
        .header("origin", "https://shop.example")
        .send()
        .await;
    answer.expect_fault("ResourceNotFoundException", "IdentityPool 'eu-west-1:0a' not found.");
    assert_eq!(answer.header("x-amzn-errortype"), "ResourceNotFoundException:");
    assert_eq!(answer.header("x-amzn-errormessage"), "IdentityPool 'eu-west-1:0a' not found.");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    let id: Vec<usize> = answer.header("x-amzn-requestid").split('-').map(str::len).collect();
    assert_eq!(id, [8, 4, 4, 4, 12]);
    for exposed in ["x-amzn-requestid", "x-amzn-errortype", "x-amzn-errormessage"] {
        assert!(answer.header("access-control-expose-headers").to_ascii_lowercase().contains(exposed), "{exposed}");
    }
    let asked = app.getting("/").method("OPTIONS").header("origin", "https://shop.example").send().await;
    for header in ["cache-control", "x-amz-target", "x-amz-security-token"] {
        assert!(asked.header("access-control-allow-headers").contains(header), "{header} {asked:?}");
    }
}

#[cognate_test]
async fn user_pools_of_ours_must_be_there_with_their_client_whichever_name_they_go_by(app: App) {
    let people = app.pool().await;
    let aws = format!("cognito-idp.eu-west-1.amazonaws.com/{}", people.id);
    let public = people.issuer().replace("http://", "");
    let one = |name: &str, client: &str| json!({ "CognitoIdentityProviders": [{ "ProviderName": name, "ClientId": client }] });
    for name in [&aws, &public] {
        let made = create(&app, one(name, &people.client.id)).await.expect_ok();
        let entry = json!({ "ProviderName": name, "ClientId": people.client.id, "ServerSideTokenCheck": false });
        assert_eq!(made["CognitoIdentityProviders"], json!([entry]), "shown as it was entered");
        let answer = create(&app, one(name, "nobody")).await;
        answer.expect_fault(REFUSED, &format!("Invalid Cognito Identity Provider: {name} has no client nobody."));
    }
    let host = public.split('/').next().unwrap();
    for bad in [
        format!("{host}/eu-west-1_Nowhere01"),
        format!("cognito-idp.us-east-1.amazonaws.com/{}", people.id),
        format!("https://{aws}"),
        people.id.clone(),
        "login.example/eu-west-1_abc".to_owned(),
    ] {
        let answer = create(&app, one(&bad, &people.client.id)).await;
        answer.expect_fault(REFUSED, &format!("Invalid Cognito Identity Provider: {bad} is not a user pool."));
    }
    // A user pool of another deployment is not ours to know.
    create(&app, one("cognito-idp.us-east-1.amazonaws.com/us-east-1_Zr231apJu", "7lhlkkfbfb4q5kpp90urffao"))
        .await
        .expect_ok();
    let both = json!({ "CognitoIdentityProviders": [
        { "ProviderName": aws, "ClientId": people.client.id }, { "ProviderName": public, "ClientId": people.client.id },
    ] });
    create(&app, both).await.expect_code(REFUSED);
    let bare = json!({ "CognitoIdentityProviders": [{ "ProviderName": aws }] });
    let sentence = "A Cognito identity provider needs a ProviderName and a ClientId.";
    create(&app, bare).await.expect_fault(REFUSED, sentence);
}

#[cognate_test]
async fn providers_of_iam_must_be_there(app: App) {
    let arn = app.oidc_provider("https://login.example", &["web"]).await;
    let with = |member: &str, arns: &[&str]| json!({ member: arns });
    create(&app, with("OpenIdConnectProviderARNs", &[&arn])).await.expect_ok();
    create(&app, with("OpenIdConnectProviderARNs", &[&arn, &arn])).await.expect_code(REFUSED);
    for bad in [
        format!("arn:aws:iam::{ACCOUNT}:oidc-provider/elsewhere.example"),
        "arn:aws:iam::999999999999:oidc-provider/login.example".to_owned(),
        format!("arn:aws:iam::{ACCOUNT}:oidc-provider/\0\0\0"),
        "login.example/which/is/no/arn".to_owned(),
    ] {
        let answer = create(&app, with("OpenIdConnectProviderARNs", &[&bad])).await;
        answer.expect_fault(REFUSED, &format!("Invalid OpenIdConnect Provider ARN: {bad}"));
        create(&app, with("SamlProviderARNs", &[&bad]))
            .await
            .expect_fault(REFUSED, &format!("Invalid SAML Provider ARN: {bad}"));
    }
}

#[cognate_test]
async fn login_providers_have_known_names_and_app_ids_of_their_form(app: App) {
    let with = |name: &str, id: &str| json!({ "SupportedLoginProviders": { name: id } });
    for name in ["graph.facebook.com", "accounts.google.com", "www.amazon.com", "appleid.apple.com"] {
        create(&app, with(name, "7346241598935555")).await.expect_ok();
        create(&app, with(name, "a;b"))
            .await
            .expect_fault(REFUSED, &format!("The app id given for {name} is not valid."));
    }
    create(&app, with("www.digits.com", "key;secret")).await.expect_ok();
    let answer = create(&app, with("login.example", "web")).await;
    answer.expect_fault(REFUSED, "login.example is not a supported login provider.");
    let eleven: Value = (0..11).map(|n| (format!("p{n}"), json!("a"))).collect::<serde_json::Map<_, _>>().into();
    create(&app, json!({ "SupportedLoginProviders": eleven })).await.expect_code("ValidationException");
}

#[cognate_test]
async fn a_developer_provider_is_no_public_one(app: App) {
    let arn = app.oidc_provider("https://login.example", &["web"]).await;
    for name in ["accounts.google.com", "cognito-identity.amazonaws.com", "login.example"] {
        let members = json!({ "DeveloperProviderName": name, "OpenIdConnectProviderARNs": [arn] });
        let sentence = format!("{name} is the name of a public provider and cannot name a developer provider.");
        create(&app, members).await.expect_fault(REFUSED, &sentence);
    }
    create(&app, json!({ "DeveloperProviderName": "login/shop" })).await.expect_code("ValidationException");
}

#[cognate_test]
async fn fifty_user_pools_fit_and_no_more(app: App) {
    let many = |n: usize| -> Value {
        let one = |n| json!({ "ProviderName": "cognito-idp.us-east-1.amazonaws.com/us-east-1_Zr231apJu", "ClientId": format!("c{n}") });
        (0..n).map(one).collect()
    };
    create(&app, json!({ "CognitoIdentityProviders": many(50) })).await.expect_ok();
    let answer = create(&app, json!({ "CognitoIdentityProviders": many(51) })).await;
    answer.expect_fault("LimitExceededException", "An identity pool can have at most 50 Cognito identity providers.");
}
