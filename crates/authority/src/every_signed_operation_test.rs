//! Every signed operation that is served is decided by policies, by its own action and its own resource. Operations added
//! later enter the walk by themselves.

use contract::authorisation::{Authorisation, Resource};
use contract::{Auth, OperationMeta, Service};
use testkit::prelude::*;
use testkit::{ACCOUNT, Answer, Principal, form, least};

fn served() -> impl Iterator<Item = &'static OperationMeta> {
    let directory = directory::SERVED.iter().map(|served| served.meta);
    let access = access::SERVED_IAM.iter().chain(access::SERVED_STS).map(|served| served.meta);
    let identity = identity::SERVED.iter().map(|served| served.meta);
    let all = directory.chain(access).chain(identity);
    all.filter(|meta| meta.auth == Auth::Signed)
}

/// The ARN that policies are asked about, worked out here once more from the documentation's forms.
fn arn(resource: Resource, request: &Value) -> String {
    let said = |member: &str| request[member].as_str().unwrap_or_default().to_owned();
    let iam = |kind: &str, name: String| format!("arn:aws:iam::{ACCOUNT}:{kind}/{name}");
    let here = |service: &str, rest: String| format!("arn:aws:{service}:eu-west-1:{ACCOUNT}:{rest}");
    match resource {
        Resource::Unasked | Resource::Any => "*".to_owned(),
        Resource::Arn(member) | Resource::Trusting(member) => said(member),
        Resource::UserPool(member) | Resource::UserPoolOfClient(member) => {
            here("cognito-idp", format!("userpool/{}", said(member)))
        }
        Resource::IdentityPool(member) => here("cognito-identity", format!("identitypool/{}", said(member))),
        Resource::Identity(pool, id) => {
            here("cognito-sync", format!("identitypool/{}/identity/{}", said(pool), said(id)))
        }
        Resource::Dataset(pool, id, name) => {
            let place = format!("identitypool/{}/identity/{}/dataset/{}", said(pool), said(id), said(name));
            here("cognito-sync", place)
        }
        Resource::User(member) if request[member].is_null() => iam("user", "walker".to_owned()),
        Resource::User(member) => iam("user", said(member)),
        Resource::Group(member) => iam("group", said(member)),
        Resource::Role(member) => iam("role", said(member)),
        Resource::New(kind, name, _) => iam(kind, said(name).replace("https://", "")),
        Resource::FederatedUser(member) => format!("arn:aws:sts::{ACCOUNT}:federated-user/{}", said(member)),
    }
}

fn table(meta: &OperationMeta) -> Option<&'static Authorisation> {
    meta.service.meta().authorisation(meta.name)
}

struct Walk {
    app: App,
    pool: String,
    walker: Principal,
}

impl Walk {
    fn request(&self, meta: &'static OperationMeta) -> Value {
        let mut request = least(meta.input);
        if request["UserPoolId"].is_string() {
            request["UserPoolId"] = json!(self.pool);
        }
        // Any ARN will do: what it names need not be there to be decided about.
        if let Some(Resource::Arn(member)) = table(meta).map(|asked| asked.resource) {
            request[member] = json!(format!("arn:aws:{}::{ACCOUNT}:thing/of-theirs", meta.service.meta().name));
        }
        // Roles that are passed on are asked about beside the operation: here none is.
        for path in table(meta).map(|asked| asked.passes).unwrap_or_default() {
            let (member, _) = path.split_once('.').unwrap_or((path, ""));
            if request[member].is_object() {
                request[member] = json!({});
            }
        }
        request
    }

    async fn ask(&self, meta: &'static OperationMeta, request: &Value) -> Answer {
        let asking = match meta.service {
            Service::Iam | Service::Sts => {
                let parameters = form(meta.input, request);
                let parameters: Vec<(&str, &str)> = parameters.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
                self.app.asking_query(meta.service, meta.name, &parameters)
            }
            Service::CognitoIdentity => self.app.identity_asking(meta.name, request),
            _ => self.app.asking(meta.name, request),
        };
        asking.signed_by(self.walker.credentials.clone()).send().await
    }
}

/// The sentence of a denial; nothing when the answer is another.
fn denial(answer: &Answer) -> Option<String> {
    if answer.header("content-type").starts_with("text/xml") {
        let denied = answer.error() == "AccessDenied";
        return denied.then(|| answer.xml().at("Error.Message")[0].text.clone());
    }
    (answer.code() == "AccessDeniedException").then(|| answer.sentence())
}

#[cognate_test]
async fn cr_32_every_signed_operation_is_decided_by_its_own_action_and_resource(app: App) {
    let (pool, walker) = (app.pool().await.id.clone(), app.iam_user("walker").await);
    let walk = Walk { app, pool, walker };
    let mut walked = 0;
    for meta in served() {
        let asked = table(meta).expect("every signed operation is in the table");
        // A role that is trusted with more is asked about beside the operation (`assume_role_test.rs`).
        if matches!(asked.resource, Resource::Unasked | Resource::Trusting(_)) {
            continue;
        }
        let request = walk.request(meta);
        let (action, arn) = (asked.action, arn(asked.resource, &request));
        let allow = json!({ "Effect": "Allow", "Action": action, "Resource": arn });
        let elsewhere = json!({ "Effect": "Allow", "Action": action, "Resource": "arn:aws:cognito-idp:eu-west-1:999999999999:userpool/x" });
        let other = json!({ "Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::nothing" });
        let deny = json!({ "Effect": "Deny", "Action": action, "Resource": arn });
        let who = format!("User: {} is not authorized to perform: {action} on resource: {arn}", walk.walker.arn);
        for statements in [json!([other]), json!([elsewhere]), json!([elsewhere, other])] {
            walk.walker.may(statements).await;
            let answer = walk.ask(meta, &request).await;
            let told = format!("{who} because no identity-based policy allows the {action} action");
            assert_eq!(denial(&answer), Some(told), "{answer:?}");
        }
        walk.walker.may(json!([{ "Effect": "Allow", "Action": "*", "Resource": "*" }, deny])).await;
        let answer = walk.ask(meta, &request).await;
        let told = format!("{who} with an explicit deny in an identity-based policy");
        assert_eq!(denial(&answer), Some(told), "{answer:?}");
        walk.walker.may(json!([allow])).await;
        let answer = walk.ask(meta, &request).await;
        assert_eq!(denial(&answer), None, "{answer:?}");
        walked += 1;
    }
    assert!(walked > 140, "{walked} operations were walked");
}

#[cognate_test]
async fn cr_14_a_boundary_narrows_and_its_absence_of_a_word_is_a_no(app: App) {
    let (pool, ana) = (app.pool().await, app.iam_user("ana").await);
    let ask = async || {
        app.asking("DescribeUserPool", &json!({ "UserPoolId": pool.id }))
            .signed_by(ana.credentials.clone())
            .send()
            .await
    };
    ana.may(json!([{ "Effect": "Allow", "Action": "*", "Resource": "*" }])).await;
    ask().await.expect_ok();
    ana.change(|user| model::IamUser {
        boundary: Some("arn:aws:iam::aws:policy/AmazonCognitoReadOnly".into()),
        ..user
    })
    .await;
    ask().await.expect_ok();
    ana.change(|user| model::IamUser { boundary: Some("arn:aws:iam::123456789012:policy/gone".into()), ..user }).await;
    let answer = ask().await;
    assert!(
        answer.sentence().ends_with("because no permissions boundary allows the cognito-idp:DescribeUserPool action"),
        "{answer:?}"
    );
}

#[cognate_test]
async fn sm_38_tags_of_the_pool_and_of_the_caller_decide(app: App) {
    let blue =
        app.call("CreateUserPool", json!({ "PoolName": "blue", "UserPoolTags": { "team": "blue" } })).await.expect_ok();
    let red =
        app.call("CreateUserPool", json!({ "PoolName": "red", "UserPoolTags": { "team": "red" } })).await.expect_ok();
    let ana = app.iam_user("ana").await;
    ana.change(|user| model::IamUser { tags: vec![("team".into(), "blue".into())], ..user }).await;
    let same = json!({ "StringEquals": { "aws:ResourceTag/team": "${aws:PrincipalTag/team}" } });
    ana.may(json!([{ "Effect": "Allow", "Action": "cognito-idp:*", "Resource": "*", "Condition": same }])).await;
    let ask = async |pool: &Value| {
        let body = json!({ "UserPoolId": pool["UserPool"]["Id"] });
        app.asking("DescribeUserPool", &body).signed_by(ana.credentials.clone()).send().await
    };
    ask(&blue).await.expect_ok();
    ask(&red).await.expect_code("AccessDeniedException");
    // A star in the caller's own tag is a star and no wildcard (CR-18).
    ana.change(|user| model::IamUser { tags: vec![("team".into(), "*".into())], ..user }).await;
    let like = json!({ "StringLike": { "aws:ResourceTag/team": "${aws:PrincipalTag/team}" } });
    ana.may(json!([{ "Effect": "Allow", "Action": "cognito-idp:*", "Resource": "*", "Condition": like }])).await;
    ask(&blue).await.expect_code("AccessDeniedException");
}

#[cognate_test]
async fn sm_38_tags_set_by_a_request_are_judged_before_they_are_set(app: App) {
    let ana = app.iam_user("ana").await;
    let only = json!({ "StringEquals": { "aws:RequestTag/team": "blue" }, "ForAllValues:StringEquals": { "aws:TagKeys": ["team"] } });
    ana.may(json!([{ "Effect": "Allow", "Action": "cognito-idp:CreateUserPool", "Resource": "*", "Condition": only }]))
        .await;
    let ask = async |tags: Value| {
        let body = json!({ "PoolName": "p", "UserPoolTags": tags });
        app.asking("CreateUserPool", &body).signed_by(ana.credentials.clone()).send().await
    };
    ask(json!({ "team": "blue" })).await.expect_ok();
    ask(json!({ "team": "red" })).await.expect_code("AccessDeniedException");
    ask(json!({ "team": "blue", "more": "x" })).await.expect_code("AccessDeniedException");
    ask(json!({})).await.expect_code("AccessDeniedException");
}

#[cognate_test]
async fn whoever_hands_a_role_on_must_be_allowed_to_pass_it(app: App) {
    let (pool, ana) = (app.pool().await, app.iam_user("ana").await);
    let role = "arn:aws:iam::123456789012:role/admins";
    let body = json!({ "UserPoolId": pool.id, "GroupName": "g", "RoleArn": role });
    let ask = async || app.asking("CreateGroup", &body).signed_by(ana.credentials.clone()).send().await;
    let groups = json!({ "Effect": "Allow", "Action": "cognito-idp:*", "Resource": "*" });
    ana.may(json!([groups])).await;
    let answer = ask().await;
    assert!(answer.sentence().contains(&format!("perform: iam:PassRole on resource: {role}")), "{answer:?}");
    let to = |service: &str| json!({ "StringEquals": { "iam:PassedToService": service } });
    let pass =
        |service| json!({ "Effect": "Allow", "Action": "iam:PassRole", "Resource": role, "Condition": to(service) });
    ana.may(json!([groups, pass("lambda.amazonaws.com")])).await;
    ask().await.expect_code("AccessDeniedException");
    ana.may(json!([groups, pass("cognito-idp.amazonaws.com")])).await;
    ask().await.expect_ok();
}

#[cognate_test]
async fn a_policy_that_cannot_be_read_lets_nobody_pass(app: App) {
    let (pool, ana) = (app.pool().await, app.iam_user("ana").await);
    ana.may(json!([{ "Effect": "Perhaps", "Action": "*", "Resource": "*" }])).await;
    let body = json!({ "UserPoolId": pool.id });
    let answer = app.asking("DescribeUserPool", &body).signed_by(ana.credentials.clone()).send().await;
    answer.expect_code("InternalErrorException");
}
