use testkit::prelude::*;

const REFUSED: &str = "InvalidParameterException";

async fn tag(app: &App, arn: &str, tags: Value) -> Answer {
    app.identity("TagResource", json!({ "ResourceArn": arn, "Tags": tags })).await
}

async fn listed(app: &App, arn: &str) -> Value {
    app.identity("ListTagsForResource", json!({ "ResourceArn": arn })).await.expect_ok()["Tags"].clone()
}

#[cognate_test]
async fn id_36_tags_go_round_and_are_described(app: App) {
    let pool = app.identity_pool().without_roles().set("IdentityPoolTags", json!({ "team": "blue" })).await;
    let arn = pool.arn();
    assert_eq!(listed(&app, &arn).await, json!({ "team": "blue" }));
    let answer = tag(&app, &arn, json!({ "team": "red", "Team": "", "ü": "ä=b" })).await;
    assert_eq!(answer.expect_ok(), json!({}));
    let all = json!({ "Team": "", "team": "red", "ü": "ä=b" });
    assert_eq!(listed(&app, &arn).await, all, "keys differ by case");
    assert_eq!(pool.admin("DescribeIdentityPool", json!({})).await.expect_ok()["IdentityPoolTags"], all);
    let keys = json!({ "ResourceArn": arn, "TagKeys": ["team", "ü", "nobody"] });
    assert_eq!(app.identity("UntagResource", keys).await.expect_ok(), json!({}));
    assert_eq!(listed(&app, &arn).await, json!({ "Team": "" }));
}

#[cognate_test]
async fn id_36_the_51st_tag_is_refused_however_it_comes(app: App) {
    let many =
        |n: usize| -> Value { (0..n).map(|n| (format!("k{n}"), json!("v"))).collect::<serde_json::Map<_, _>>().into() };
    let pool = app.identity_pool().without_roles().set("IdentityPoolTags", many(50)).await;
    let sentence = "An identity pool can have at most 50 tags.";
    tag(&app, &pool.arn(), json!({ "more": "" })).await.expect_fault(REFUSED, sentence);
    tag(&app, &pool.arn(), json!({ "k7": "new" })).await.expect_ok();
    assert_eq!(listed(&app, &pool.arn()).await["k7"], "new", "one that is there is no further one");
    let body =
        json!({ "IdentityPoolName": "shop", "AllowUnauthenticatedIdentities": false, "IdentityPoolTags": many(51) });
    app.identity("CreateIdentityPool", body).await.expect_fault(REFUSED, sentence);
    let reserved = "The tag key aws:x begins with aws:, which is reserved for the service's own use.";
    tag(&app, &pool.arn(), json!({ "aws:x": "" })).await.expect_fault(REFUSED, reserved);
    for bad in [json!({ "": "v" }), json!({ "k".repeat(129): "v" }), json!({ "k": "v".repeat(257) })] {
        tag(&app, &pool.arn(), bad).await.expect_code("ValidationException");
    }
}

#[cognate_test]
async fn an_arn_names_a_pool_of_this_account_and_region(app: App) {
    let pool = app.identity_pool().without_roles().await;
    let arn = pool.arn();
    let gone = format!("IdentityPool '{}' not found.", pool.id);
    for elsewhere in [arn.replace(":123456789012:", ":999999999999:"), arn.replacen(":eu-west-1:", ":us-east-1:", 1)] {
        tag(&app, &elsewhere, json!({})).await.expect_fault("ResourceNotFoundException", &gone);
    }
    let nobody = arn.replace(&pool.id, "eu-west-1:0a");
    tag(&app, &nobody, json!({}))
        .await
        .expect_fault("ResourceNotFoundException", "IdentityPool 'eu-west-1:0a' not found.");
    for bad in [
        arn.replace("identitypool", "userpool"),
        arn.replace("cognito-identity", "cognito-idp"),
        format!("{arn}/identity/x"),
        "not-an-arn-but-long-enough".to_owned(),
    ] {
        tag(&app, &bad, json!({})).await.expect_fault(REFUSED, &format!("Invalid ARN: {bad}"));
    }
    tag(&app, "short", json!({})).await.expect_code("ValidationException");
}

#[cognate_test]
async fn a_pools_tags_and_those_a_request_sets_decide_about_it(app: App) {
    let blue = app.identity_pool().without_roles().set("IdentityPoolTags", json!({ "team": "blue" })).await;
    let red = app.identity_pool().without_roles().set("IdentityPoolTags", json!({ "team": "red" })).await;
    let ana = app.iam_user("ana").await;
    let own = json!({ "StringEquals": { "aws:ResourceTag/team": "blue" } });
    let set = json!({ "ForAllValues:StringEquals": { "aws:TagKeys": ["stage"] } });
    ana.may(json!([
        { "Effect": "Allow", "Action": ["cognito-identity:Describe*", "cognito-identity:List*"], "Resource": "*", "Condition": own },
        { "Effect": "Allow", "Action": "cognito-identity:TagResource", "Resource": blue.arn(), "Condition": set },
    ]))
    .await;
    let ask =
        async |op: &str, body: Value| app.identity_asking(op, &body).signed_by(ana.credentials.clone()).send().await;
    for (pool, may) in [(&blue, true), (&red, false)] {
        let answers = [
            ask("DescribeIdentityPool", json!({ "IdentityPoolId": pool.id })).await,
            ask("ListTagsForResource", json!({ "ResourceArn": pool.arn() })).await,
        ];
        for answer in answers {
            if may { drop(answer.expect_ok()) } else { answer.expect_code("AccessDeniedException") }
        }
    }
    let tags = |tags: Value| json!({ "ResourceArn": blue.arn(), "Tags": tags });
    ask("TagResource", tags(json!({ "stage": "x" }))).await.expect_ok();
    ask("TagResource", tags(json!({ "team": "red" }))).await.expect_code("AccessDeniedException");
}
