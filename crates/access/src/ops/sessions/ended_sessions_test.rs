use crypto::sigv4::Credentials;
use kernel::Stopwatch;
use testkit::prelude::*;
use testkit::{Principal, Role, SessionsOf};

/// DESIGN, decision 3.
const EVERYWHERE_WITHIN: Duration = Duration::from_secs(2);

async fn role_for(app: &App, bob: &Principal) -> Role {
    let trust = json!([{ "Effect": "Allow", "Principal": { "AWS": bob.arn }, "Action": "sts:AssumeRole" }]);
    app.iam_role("shop", "/", trust).await
}

async fn assumed(app: &App, who: &Credentials, role: &Role) -> Credentials {
    let asked = [("RoleArn", role.arn.as_str()), ("RoleSessionName", "test")];
    app.query_by(who, Service::Sts, "AssumeRole", &asked).await.credentials()
}

async fn own(app: &App, who: &Credentials) -> Credentials {
    app.query_by(who, Service::Sts, "GetSessionToken", &[]).await.credentials()
}

/// The session is over within the time there is, on every node.
async fn over(nodes: &[&App], session: &Credentials) {
    let watch = Stopwatch::start();
    for node in nodes {
        loop {
            let answer = node.who_is(session).await;
            if answer.error() == "ExpiredToken" {
                break;
            }
            assert!(answer.is_ok() && watch.elapsed() < EVERYWHERE_WITHIN, "{answer:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

#[cognate_test]
async fn cr_29_sessions_of_a_role_or_user_are_ended_on_every_node_within_two_seconds(app: App) {
    let node = app.node().await;
    let bob = app.iam_user("bob").await;
    let role = role_for(&app, &bob).await;
    let (by_role, by_bob) = (assumed(&app, &bob.credentials, &role).await, own(&app, &bob.credentials).await);
    let vouched = [
        ("Name", "carol"),
        ("Policy", r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:*","Resource":"*"}}"#),
    ];
    bob.may(json!([{ "Effect": "Allow", "Action": "sts:*", "Resource": "*" }])).await;
    let vouched = app.query_by(&bob.credentials, Service::Sts, "GetFederationToken", &vouched).await.credentials();
    for there in [&app, &node] {
        for session in [&by_role, &by_bob, &vouched] {
            assert!(there.who_is(session).await.is_ok());
        }
    }

    app.end_sessions(SessionsOf::Role("shop".into())).await;
    // One that is taken now is good at once, also where the news has not come yet.
    let fresh = assumed(&app, &bob.credentials, &role).await;
    assert!(node.who_is(&fresh).await.is_ok());
    over(&[&app, &node], &by_role).await;
    for there in [&app, &node] {
        for session in [&fresh, &by_bob, &vouched] {
            assert!(there.who_is(session).await.is_ok(), "nobody else's ends");
        }
    }

    app.end_sessions(SessionsOf::User("bob".into())).await;
    over(&[&app, &node], &by_bob).await;
    over(&[&app, &node], &vouched).await;
    for there in [&app, &node] {
        assert!(there.who_is(&bob.credentials).await.is_ok(), "the key still signs");
        assert!(there.who_is(&fresh).await.is_ok(), "a role's sessions are the role's");
    }
    node.stop().await;
}

#[cognate_test]
async fn cr_29_no_role_is_had_by_an_ended_session_where_the_news_has_not_come_yet(app: App) {
    let node = app.node().await;
    let bob = app.iam_user("bob").await;
    bob.may(json!([{ "Effect": "Allow", "Action": "sts:*", "Resource": "*" }])).await;
    let account = json!([{ "Effect": "Allow", "Principal": { "AWS": testkit::ACCOUNT }, "Action": "sts:AssumeRole" }]);
    let shop = app.iam_role("shop", "/", account.clone()).await;
    let vault = app.iam_role("vault", "/", account).await;
    shop.may(json!([{ "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*" }])).await;
    let (by_bob, by_shop) = (own(&app, &bob.credentials).await, assumed(&app, &bob.credentials, &shop).await);
    let ask = async |who: &Credentials, role: &Role| {
        let asked = [("RoleArn", role.arn.as_str()), ("RoleSessionName", "test")];
        node.query_by(who, Service::Sts, "AssumeRole", &asked).await
    };
    // The other node has just looked at both, and knows for a second what it saw.
    for session in [&by_bob, &by_shop] {
        assert!(ask(session, &vault).await.is_ok());
    }
    let id = bob.credentials.access_key_id.clone();
    let off = [("UserName", "bob"), ("AccessKeyId", id.as_str()), ("Status", "Inactive")];
    app.query(Service::Iam, "UpdateAccessKey", &off).await.expect_ok();
    let over = "The security token included in the request is expired";
    ask(&by_bob, &vault).await.expect_error(403, "ExpiredToken", over);
    app.end_sessions(SessionsOf::Role("shop".into())).await;
    for role in [&vault, &shop] {
        ask(&by_shop, role).await.expect_error(403, "ExpiredToken", over);
    }
    node.stop().await;
}

#[cognate_test]
async fn cr_29_sessions_end_with_the_key_they_may_have_been_taken_with(app: App) {
    let bob = app.iam_user("bob").await;
    let id = bob.credentials.access_key_id.clone();
    let switched = async |status: &str| {
        let asked = [("UserName", "bob"), ("AccessKeyId", id.as_str()), ("Status", status)];
        app.query(Service::Iam, "UpdateAccessKey", &asked).await.expect_ok();
    };
    let first = own(&app, &bob.credentials).await;
    switched("Inactive").await;
    over(&[&app], &first).await;
    switched("Active").await;
    assert_eq!(app.who_is(&first).await.error(), "ExpiredToken", "what ended stays ended");
    let second = own(&app, &bob.credentials).await;
    assert!(app.who_is(&second).await.is_ok());
    app.query(Service::Iam, "DeleteAccessKey", &[("UserName", "bob"), ("AccessKeyId", &id)]).await.expect_ok();
    over(&[&app], &second).await;
}

#[cognate_test]
async fn cr_29_sessions_of_root_end_with_a_root_key(app: App) {
    let root = app.root().clone();
    let made = app.query_by(&root, Service::Iam, "CreateAccessKey", &[]).await;
    let leaked = made.value("CreateAccessKeyResult.AccessKey.AccessKeyId");
    let session = own(&app, &root).await;
    assert!(app.who_is(&session).await.is_ok());
    app.query_by(&root, Service::Iam, "DeleteAccessKey", &[("AccessKeyId", &leaked)]).await.expect_ok();
    over(&[&app], &session).await;
    let session = own(&app, &root).await;
    assert!(app.who_is(&session).await.is_ok());
}

#[cognate_test]
async fn cr_29_sessions_of_root_end_with_a_root_key_that_is_switched_off(app: App) {
    let node = app.node().await;
    let root = app.root().clone();
    let made = app.query_by(&root, Service::Iam, "CreateAccessKey", &[]).await;
    let told = |member: &str| made.value(&format!("CreateAccessKeyResult.AccessKey.{member}"));
    let id = told("AccessKeyId");
    let leaked = Credentials { access_key_id: id.clone(), secret: told("SecretAccessKey").into(), token: None };
    let session = own(&app, &leaked).await;
    let switched = async |status: &str| {
        let asked = [("AccessKeyId", id.as_str()), ("Status", status)];
        app.query_by(&root, Service::Iam, "UpdateAccessKey", &asked).await.expect_ok();
    };
    switched("Active").await;
    for there in [&app, &node] {
        assert!(there.who_is(&session).await.is_ok());
    }
    switched("Inactive").await;
    over(&[&app, &node], &session).await;
    switched("Active").await;
    assert_eq!(app.who_is(&session).await.error(), "ExpiredToken", "what ended stays ended");
    let session = own(&app, &root).await;
    assert!(app.who_is(&session).await.is_ok());
    node.stop().await;
}

#[cognate_test]
async fn cr_29_a_policy_may_turn_older_sessions_away(app: App) {
    let bob = app.iam_user("bob").await;
    let role = role_for(&app, &bob).await;
    let list = async |who: &Credentials| app.query_by(who, Service::Iam, "ListRoles", &[]).await;
    let allow = json!({ "Effect": "Allow", "Action": "iam:ListRoles", "Resource": "*" });
    role.may(json!([allow])).await;
    let older = assumed(&app, &bob.credentials, &role).await;
    assert!(list(&older).await.is_ok());
    app.advance(Duration::from_secs(1));
    let since = json!({ "DateLessThan": { "aws:TokenIssueTime": app.now().rfc3339() } });
    role.may(json!([allow, { "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": since }])).await;
    assert_eq!(list(&older).await.error(), "AccessDenied");
    let newer = assumed(&app, &bob.credentials, &role).await;
    assert!(list(&newer).await.is_ok());
}
