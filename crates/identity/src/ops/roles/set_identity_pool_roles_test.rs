use testkit::prelude::*;
use testkit::{ACCOUNT, IdentityPool};

const REFUSED: &str = "InvalidParameterException";
const FACEBOOK: &str = "graph.facebook.com";

fn role(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:role/{name}")
}

async fn pool(app: &App) -> IdentityPool {
    app.identity_pool().without_roles().set("SupportedLoginProviders", json!({ FACEBOOK: "7346241598935555" })).await
}

async fn set(pool: &IdentityPool, roles: Value, mappings: Value) -> Answer {
    pool.admin("SetIdentityPoolRoles", json!({ "Roles": roles, "RoleMappings": mappings })).await
}

async fn shown(pool: &IdentityPool) -> Value {
    pool.admin("GetIdentityPoolRoles", json!({})).await.expect_ok()
}

fn rules(rules: Value) -> Value {
    json!({ "Type": "Rules", "AmbiguousRoleResolution": "Deny", "RulesConfiguration": { "Rules": rules } })
}

fn names_no_roles(key: &str) -> String {
    format!("Tokens of {key} name no roles: only those of user pools of this server and of SAML providers do.")
}

#[cognate_test]
async fn roles_and_mappings_are_shown_as_they_were_set_and_replaced_wholly(app: App) {
    let pool = pool(&app).await;
    assert_eq!(shown(&pool).await, json!({ "IdentityPoolId": pool.id }), "nothing is set yet");
    let (people, guests) = (role("people"), role("a/b/guests"));
    let both = json!({ "authenticated": people, "unauthenticated": guests });
    let rule = |kind: &str| json!({ "Claim": "cognito:groups", "MatchType": kind, "Value": "käse", "RoleARN": people });
    let mapping = rules(json!([rule("NotEqual"), rule("StartsWith"), rule("Contains"), rule("Equals")]));
    let answer = set(&pool, both.clone(), json!({ FACEBOOK: mapping })).await;
    answer.expect_done();
    assert_eq!(answer.text(), "");
    let expected = json!({ "IdentityPoolId": pool.id, "Roles": both, "RoleMappings": { FACEBOOK: mapping } });
    assert_eq!(shown(&pool).await, expected);

    let one = json!({ "authenticated": people });
    pool.admin("SetIdentityPoolRoles", json!({ "Roles": one })).await.expect_done();
    assert_eq!(shown(&pool).await, json!({ "IdentityPoolId": pool.id, "Roles": one }), "mappings left out are gone");
    pool.admin("SetIdentityPoolRoles", json!({ "Roles": {} })).await.expect_done();
    assert_eq!(shown(&pool).await, json!({ "IdentityPoolId": pool.id }), "an empty map clears");
}

#[cognate_test]
async fn id_27_a_key_that_is_no_configured_provider_is_refused_in_the_services_words(app: App) {
    let people = app.pool().await;
    let aws = format!("cognito-idp.eu-west-1.amazonaws.com/{}", people.id);
    let pool = app.identity_pool().without_roles().for_client(&people, &people.client.id, false).await;
    let token = json!({ "Type": "Token", "AmbiguousRoleResolution": "AuthenticatedRole" });
    for key in [
        format!("https://{aws}:{}", people.client.id),
        format!("{aws}:another"),
        aws.clone(),
        FACEBOOK.to_owned(),
        "login.shop".to_owned(),
        format!("arn:aws:iam::{ACCOUNT}:oidc-provider/login.example"),
    ] {
        let answer = set(&pool, json!({}), json!({ &key: token })).await;
        let sentence = format!("{key} is not a valid RoleMapping ProviderName or is not a configured provider.");
        answer.expect_fault(REFUSED, &sentence);
    }
    let public = people.issuer().replace("http://", "");
    for name in [&aws, &public] {
        let key = format!("{name}:{}", people.client.id);
        set(&pool, json!({}), json!({ &key: token })).await.expect_done();
        assert_eq!(shown(&pool).await["RoleMappings"], json!({ &key: token }), "under the name it was given");
    }
    let twice =
        json!({ format!("{aws}:{}", people.client.id): token, format!("{public}:{}", people.client.id): token });
    set(&pool, json!({}), twice).await.expect_code(REFUSED);
}

#[cognate_test]
async fn providers_of_iam_are_mapped_by_their_arn(app: App) {
    let arn = app.oidc_provider("https://login.example", &["web"]).await;
    let pool = app.identity_pool().without_roles().set("OpenIdConnectProviderARNs", json!([arn])).await;
    let rule = json!({ "Claim": "sub", "MatchType": "Equals", "Value": "1", "RoleARN": role("people") });
    let by_rules = rules(json!([rule]));
    set(&pool, json!({}), json!({ &arn: by_rules })).await.expect_done();
    set(&pool, json!({}), json!({ "login.example": by_rules })).await.expect_code(REFUSED);
    // What their tokens call roles is a stranger's word.
    let token = json!({ "Type": "Token", "AmbiguousRoleResolution": "Deny" });
    set(&pool, json!({}), json!({ &arn: token })).await.expect_fault(REFUSED, &names_no_roles(&arn));
}

#[cognate_test]
async fn tokens_of_a_user_pool_elsewhere_name_no_roles_and_rules_may_look_at_them(app: App) {
    let name = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Elsewhe9e";
    let theirs = json!([{ "ProviderName": name, "ClientId": "theirs" }]);
    let pool = app.identity_pool().without_roles().set("CognitoIdentityProviders", theirs).await;
    let key = format!("{name}:theirs");
    let rule = json!({ "Claim": "sub", "MatchType": "Equals", "Value": "1", "RoleARN": role("people") });
    set(&pool, json!({}), json!({ &key: rules(json!([rule])) })).await.expect_done();
    let token = json!({ "Type": "Token", "AmbiguousRoleResolution": "AuthenticatedRole" });
    set(&pool, json!({}), json!({ &key: token })).await.expect_fault(REFUSED, &names_no_roles(&key));
}

#[cognate_test]
async fn a_mapping_says_what_happens_when_no_role_is_clear_and_rules_have_rules(app: App) {
    let pool = pool(&app).await;
    let rule = json!({ "Claim": "sub", "MatchType": "Equals", "Value": "1", "RoleARN": role("people") });
    let mut unsaid = rules(json!([rule]));
    unsaid.as_object_mut().unwrap().remove("AmbiguousRoleResolution");
    let mut token = rules(json!([rule]));
    token["Type"] = "Token".into();
    let many = |n: usize| rules((0..n).map(|_| rule.clone()).collect());
    for (mapping, sentence) in [
        (unsaid, "AmbiguousRoleResolution is required for graph.facebook.com."),
        (json!({ "Type": "Token" }), "AmbiguousRoleResolution is required for graph.facebook.com."),
        (
            json!({ "Type": "Rules", "AmbiguousRoleResolution": "Deny" }),
            "RulesConfiguration is required for graph.facebook.com when Type is Rules.",
        ),
        (token, "RulesConfiguration is allowed for graph.facebook.com only when Type is Rules."),
        (many(26), "The mapping of graph.facebook.com can have at most 25 rules."),
    ] {
        set(&pool, json!({}), json!({ FACEBOOK: mapping })).await.expect_fault(REFUSED, sentence);
    }
    set(&pool, json!({}), json!({ FACEBOOK: many(25) })).await.expect_done();
    for bad in [rules(json!([])), json!({ "Type": "Dice", "AmbiguousRoleResolution": "Deny" }), many(401)] {
        set(&pool, json!({}), json!({ FACEBOOK: bad })).await.expect_code("ValidationException");
    }
}

#[cognate_test]
async fn what_is_no_arn_of_a_role_is_none(app: App) {
    let pool = pool(&app).await;
    for bad in [
        format!("arn:aws:iam::{ACCOUNT}:user/people"),
        format!("arn:aws:iam::{ACCOUNT}:role/"),
        "arn:aws:iam::role/somebody".to_owned(),
        "people-who-have-signed-in".to_owned(),
    ] {
        let sentence = format!("Invalid role ARN: {bad}");
        set(&pool, json!({ "authenticated": bad }), json!({})).await.expect_fault(REFUSED, &sentence);
        let rule = json!({ "Claim": "sub", "MatchType": "Equals", "Value": "1", "RoleARN": bad });
        set(&pool, json!({}), json!({ FACEBOOK: rules(json!([rule])) })).await.expect_fault(REFUSED, &sentence);
    }
    set(&pool, json!({ "authenticated": "short" }), json!({})).await.expect_code("ValidationException");
    set(&pool, json!({ "somebody": role("people") }), json!({})).await.expect_code("ValidationException");
    assert_eq!(shown(&pool).await, json!({ "IdentityPoolId": pool.id }));
}

#[cognate_test]
async fn whoever_sets_roles_must_be_allowed_to_pass_each_of_them(app: App) {
    let (pool, ana) = (pool(&app).await, app.iam_user("ana").await);
    let rule = json!({ "Claim": "sub", "MatchType": "Equals", "Value": "1", "RoleARN": role("rule") });
    let body = json!({
        "IdentityPoolId": pool.id, "Roles": { "authenticated": role("people") },
        "RoleMappings": { FACEBOOK: rules(json!([rule])) },
    });
    let ask =
        async || app.identity_asking("SetIdentityPoolRoles", &body).signed_by(ana.credentials.clone()).send().await;
    let sets = json!({ "Effect": "Allow", "Action": "cognito-identity:SetIdentityPoolRoles", "Resource": pool.arn() });
    let to = |service: &str| json!({ "StringEquals": { "iam:PassedToService": service } });
    let pass = |roles: Value, service| json!({ "Effect": "Allow", "Action": "iam:PassRole", "Resource": roles, "Condition": to(service) });
    let ours = "cognito-identity.amazonaws.com";
    for statements in [
        json!([sets]),
        json!([sets, pass(json!([role("people")]), ours)]),
        json!([sets, pass(json!([role("rule")]), ours)]),
        json!([sets, pass(json!("*"), "cognito-idp.amazonaws.com")]),
    ] {
        ana.may(statements).await;
        let answer = ask().await;
        answer.expect_code("AccessDeniedException");
        assert!(answer.sentence().contains("perform: iam:PassRole on resource: "), "{answer:?}");
    }
    ana.may(json!([sets, pass(json!([role("people"), role("rule")]), ours)])).await;
    ask().await.expect_done();
}
