use testkit::prelude::*;
use testkit::{ACCOUNT, IdentityPool};

const REFUSED: &str = "InvalidParameterException";

async fn set(pool: &IdentityPool, provider: &str, mut members: Value) -> Answer {
    members["IdentityProviderName"] = provider.into();
    pool.admin("SetPrincipalTagAttributeMap", members).await
}

async fn shown(pool: &IdentityPool, provider: &str) -> Value {
    pool.admin("GetPrincipalTagAttributeMap", json!({ "IdentityProviderName": provider })).await.expect_ok()
}

fn expected(pool: &IdentityPool, provider: &str, defaults: bool, tags: Value) -> Value {
    json!({ "IdentityPoolId": pool.id, "IdentityProviderName": provider, "UseDefaults": defaults, "PrincipalTags": tags })
}

#[cognate_test]
async fn id_29_a_map_is_shown_as_it_was_set_by_every_name_of_its_provider(app: App) {
    let people = app.pool().await;
    let pool = app.identity_pool().without_roles().for_people_of(&people).await;
    let aws = format!("cognito-idp.eu-west-1.amazonaws.com/{}", people.id);
    let public = people.issuer().replace("http://", "");
    for name in [&aws, &public] {
        assert_eq!(shown(&pool, name).await, expected(&pool, name, false, json!({})), "nothing is set yet");
    }
    let tags = json!({ "department": "custom:department", "team": "cognito:username" });
    let answer = set(&pool, &public, json!({ "PrincipalTags": tags })).await.expect_ok();
    assert_eq!(answer, expected(&pool, &public, false, tags.clone()));
    for name in [&aws, &public] {
        assert_eq!(shown(&pool, name).await, expected(&pool, name, false, tags.clone()));
    }
    set(&pool, &aws, json!({ "PrincipalTags": { "a": "b" } })).await.expect_ok();
    assert_eq!(shown(&pool, &public).await["PrincipalTags"], json!({ "a": "b" }), "one map, replaced");
    let answer = set(&pool, &aws, json!({ "UseDefaults": true, "PrincipalTags": tags })).await.expect_ok();
    assert_eq!(answer, expected(&pool, &aws, true, json!({})), "the provider's own map takes the other's place");
    assert_eq!(shown(&pool, &aws).await, answer);
    set(&pool, &aws, json!({})).await.expect_ok();
    assert_eq!(shown(&pool, &aws).await, expected(&pool, &aws, false, json!({})));
}

#[cognate_test]
async fn providers_have_maps_of_their_own_and_oidc_ones_answer_to_arn_and_issuer(app: App) {
    let arn = app.oidc_provider("https://login.example/tenant", &["web"]).await;
    let pool = app
        .identity_pool()
        .without_roles()
        .developed_by("login.shop")
        .set("OpenIdConnectProviderARNs", json!([arn]))
        .set("SupportedLoginProviders", json!({ "graph.facebook.com": "7346241598935555" }))
        .await;
    set(&pool, &arn, json!({ "PrincipalTags": { "team": "team" } })).await.expect_ok();
    set(&pool, "graph.facebook.com", json!({ "UseDefaults": true })).await.expect_ok();
    assert_eq!(shown(&pool, "login.example/tenant").await["PrincipalTags"], json!({ "team": "team" }));
    assert_eq!(shown(&pool, "graph.facebook.com").await["UseDefaults"], true);
    for nobody in [
        "accounts.google.com".to_owned(),
        "login.shop".to_owned(),
        "https://login.example/tenant".to_owned(),
        format!("arn:aws:iam::{ACCOUNT}:oidc-provider/other.example"),
    ] {
        let sentence = format!("{nobody} is not a configured provider of this identity pool.");
        set(&pool, &nobody, json!({ "UseDefaults": true })).await.expect_fault(REFUSED, &sentence);
        assert_eq!(shown(&pool, &nobody).await, expected(&pool, &nobody, false, json!({})));
    }
}

#[cognate_test]
async fn fifty_tags_fit_in_a_map_and_the_services_own_do_not(app: App) {
    let social = json!({ "graph.facebook.com": "7346241598935555" });
    let pool = app.identity_pool().without_roles().set("SupportedLoginProviders", social).await;
    let many = |n: usize| -> Value {
        (0..n).map(|n| (format!("k{n}"), json!("claim"))).collect::<serde_json::Map<_, _>>().into()
    };
    set(&pool, "graph.facebook.com", json!({ "PrincipalTags": many(50) })).await.expect_ok();
    let answer = set(&pool, "graph.facebook.com", json!({ "PrincipalTags": many(51) })).await;
    answer.expect_code("ValidationException");
    let sentence = "The tag key AWS:x begins with aws:, which is reserved for the service's own use.";
    set(&pool, "graph.facebook.com", json!({ "PrincipalTags": { "AWS:x": "sub" } }))
        .await
        .expect_fault(REFUSED, sentence);
    let (long, wide) = ("x".repeat(257), "k".repeat(129));
    for (key, claim) in [("", "sub"), ("k", ""), ("k", long.as_str()), (wide.as_str(), "sub")] {
        let answer = set(&pool, "graph.facebook.com", json!({ "PrincipalTags": { key: claim } })).await;
        answer.expect_code("ValidationException");
    }
    assert_eq!(shown(&pool, "graph.facebook.com").await["PrincipalTags"].as_object().unwrap().len(), 50);
}
