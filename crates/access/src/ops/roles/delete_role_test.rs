use testkit::prelude::*;

const TRUST: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}}"#;
const ALLOW: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}}"#;
const READ: &str = "arn:aws:iam::aws:policy/AmazonCognitoReadOnly";
const NAMED: [(&str, &str); 1] = [("RoleName", "r")];

#[cognate_test]
async fn cr_13_a_role_with_policies_is_not_deleted(app: App) {
    app.query(Service::Iam, "CreateRole", &[("RoleName", "r"), ("AssumeRolePolicyDocument", TRUST)]).await.expect_ok();
    let inline = [("RoleName", "r"), ("PolicyName", "p"), ("PolicyDocument", ALLOW)];
    app.query(Service::Iam, "PutRolePolicy", &inline).await.expect_ok();
    app.query(Service::Iam, "AttachRolePolicy", &[("RoleName", "r"), ("PolicyArn", READ)]).await.expect_ok();
    let conflict = "Cannot delete entity, must detach all policies first.";
    app.query(Service::Iam, "DeleteRole", &NAMED).await.expect_error(409, "DeleteConflict", conflict);
    app.query(Service::Iam, "DetachRolePolicy", &[("RoleName", "r"), ("PolicyArn", READ)]).await.expect_ok();
    let conflict = "Cannot delete entity, must delete policies first.";
    app.query(Service::Iam, "DeleteRole", &NAMED).await.expect_error(409, "DeleteConflict", conflict);
    app.query(Service::Iam, "DeleteRolePolicy", &[("RoleName", "r"), ("PolicyName", "p")]).await.expect_ok();
    app.query(Service::Iam, "DeleteRole", &NAMED).await.expect_ok();
    for op in ["DeleteRole", "GetRole", "ListRolePolicies", "ListInstanceProfilesForRole"] {
        let gone = app.query(Service::Iam, op, &NAMED).await;
        gone.expect_error(404, "NoSuchEntity", "The role with name r cannot be found.");
    }
}

#[cognate_test]
async fn a_role_made_anew_has_nothing_of_the_old_one(app: App) {
    let make = [("RoleName", "r"), ("AssumeRolePolicyDocument", TRUST), ("Description", "old")];
    let old = app.query(Service::Iam, "CreateRole", &make).await;
    app.query(Service::Iam, "DeleteRole", &NAMED).await.expect_ok();
    let anew = app.query(Service::Iam, "CreateRole", &make[..2]).await;
    anew.expect_ok();
    assert_ne!(old.value("CreateRoleResult.Role.RoleId"), anew.value("CreateRoleResult.Role.RoleId"));
    let shown = app.query(Service::Iam, "GetRole", &NAMED).await;
    assert_eq!(shown.values("GetRoleResult.Role.Description").concat(), "");
}

#[cognate_test]
async fn of_deleting_and_attaching_at_once_no_policy_is_left_on_nobody(app: App) {
    app.query(Service::Iam, "CreateRole", &[("RoleName", "r"), ("AssumeRolePolicyDocument", TRUST)]).await.expect_ok();
    let answers = race(16, |n| {
        let app = app.clone();
        async move {
            if n % 2 == 0 {
                app.query_insisting(Service::Iam, "DeleteRole", &NAMED).await
            } else {
                app.query_insisting(Service::Iam, "AttachRolePolicy", &[("RoleName", "r"), ("PolicyArn", READ)]).await
            }
        }
    })
    .await;
    let deleted = answers.iter().step_by(2).filter(|answer| answer.is_ok()).count();
    let attached = answers.iter().skip(1).step_by(2).filter(|answer| answer.is_ok()).count();
    assert!(deleted <= 1 && (deleted == 1) == (attached == 0), "{deleted} deleted, {attached} attached");
    let used = app.query(Service::Iam, "GetPolicy", &[("PolicyArn", READ)]).await;
    assert_eq!(used.value("GetPolicyResult.Policy.AttachmentCount"), if deleted == 1 { "0" } else { "1" });
}
