use testkit::prelude::*;

const ACTION: &str = "GetSessionToken";

#[cognate_test]
async fn cr_10_a_user_and_root_get_sessions_of_themselves(app: App) {
    let bob = app.iam_user("bob").await;
    let session = app.asking_query(Service::Sts, ACTION, &[]).signed_by(bob.credentials.clone()).send().await;
    let who = app.who_is(&session.credentials()).await;
    assert_eq!(who.value("GetCallerIdentityResult.Arn"), bob.arn);
    let again = app.asking_query(Service::Sts, ACTION, &[]).signed_by(session.credentials()).send().await;
    again.expect_error(403, "AccessDenied", "Cannot call GetSessionToken with session credentials");
    assert_eq!(
        app.asking_query(Service::Iam, "ListUsers", &[]).signed_by(session.credentials()).send().await.error(),
        "AccessDenied"
    );
    bob.may(json!([{ "Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*" }])).await;
    assert!(app.asking_query(Service::Iam, "ListUsers", &[]).signed_by(session.credentials()).send().await.is_ok());

    let root = app.query(Service::Sts, ACTION, &[("DurationSeconds", "129600")]).await;
    assert!(app.asking_query(Service::Iam, "ListUsers", &[]).signed_by(root.credentials()).send().await.is_ok());
    app.advance(Duration::from_secs(3600));
    let late = app.asking_query(Service::Iam, "ListUsers", &[]).signed_by(root.credentials()).send().await;
    assert_eq!(late.error(), "ExpiredToken", "root's sessions last an hour whatever was asked for");
    assert!(app.asking_query(Service::Iam, "ListUsers", &[]).signed_by(session.credentials()).send().await.is_ok());
}

#[cognate_test]
async fn a_session_goes_by_the_name_its_user_bears_now(app: App) {
    let ana = app.iam_user("ana").await;
    let own =
        json!([{ "Effect": "Allow", "Action": "iam:*AccessKey*", "Resource": "arn:aws:iam::*:user/${aws:username}" }]);
    ana.may(own).await;
    let session = app.query_by(&ana.credentials, Service::Sts, ACTION, &[]).await.credentials();
    let list = async |name: &str| app.query_by(&session, Service::Iam, "ListAccessKeys", &[("UserName", name)]).await;
    assert!(list("ana").await.is_ok());
    app.query(Service::Iam, "UpdateUser", &[("UserName", "ana"), ("NewUserName", "ana2")]).await.expect_ok();
    app.query(Service::Iam, "CreateUser", &[("UserName", "ana")]).await.expect_ok();
    let made = app.query_by(&session, Service::Iam, "CreateAccessKey", &[("UserName", "ana")]).await;
    assert_eq!(made.error(), "AccessDenied", "somebody else bears the old name");
    assert_eq!(list("ana").await.error(), "AccessDenied");
    assert!(list("ana2").await.is_ok());
}

#[cognate_test]
async fn a_device_that_nobody_has_proves_nothing(app: App) {
    let parameters = [("SerialNumber", "arn:aws:iam::123456789012:mfa/root"), ("TokenCode", "123456")];
    assert_eq!(app.query(Service::Sts, ACTION, &parameters).await.error(), "AccessDenied");
    assert_eq!(app.query(Service::Sts, ACTION, &[("DurationSeconds", "899")]).await.error(), "ValidationError");
}
