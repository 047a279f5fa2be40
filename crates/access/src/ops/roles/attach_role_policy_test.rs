use testkit::prelude::*;

const TRUST: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}}"#;
const ALLOW: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}}"#;
const READ: &str = "arn:aws:iam::aws:policy/AmazonCognitoReadOnly";

/// A role, a user and a group, and policies `p0` … below `/of/`.
async fn house(app: &App, policies: usize) {
    app.query(Service::Iam, "CreateRole", &[("RoleName", "x"), ("AssumeRolePolicyDocument", TRUST)]).await.expect_ok();
    app.query(Service::Iam, "CreateUser", &[("UserName", "x")]).await.expect_ok();
    app.query(Service::Iam, "CreateGroup", &[("GroupName", "x")]).await.expect_ok();
    for n in 0..policies {
        let name = format!("p{n:02}");
        let given = [("PolicyName", name.as_str()), ("Path", "/of/"), ("PolicyDocument", ALLOW)];
        app.query(Service::Iam, "CreatePolicy", &given).await.expect_ok();
    }
}

fn arn(n: usize) -> String {
    format!("arn:aws:iam::123456789012:policy/of/p{n:02}")
}

#[cognate_test]
async fn policies_are_attached_listed_by_path_and_taken_away(app: App) {
    house(&app, 1).await;
    for kind in ["Role", "User", "Group"] {
        let whom = format!("{kind}Name");
        let ask = async |verb: &str, arn: &str| {
            let given = [(whom.as_str(), "x"), ("PolicyArn", arn)];
            app.query(Service::Iam, &format!("{verb}{kind}Policy"), &given).await
        };
        let (own, listed) = (arn(0), format!("ListAttached{kind}Policies"));
        for arn in [READ, &own, READ] {
            ask("Attach", arn).await.expect_ok();
        }
        let all = app.query(Service::Iam, &listed, &[(&whom, "x")]).await;
        let names = all.values(&format!("{listed}Result.AttachedPolicies.member.PolicyName"));
        assert_eq!(names, ["AmazonCognitoReadOnly", "p00"]);
        assert_eq!(all.values(&format!("{listed}Result.AttachedPolicies.member.PolicyArn")), [READ, &own]);
        let below = app.query(Service::Iam, &listed, &[(&whom, "x"), ("PathPrefix", "/of/")]).await;
        assert_eq!(below.values(&format!("{listed}Result.AttachedPolicies.member.PolicyName")), ["p00"]);
        ask("Detach", READ).await.expect_ok();
        let sentence = format!("Policy {READ} was not found.");
        ask("Detach", READ).await.expect_error(404, "NoSuchEntity", &sentence);
        ask("Detach", "arn:aws:s3:::bucket/key").await.expect_refusal(400, "InvalidInput");
    }
    let whom = app.query(Service::Iam, "ListEntitiesForPolicy", &[("PolicyArn", &arn(0))]).await;
    for kind in ["Role", "User", "Group"] {
        assert_eq!(whom.values(&format!("ListEntitiesForPolicyResult.Policy{kind}s.member.{kind}Name")), ["x"]);
    }
    let only =
        app.query(Service::Iam, "ListEntitiesForPolicy", &[("PolicyArn", &arn(0)), ("EntityFilter", "Role")]).await;
    assert!(only.values("ListEntitiesForPolicyResult.PolicyUsers.member.UserName").is_empty());
    assert_eq!(only.values("ListEntitiesForPolicyResult.PolicyRoles.member.RoleName"), ["x"]);
}

#[cognate_test]
async fn a_policy_that_is_not_there_is_not_attached(app: App) {
    house(&app, 0).await;
    for nobody in [
        "arn:aws:iam::123456789012:policy/nobody",
        "arn:aws:iam::999999999999:policy/of/p00",
        "arn:aws:iam::aws:policy/NoSuchPolicy",
    ] {
        let given = [("RoleName", "x"), ("PolicyArn", nobody)];
        let sentence = format!("Policy {nobody} does not exist or is not attachable.");
        app.query(Service::Iam, "AttachRolePolicy", &given).await.expect_error(404, "NoSuchEntity", &sentence);
    }
    let malformed = [("RoleName", "x"), ("PolicyArn", "no-arn-at-all-but-long-enough")];
    let sentence = "ARN no-arn-at-all-but-long-enough is not valid.";
    app.query(Service::Iam, "AttachRolePolicy", &malformed).await.expect_error(400, "InvalidInput", sentence);
    let given = [("RoleName", "nobody"), ("PolicyArn", READ)];
    app.query(Service::Iam, "AttachRolePolicy", &given).await.expect_refusal(404, "NoSuchEntity");
}

#[cognate_test]
async fn cr_13_of_64_attachments_at_once_ten_hold(app: App) {
    house(&app, 16).await;
    let answers = race(64, |n| {
        let app = app.clone();
        async move {
            let arn = arn(n % 16);
            app.query_insisting(Service::Iam, "AttachRolePolicy", &[("RoleName", "x"), ("PolicyArn", &arn)]).await
        }
    })
    .await;
    for lost in answers.iter().filter(|answer| !answer.is_ok()) {
        lost.expect_error(409, "LimitExceeded", "Cannot exceed quota for PoliciesPerRole: 10");
    }
    let all = app.query(Service::Iam, "ListAttachedRolePolicies", &[("RoleName", "x")]).await;
    assert_eq!(all.values("ListAttachedRolePoliciesResult.AttachedPolicies.member.PolicyName").len(), 10);
}
