use testkit::ACCOUNT;
use testkit::prelude::*;

fn arn(pool: &Pool) -> String {
    format!("arn:aws:cognito-idp:eu-west-1:{ACCOUNT}:userpool/{}", pool.id)
}

async fn tag(app: &App, arn: &str, tags: Value) -> Answer {
    app.call("TagResource", json!({ "ResourceArn": arn, "Tags": tags })).await
}

async fn tags(app: &App, arn: &str) -> Value {
    app.call("ListTagsForResource", json!({ "ResourceArn": arn })).await.expect_ok()["Tags"].clone()
}

#[cognate_test]
async fn up_47_tags_are_put_over_others_listed_and_taken_off(app: App) {
    let pool = app.pool().set("UserPoolTags", json!({ "stage": "test" })).await;
    let arn = arn(&pool);
    assert_eq!(tags(&app, &arn).await, json!({ "stage": "test" }));
    let answer = tag(&app, &arn, json!({ "stage": "live", "Stage": "other", "team": "" })).await;
    answer.expect_ok();
    assert_eq!(answer.text(), "{}");
    let all = json!({ "stage": "live", "Stage": "other", "team": "" });
    assert_eq!(tags(&app, &arn).await, all);
    let described = pool.admin("DescribeUserPool", json!({})).await.expect_ok();
    assert_eq!(described["UserPool"]["UserPoolTags"], all);
    let untag = json!({ "ResourceArn": arn, "TagKeys": ["stage", "nobody's"] });
    assert_eq!(app.call("UntagResource", untag).await.text(), "{}");
    assert_eq!(tags(&app, &arn).await, json!({ "Stage": "other", "team": "" }));
    app.call("UntagResource", json!({ "ResourceArn": arn, "TagKeys": ["Stage", "team"] })).await.expect_ok();
    assert_eq!(tags(&app, &arn).await, json!({}));
}

// SM-38 too.
#[cognate_test]
async fn up_47_a_pool_has_at_most_fifty_tags_of_the_lengths_and_characters_there_are(app: App) {
    let pool = app.pool().await;
    let arn = arn(&pool);
    let many = |from: usize, to: usize| {
        json!((from..to).map(|n| (format!("k{n}"), json!("v"))).collect::<serde_json::Map<_, _>>())
    };
    tag(&app, &arn, many(0, 49)).await.expect_ok();
    tag(&app, &arn, json!({ "k".repeat(128): "v".repeat(256) })).await.expect_ok();
    tag(&app, &arn, many(0, 49)).await.expect_ok();
    assert_eq!(tags(&app, &arn).await.as_object().map(serde_json::Map::len), Some(50));
    let one_more = tag(&app, &arn, json!({ "one more": "v" })).await;
    one_more.expect_fault("InvalidParameterException", "A user pool can have at most 50 tags.");
    app.call("UntagResource", json!({ "ResourceArn": arn, "TagKeys": ["k0"] })).await.expect_ok();
    let before = tags(&app, &arn).await;
    for (more, told) in [
        (json!({ "k".repeat(129): "v" }), "Member must have length less than or equal to 128"),
        (json!({ "k1": "v".repeat(257) }), "Member must have length less than or equal to 256"),
        (json!({ "": "v" }), "Member must have length greater than or equal to 1"),
        (json!({ "aws:k": "v" }), "must not start with aws:"),
        (json!({ "k1": "*" }), "must not contain"),
    ] {
        let answer = tag(&app, &arn, more).await;
        answer.expect_code("InvalidParameterException");
        assert!(answer.sentence().contains(told), "{answer:?}");
    }
    assert_eq!(tags(&app, &arn).await, before, "nothing changed");
}

#[cognate_test]
async fn up_47_of_64_who_tag_one_pool_at_once_no_tag_is_lost(app: App) {
    let pool = app.pool().await;
    let arn = arn(&pool);
    let answers = race(64, |n| {
        let (app, arn) = (app.clone(), arn.clone());
        async move {
            loop {
                let answer = tag(&app, &arn, json!({ format!("k{n}"): "v" })).await;
                if answer.code() != "TooManyRequestsException" {
                    return answer.code();
                }
            }
        }
    })
    .await;
    let taken = answers.iter().filter(|code| code.is_empty()).count();
    assert_eq!((taken, tags(&app, &arn).await.as_object().map(serde_json::Map::len)), (50, Some(50)), "{answers:?}");
}

// ST-26: what an ARN names must be a pool of this account and region.
#[cognate_test]
async fn st_26_only_a_pool_of_this_account_and_region_is_tagged(app: App) {
    let pool = app.pool().await;
    let own = arn(&pool);
    let gone = own.replace(&pool.id, "eu-west-1_Nowhere01");
    for (arn, code) in [
        (gone.as_str(), "ResourceNotFoundException"),
        (&own.replace(ACCOUNT, "999999999999"), "ResourceNotFoundException"),
        (&own.replace(":eu-west-1:", ":us-east-1:"), "ResourceNotFoundException"),
        (&own.replace("cognito-idp", "cognito-identity"), "InvalidParameterException"),
        (&own.replace("userpool", "pool"), "InvalidParameterException"),
        ("arn:aws:iam::123456789012:user/ana", "InvalidParameterException"),
    ] {
        for (op, more) in [
            ("TagResource", json!({ "Tags": { "k": "v" } })),
            ("UntagResource", json!({ "TagKeys": ["k"] })),
            ("ListTagsForResource", json!({})),
        ] {
            let mut body = more;
            body["ResourceArn"] = json!(arn);
            app.call(op, body).await.expect_code(code);
        }
    }
    assert_eq!(tags(&app, &own).await, json!({}));
}

#[cognate_test]
async fn sm_38_conditions_on_tags_decide_who_may_tag(app: App) {
    let (pool, ana) = (app.pool().set("UserPoolTags", json!({ "team": "blue" })).await, app.iam_user("ana").await);
    let own = json!({ "StringEquals": { "aws:ResourceTag/team": "blue" }, "ForAllValues:StringEquals": { "aws:TagKeys": ["stage"] } });
    ana.may(json!([{ "Effect": "Allow", "Action": "cognito-idp:*", "Resource": "*", "Condition": own }])).await;
    let ask = async |op: &str, member: &str, value: Value| {
        let body = json!({ "ResourceArn": arn(&pool), member: value });
        app.asking(op, &body).signed_by(ana.credentials.clone()).send().await.code()
    };
    assert_eq!(ask("TagResource", "Tags", json!({ "stage": "live" })).await, "");
    assert_eq!(ask("TagResource", "Tags", json!({ "team": "red" })).await, "AccessDeniedException");
    assert_eq!(ask("UntagResource", "TagKeys", json!(["team"])).await, "AccessDeniedException");
    assert_eq!(ask("UntagResource", "TagKeys", json!(["stage"])).await, "");
    tag(&app, &arn(&pool), json!({ "team": "red" })).await.expect_ok();
    assert_eq!(ask("TagResource", "Tags", json!({ "stage": "live" })).await, "AccessDeniedException");
}
