use testkit::prelude::*;

const TRUST: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}}"#;
/// What a parser that writes anew would change: order, blanks, escapes, numbers' spelling, characters of Latin-1.
const ODD: &str = "\n{ \"Statement\" :\t[ {\"Resource\":[ \"arn:aws:s3:::b/\\u0041+%20&<é>/*\" ] ,\"Action\": \"s3:GetObject\",\r\n \"Effect\":\"Allow\"}],\"Version\":\"2012-10-17\"}  ";

async fn role(app: &App) {
    app.query(Service::Iam, "CreateRole", &[("RoleName", "r"), ("AssumeRolePolicyDocument", TRUST)]).await.expect_ok();
}

async fn put(app: &App, name: &str, document: &str) -> Answer {
    app.query(Service::Iam, "PutRolePolicy", &[("RoleName", "r"), ("PolicyName", name), ("PolicyDocument", document)])
        .await
}

#[cognate_test]
async fn cr_12_documents_come_back_byte_for_byte_wherever_they_are_kept(app: App) {
    role(&app).await;
    let arn = "arn:aws:iam::123456789012:policy/p";
    put(&app, "p", ODD).await.expect_ok();
    app.query(Service::Iam, "CreateUser", &[("UserName", "u")]).await.expect_ok();
    app.query(Service::Iam, "CreateGroup", &[("GroupName", "g")]).await.expect_ok();
    for (kind, name) in [("User", "u"), ("Group", "g")] {
        let whom = format!("{kind}Name");
        let given = [(whom.as_str(), name), ("PolicyName", "p"), ("PolicyDocument", ODD)];
        app.query(Service::Iam, &format!("Put{kind}Policy"), &given).await.expect_ok();
    }
    app.query(Service::Iam, "CreatePolicy", &[("PolicyName", "p"), ("PolicyDocument", ODD)]).await.expect_ok();
    let trust = format!("  {TRUST}\n");
    app.query(Service::Iam, "UpdateAssumeRolePolicy", &[("RoleName", "r"), ("PolicyDocument", &trust)])
        .await
        .expect_ok();
    for (op, given, member, written) in [
        ("GetRolePolicy", vec![("RoleName", "r"), ("PolicyName", "p")], "PolicyDocument", ODD),
        ("GetUserPolicy", vec![("UserName", "u"), ("PolicyName", "p")], "PolicyDocument", ODD),
        ("GetGroupPolicy", vec![("GroupName", "g"), ("PolicyName", "p")], "PolicyDocument", ODD),
        ("GetPolicyVersion", vec![("PolicyArn", arn), ("VersionId", "v1")], "PolicyVersion.Document", ODD),
        ("GetRole", vec![("RoleName", "r")], "Role.AssumeRolePolicyDocument", &trust),
    ] {
        let shown = app.query(Service::Iam, op, &given).await;
        shown.expect_ok();
        let sent = shown.value(&format!("{op}Result.{member}"));
        assert!(sent.bytes().all(|b| b.is_ascii_alphanumeric() || b"%-._~".contains(&b)), "{sent}");
        assert_eq!(testkit::percent_decoded(&sent), written, "{op}");
    }
}

#[cognate_test]
async fn a_policy_is_put_over_an_older_one_and_gone_when_deleted(app: App) {
    role(&app).await;
    let allow = |action: &str| {
        format!(r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"{action}","Resource":"*"}}}}"#)
    };
    put(&app, "p", &allow("s3:Get*")).await.expect_ok();
    put(&app, "p", &allow("s3:Put*")).await.expect_ok();
    let shown = app.query(Service::Iam, "GetRolePolicy", &[("RoleName", "r"), ("PolicyName", "p")]).await;
    assert!(shown.value("GetRolePolicyResult.PolicyDocument").contains("Put"));
    let listed = app.query(Service::Iam, "ListRolePolicies", &[("RoleName", "r")]).await;
    assert_eq!(listed.value("ListRolePoliciesResult.PolicyNames.member"), "p");
    assert_eq!(listed.value("ListRolePoliciesResult.IsTruncated"), "false");
    let named = [("RoleName", "r"), ("PolicyName", "p")];
    app.query(Service::Iam, "DeleteRolePolicy", &named).await.expect_ok();
    for op in ["GetRolePolicy", "DeleteRolePolicy"] {
        let gone = app.query(Service::Iam, op, &named).await;
        gone.expect_error(404, "NoSuchEntity", "The role policy with name p cannot be found.");
    }
}

#[cognate_test]
async fn cr_13_inline_policies_are_bounded_together(app: App) {
    role(&app).await;
    let sized = |size: usize| {
        let frame =
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::"}}"#;
        frame.replace(":::", &format!(":::{}", "x".repeat(size - frame.len())))
    };
    put(&app, "a", &sized(5_000)).await.expect_ok();
    put(&app, "b", &sized(5_240)).await.expect_ok();
    let over = "Maximum policy size of 10240 bytes exceeded for role r";
    put(&app, "b", &sized(5_241)).await.expect_error(409, "LimitExceeded", over);
    put(&app, "c", &sized(200)).await.expect_error(409, "LimitExceeded", over);
    put(&app, "b", &format!("{}{}", sized(5_240), " \n".repeat(1_000))).await.expect_ok();
    let listed = app.query(Service::Iam, "ListRolePolicies", &[("RoleName", "r")]).await;
    assert_eq!(listed.values("ListRolePoliciesResult.PolicyNames.member"), ["a", "b"]);
}

#[cognate_test]
async fn what_is_no_policy_is_refused_and_not_kept(app: App) {
    role(&app).await;
    for bad in ["{", "[]", "{\"Version\":\"2012-10-17\"}", TRUST] {
        put(&app, "p", bad).await.expect_refusal(400, "MalformedPolicyDocument");
    }
    let listed = app.query(Service::Iam, "ListRolePolicies", &[("RoleName", "r")]).await;
    assert!(listed.values("ListRolePoliciesResult.PolicyNames.member").is_empty());
    let given = [("RoleName", "nobody"), ("PolicyName", "p"), ("PolicyDocument", ODD)];
    let refused = app.query(Service::Iam, "PutRolePolicy", &given).await;
    refused.expect_error(404, "NoSuchEntity", "The role with name nobody cannot be found.");
}
