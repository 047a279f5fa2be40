use crypto::sigv4::Credentials;
use testkit::prelude::*;
use testkit::{ACCOUNT, percent_decoded};

/// A user as administrators make one: made anew, it has another unique id.
async fn user(app: &App, name: &str) -> (String, Credentials) {
    let made = app.query(Service::Iam, "CreateUser", &[("UserName", name)]).await;
    let key = app.query(Service::Iam, "CreateAccessKey", &[("UserName", name)]).await;
    let told = |member: &str| key.value(&format!("CreateAccessKeyResult.AccessKey.{member}"));
    let (access_key_id, secret) = (told("AccessKeyId"), told("SecretAccessKey").into());
    (made.value("CreateUserResult.User.UserId"), Credentials { access_key_id, secret, token: None })
}

async fn delete_user(app: &App, name: &str, key: &Credentials) {
    let named = [("UserName", name), ("AccessKeyId", key.access_key_id.as_str())];
    app.query(Service::Iam, "DeleteAccessKey", &named).await.expect_ok();
    app.query(Service::Iam, "DeleteUser", &[("UserName", name)]).await.expect_ok();
}

fn arn(kind: &str, name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:{kind}/{name}")
}

/// Written as a person would, to see it come back so.
fn trusting(who: &str) -> String {
    format!(
        "{{ \"Version\": \"2012-10-17\",\n  \"Statement\": {{ \"Effect\": \"Allow\", \"Principal\": {{ \"AWS\": \"{who}\" }}, \"Action\": \"sts:AssumeRole\" }} }}"
    )
}

async fn make(app: &App, name: &str, trust: &str) -> Answer {
    app.query(Service::Iam, "CreateRole", &[("RoleName", name), ("AssumeRolePolicyDocument", trust)]).await
}

async fn trust(app: &App, name: &str, trust: &str) -> Answer {
    app.query(Service::Iam, "UpdateAssumeRolePolicy", &[("RoleName", name), ("PolicyDocument", trust)]).await
}

async fn shown(app: &App, name: &str) -> String {
    let got = app.query(Service::Iam, "GetRole", &[("RoleName", name)]).await;
    percent_decoded(&got.value("GetRoleResult.Role.AssumeRolePolicyDocument"))
}

async fn assume(app: &App, who: &Credentials, name: &str) -> Answer {
    let asked = [("RoleArn", arn("role", name)), ("RoleSessionName", "web".to_owned())];
    let asked: Vec<(&str, &str)> = asked.iter().map(|(name, value)| (*name, value.as_str())).collect();
    app.query_by(who, Service::Sts, "AssumeRole", &asked).await
}

#[cognate_test]
async fn a_user_made_anew_under_an_old_name_is_not_trusted(app: App) {
    let (id, bob) = user(&app, "bob").await;
    let written = trusting(&arn("user", "bob"));
    make(&app, "shop", &written).await.expect_ok();
    assert!(assume(&app, &bob, "shop").await.is_ok());
    assert_eq!(shown(&app, "shop").await, written, "as it was written while he is there");

    delete_user(&app, "bob", &bob).await;
    let orphaned = trusting(&id).replace([' ', '\n'], "");
    assert_eq!(shown(&app, "shop").await, orphaned, "whom it means once nobody bears the name");
    let listed = app.query(Service::Iam, "ListRoles", &[]).await;
    let documents = listed.values("ListRolesResult.Roles.member.AssumeRolePolicyDocument");
    assert_eq!(percent_decoded(&documents.concat()), orphaned);

    let (anew, bob) = user(&app, "bob").await;
    assert_ne!(anew, id);
    assert_eq!(assume(&app, &bob, "shop").await.error(), "AccessDenied");
    assert_eq!(shown(&app, "shop").await, orphaned, "somebody else bears the name");
    let sentence = format!("Invalid principal in policy: \"AWS\":\"{id}\"");
    trust(&app, "shop", &orphaned).await.expect_error(400, "MalformedPolicyDocument", &sentence);
    trust(&app, "shop", &written).await.expect_ok();
    assert!(assume(&app, &bob, "shop").await.is_ok(), "written again, it means him");
    trust(&app, "shop", &trusting(&anew)).await.expect_ok();
    assert!(assume(&app, &bob, "shop").await.is_ok(), "by his id as well");
}

#[cognate_test]
async fn a_role_made_anew_is_not_trusted_and_neither_are_its_sessions(app: App) {
    let (_, bob) = user(&app, "bob").await;
    let for_bob = trusting(&arn("user", "bob"));
    make(&app, "first", &for_bob).await.expect_ok();
    let session = format!("arn:aws:sts::{ACCOUNT}:assumed-role/first/web");
    make(&app, "by-role", &trusting(&arn("role", "first"))).await.expect_ok();
    make(&app, "by-session", &trusting(&session)).await.expect_ok();
    let by_first = assume(&app, &bob, "first").await.credentials();
    assert!(assume(&app, &by_first, "by-role").await.is_ok());
    assert!(assume(&app, &by_first, "by-session").await.is_ok());

    app.query(Service::Iam, "DeleteRole", &[("RoleName", "first")]).await.expect_ok();
    make(&app, "first", &for_bob).await.expect_ok();
    let by_first = assume(&app, &bob, "first").await.credentials();
    for name in ["by-role", "by-session"] {
        assert_eq!(assume(&app, &by_first, name).await.error(), "AccessDenied", "{name}");
        assert!(shown(&app, name).await.contains("\"AWS\":\"AROA"), "{name}");
    }
    assert!(shown(&app, "by-session").await.contains(":web\""));
}

#[cognate_test]
async fn whoever_gets_another_name_stays_trusted_and_is_shown_under_it(app: App) {
    let (_, bob) = user(&app, "bob").await;
    make(&app, "shop", &trusting(&arn("user", "bob"))).await.expect_ok();
    let renamed = [("UserName", "bob"), ("NewUserName", "robert"), ("NewPath", "/people/")];
    app.query(Service::Iam, "UpdateUser", &renamed).await.expect_ok();
    assert!(assume(&app, &bob, "shop").await.is_ok());
    assert_eq!(shown(&app, "shop").await, trusting(&arn("user", "people/robert")).replace([' ', '\n'], ""));
    // A change of something else keeps whom it means.
    app.query(Service::Iam, "UpdateRole", &[("RoleName", "shop"), ("Description", "new")]).await.expect_ok();
    let (_, other) = user(&app, "bob").await;
    assert_eq!(assume(&app, &other, "shop").await.error(), "AccessDenied");
    assert!(assume(&app, &bob, "shop").await.is_ok());
}

#[cognate_test]
async fn nobody_is_trusted_who_is_not_there(app: App) {
    user(&app, "bob").await;
    make(&app, "shop", &trusting(ACCOUNT)).await.expect_ok();
    for nobody in [
        arn("user", "nobody"),
        arn("user", "elsewhere/bob"),
        arn("user", "Bob"),
        arn("role", "nobody"),
        arn("group", "bob"),
        format!("arn:aws:sts::{ACCOUNT}:assumed-role/nobody/web"),
        "arn:aws:iam::999999999999:user/bob".to_owned(),
        "AIDA234567ABCDEFGHIJK".to_owned(),
        "AROA234567ABCDEFGHIJK:web".to_owned(),
    ] {
        let sentence = format!("Invalid principal in policy: \"AWS\":\"{nobody}\"");
        make(&app, "other", &trusting(&nobody)).await.expect_error(400, "MalformedPolicyDocument", &sentence);
        trust(&app, "shop", &trusting(&nobody)).await.expect_error(400, "MalformedPolicyDocument", &sentence);
    }
    assert_eq!(shown(&app, "shop").await, trusting(ACCOUNT));
    app.query(Service::Iam, "GetRole", &[("RoleName", "other")]).await.expect_refusal(404, "NoSuchEntity");
}
