use crypto::sigv4::Credentials;
use kernel::{Secret, Time};
use testkit::prelude::*;

const ADMIN: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

async fn user(app: &App, name: &str) {
    app.query(Service::Iam, "CreateUser", &[("UserName", name)]).await.expect_ok();
    app.query(Service::Iam, "AttachUserPolicy", &[("UserName", name), ("PolicyArn", ADMIN)]).await.expect_ok();
}

async fn key(app: &App, user: &str) -> Credentials {
    let made = app.query(Service::Iam, "CreateAccessKey", &[("UserName", user)]).await;
    made.expect_ok();
    let told = |member: &str| made.value(&format!("CreateAccessKeyResult.AccessKey.{member}"));
    assert_eq!((told("UserName").as_str(), told("Status").as_str()), (user, "Active"));
    let (access_key_id, secret) = (told("AccessKeyId"), told("SecretAccessKey"));
    assert!(access_key_id.starts_with("AKIA") && access_key_id.len() == 20 && secret.len() == 40);
    Credentials { access_key_id, secret: Secret::new(secret), token: None }
}

#[cognate_test]
async fn cr_11_a_users_key_signs_until_it_is_switched_off_or_deleted(app: App) {
    user(&app, "ana").await;
    let ana = key(&app, "ana").await;
    let id = ana.access_key_id.clone();
    let who = async || app.query_by(&ana, Service::Iam, "GetUser", &[]).await;
    assert_eq!(who().await.value("GetUserResult.User.UserName"), "ana");
    let named = [("UserName", "ana"), ("AccessKeyId", id.as_str())];
    let status = |to: &'static str| [&named[..], &[("Status", to)]].concat();
    app.query(Service::Iam, "UpdateAccessKey", &status("Inactive")).await.expect_ok();
    who().await.expect_refusal(403, "InvalidClientTokenId");
    let listed = app.query(Service::Iam, "ListAccessKeys", &[("UserName", "ana")]).await;
    assert_eq!(listed.value("ListAccessKeysResult.AccessKeyMetadata.member.Status"), "Inactive");
    assert!(!listed.text().contains("Secret"), "a secret is shown once");
    app.query(Service::Iam, "UpdateAccessKey", &status("Active")).await.expect_ok();
    who().await.expect_ok();
    app.query(Service::Iam, "UpdateAccessKey", &status("Expired")).await.expect_refusal(400, "InvalidInput");
    app.query(Service::Iam, "DeleteAccessKey", &named).await.expect_ok();
    who().await.expect_refusal(403, "InvalidClientTokenId");
    let sentence = format!("The Access Key with id {id} cannot be found.");
    for (op, given) in [("DeleteAccessKey", named.to_vec()), ("UpdateAccessKey", status("Active"))] {
        app.query(Service::Iam, op, &given).await.expect_error(404, "NoSuchEntity", &sentence);
    }
    app.query(Service::Iam, "GetAccessKeyLastUsed", &named[1..]).await.expect_error(404, "NoSuchEntity", &sentence);
}

#[cognate_test]
async fn nobody_switches_or_ends_another_users_key(app: App) {
    user(&app, "ana").await;
    user(&app, "ben").await;
    let ana = key(&app, "ana").await;
    let crossed = [("UserName", "ben"), ("AccessKeyId", ana.access_key_id.as_str())];
    app.query(Service::Iam, "DeleteAccessKey", &crossed).await.expect_refusal(404, "NoSuchEntity");
    let off = [&crossed[..], &[("Status", "Inactive")]].concat();
    app.query(Service::Iam, "UpdateAccessKey", &off).await.expect_refusal(404, "NoSuchEntity");
    app.query_by(&ana, Service::Iam, "GetUser", &[]).await.expect_ok();
}

#[cognate_test]
async fn cr_13_of_64_keys_made_at_once_a_user_gets_two(app: App) {
    user(&app, "ana").await;
    let answers = race(64, |_| {
        let app = app.clone();
        async move { app.query_insisting(Service::Iam, "CreateAccessKey", &[("UserName", "ana")]).await }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 2);
    for lost in answers.iter().filter(|answer| !answer.is_ok()) {
        lost.expect_error(409, "LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2");
    }
    let listed = app.query(Service::Iam, "ListAccessKeys", &[("UserName", "ana")]).await;
    let ids = listed.values("ListAccessKeysResult.AccessKeyMetadata.member.AccessKeyId");
    assert_eq!(ids.len(), 2);
    app.query(Service::Iam, "DeleteAccessKey", &[("UserName", "ana"), ("AccessKeyId", &ids[0])]).await.expect_ok();
    key(&app, "ana").await;
}

#[cognate_test]
async fn a_key_that_never_signed_says_so(app: App) {
    user(&app, "ana").await;
    let ana = key(&app, "ana").await;
    let shown = app.query(Service::Iam, "GetAccessKeyLastUsed", &[("AccessKeyId", &ana.access_key_id)]).await;
    shown.expect_ok();
    assert_eq!(shown.value("GetAccessKeyLastUsedResult.UserName"), "ana");
    for member in ["ServiceName", "Region"] {
        assert_eq!(shown.value(&format!("GetAccessKeyLastUsedResult.AccessKeyLastUsed.{member}")), "N/A");
    }
    let nobody = app.query(Service::Iam, "GetAccessKeyLastUsed", &[("AccessKeyId", "AKIAIOSFODNN7EXAMPLE")]).await;
    nobody.expect_error(404, "NoSuchEntity", "The Access Key with id AKIAIOSFODNN7EXAMPLE cannot be found.");
}

#[cognate_test]
async fn a_keys_last_use_is_noted_to_the_minute(app: App) {
    user(&app, "ana").await;
    let ana = key(&app, "ana").await;
    let shown = async |member: &str| {
        let shown = app.query(Service::Iam, "GetAccessKeyLastUsed", &[("AccessKeyId", &ana.access_key_id)]).await;
        shown.values(&format!("GetAccessKeyLastUsedResult.AccessKeyLastUsed.{member}")).concat()
    };
    // Written behind the request that used the key.
    let becomes = async |expected: Time| {
        let expected = expected.rfc3339();
        let second = expected.trim_end_matches('Z');
        for _ in 0..200 {
            if shown("LastUsedDate").await.starts_with(second) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{expected} was expected, and it says {}", shown("LastUsedDate").await);
    };
    assert_eq!(shown("LastUsedDate").await, "");
    let first = app.now();
    app.query_by(&ana, Service::Iam, "GetUser", &[]).await.expect_ok();
    becomes(first).await;
    assert_eq!((shown("ServiceName").await.as_str(), shown("Region").await.as_str()), ("iam", "eu-west-1"));
    app.advance(Duration::from_secs(59));
    app.query_by(&ana, Service::Iam, "GetUser", &[]).await.expect_ok();
    app.advance(Duration::from_secs(1));
    app.query_by(&ana, Service::Iam, "GetUser", &[]).await.expect_ok();
    // Had the one within the minute been written, this one would not be.
    becomes(first + Duration::from_secs(60)).await;
}

#[cognate_test]
async fn without_a_name_a_call_is_about_whoever_signed_it(app: App) {
    let root = app.query(Service::Iam, "GetUser", &[]).await;
    assert_eq!(root.value("GetUserResult.User.Arn"), "arn:aws:iam::123456789012:root");
    assert_eq!(root.value("GetUserResult.User.UserId"), "123456789012");
    user(&app, "ana").await;
    let ana = key(&app, "ana").await;
    let made = app.query_by(&ana, Service::Iam, "CreateAccessKey", &[]).await;
    assert_eq!(made.value("CreateAccessKeyResult.AccessKey.UserName"), "ana");
    let listed = app.query_by(&ana, Service::Iam, "ListAccessKeys", &[]).await;
    assert_eq!(listed.values("ListAccessKeysResult.AccessKeyMetadata.member.AccessKeyId").len(), 2);
}
