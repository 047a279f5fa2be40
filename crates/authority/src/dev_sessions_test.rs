//! Where anybody's credentials are root's, sessions of the server's own making are what they are.

use crypto::sigv4::Credentials;
use testkit::prelude::*;
use testkit::{ACCOUNT, Trust};

#[cognate_test]
async fn a_session_is_its_role_where_anybody_is_root(_app: App) {
    let app = App::start_as("dev sessions", |plan| plan.trust = Trust::AnyoneOnLoopback).await;
    let anybody = Credentials { access_key_id: "dev".to_owned(), secret: "dev".to_owned().into(), token: None };
    let root = format!("arn:aws:iam::{ACCOUNT}:root");
    assert_eq!(app.who_is(&anybody).await.value("GetCallerIdentityResult.Arn"), root);

    let trust = json!([{ "Effect": "Allow", "Principal": { "AWS": root }, "Action": "sts:AssumeRole" }]);
    let role = app.iam_role("shop", "/", trust).await;
    let assumed = [("RoleArn", role.arn.as_str()), ("RoleSessionName", "web")];
    let session = app.query(Service::Sts, "AssumeRole", &assumed).await.credentials();
    let shop = format!("arn:aws:sts::{ACCOUNT}:assumed-role/shop/web");
    assert_eq!(app.who_is(&session).await.value("GetCallerIdentityResult.Arn"), shop);
    let list = json!({ "MaxResults": 1 });
    let refused = app.asking("ListUserPools", &list).signed_by(session.clone()).send().await;
    refused.expect_code("AccessDeniedException");
    app.asking("ListUserPools", &list).signed_by(anybody.clone()).send().await.expect_ok();

    // Credentials of elsewhere are anybody's.
    let foreign = Credentials { token: Some("elsewhere".to_owned().into()), ..session.clone() };
    assert_eq!(app.who_is(&foreign).await.value("GetCallerIdentityResult.Arn"), root);
    app.advance(Duration::from_secs(3601));
    assert_eq!(app.who_is(&session).await.error(), "ExpiredToken");
    app.stop().await;
}
