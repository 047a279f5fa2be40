use testkit::prelude::*;

const WHO: &str = "GetCallerIdentity";

fn told(answer: &Answer) -> [String; 3] {
    ["Account", "Arn", "UserId"].map(|name| answer.value(&format!("GetCallerIdentityResult.{name}")))
}

#[cognate_test]
async fn cr_10_root_a_user_and_a_session_learn_who_they_are(app: App) {
    let account = testkit::ACCOUNT;
    let root = app.query(Service::Sts, WHO, &[]).await;
    assert_eq!(told(&root), [account.to_owned(), format!("arn:aws:iam::{account}:root"), account.to_owned()]);

    let bob = app.iam_user("bob").await;
    let asked = app.asking_query(Service::Sts, WHO, &[]).signed_by(bob.credentials.clone()).send().await;
    assert_eq!(told(&asked), [account.to_owned(), bob.arn.clone(), bob.id.clone()]);

    let trust = json!([{ "Effect": "Allow", "Principal": { "AWS": bob.arn }, "Action": "sts:AssumeRole" }]);
    let role = app.iam_role("shop", "/a/b/", trust).await;
    let parameters = [("RoleArn", role.arn.as_str()), ("RoleSessionName", "bob@work")];
    let assumed = app.asking_query(Service::Sts, "AssumeRole", &parameters).signed_by(bob.credentials).send().await;
    let session = app.asking_query(Service::Sts, WHO, &[]).signed_by(assumed.credentials()).send().await;
    let arn = format!("arn:aws:sts::{account}:assumed-role/shop/bob@work");
    assert_eq!(told(&session), [account.to_owned(), arn, format!("{}:bob@work", role.id)]);
}

#[cognate_test]
async fn cr_10_nobody_can_be_kept_from_asking_who_they_are(app: App) {
    let bob = app.iam_user("bob").await;
    bob.may(json!([{ "Effect": "Deny", "Action": "*", "Resource": "*" }])).await;
    let asked = app.asking_query(Service::Sts, WHO, &[]).signed_by(bob.credentials.clone()).send().await;
    assert_eq!(told(&asked)[1], bob.arn);
    let unsigned = app.asking_query(Service::Sts, WHO, &[]).unsigned().send().await;
    unsigned.expect_error(403, "MissingAuthenticationToken", "Request is missing Authentication Token");
}
