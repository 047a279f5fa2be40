use testkit::prelude::*;

const ARN: &str = "arn:aws:iam::123456789012:policy/p";

fn allow(n: usize) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"s3:Get{n}","Resource":"*"}}}}"#)
}

async fn policy(app: &App) {
    app.query(Service::Iam, "CreatePolicy", &[("PolicyName", "p"), ("PolicyDocument", &allow(1))]).await.expect_ok();
}

async fn version(app: &App, n: usize, default: &str) -> Answer {
    let given = [("PolicyArn", ARN), ("PolicyDocument", &allow(n)), ("SetAsDefault", default)];
    app.query_insisting(Service::Iam, "CreatePolicyVersion", &given).await
}

async fn versions(app: &App) -> Vec<String> {
    let all = app.query(Service::Iam, "ListPolicyVersions", &[("PolicyArn", ARN)]).await;
    all.expect_ok();
    all.values("ListPolicyVersionsResult.Versions.member.VersionId")
}

const FULL: &str =
    "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.";

#[cognate_test]
async fn cr_13_a_sixth_version_is_refused_and_numbers_are_never_used_twice(app: App) {
    policy(&app).await;
    for n in 2..=5 {
        let made = version(&app, n, "false").await;
        made.expect_ok();
        assert_eq!(made.value("CreatePolicyVersionResult.PolicyVersion.VersionId"), format!("v{n}"));
        assert_eq!(made.value("CreatePolicyVersionResult.PolicyVersion.IsDefaultVersion"), "false");
    }
    version(&app, 6, "true").await.expect_error(409, "LimitExceeded", FULL);
    assert_eq!(versions(&app).await, ["v5", "v4", "v3", "v2", "v1"]);
    let named = |version: &'static str| [("PolicyArn", ARN), ("VersionId", version)];
    let conflict = "Cannot delete the default version of a policy.";
    app.query(Service::Iam, "DeletePolicyVersion", &named("v1")).await.expect_error(409, "DeleteConflict", conflict);
    app.query(Service::Iam, "DeletePolicyVersion", &named("v5")).await.expect_ok();
    let made = version(&app, 6, "true").await;
    assert_eq!(made.value("CreatePolicyVersionResult.PolicyVersion.VersionId"), "v6");
    assert_eq!(made.value("CreatePolicyVersionResult.PolicyVersion.IsDefaultVersion"), "true");
    let shown = app.query(Service::Iam, "GetPolicy", &[("PolicyArn", ARN)]).await;
    assert_eq!(shown.value("GetPolicyResult.Policy.DefaultVersionId"), "v6");
    app.query(Service::Iam, "SetDefaultPolicyVersion", &named("v2")).await.expect_ok();
    let shown = app.query(Service::Iam, "GetPolicyVersion", &named("v2")).await;
    assert_eq!(shown.value("GetPolicyVersionResult.PolicyVersion.IsDefaultVersion"), "true");
    for op in ["GetPolicyVersion", "SetDefaultPolicyVersion", "DeletePolicyVersion"] {
        let sentence = format!("Policy {ARN} version v5 does not exist or is not attachable.");
        app.query(Service::Iam, op, &named("v5")).await.expect_error(404, "NoSuchEntity", &sentence);
        app.query(Service::Iam, op, &named("5")).await.expect_refusal(400, "ValidationError");
    }
}

#[cognate_test]
async fn cr_13_of_64_versions_made_at_once_never_more_than_five_are_kept(app: App) {
    policy(&app).await;
    let answers = race(64, |n| {
        let app = app.clone();
        async move { version(&app, n, "true").await }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 4);
    for lost in answers.iter().filter(|answer| !answer.is_ok()) {
        lost.expect_error(409, "LimitExceeded", FULL);
    }
    assert_eq!(versions(&app).await, ["v5", "v4", "v3", "v2", "v1"]);
    let shown = app.query(Service::Iam, "GetPolicy", &[("PolicyArn", ARN)]).await;
    assert_eq!(shown.value("GetPolicyResult.Policy.DefaultVersionId"), "v5", "each came into force in its turn");
}

#[cognate_test]
async fn cr_13_a_policy_goes_when_nobody_has_it_and_only_its_last_version_is_left(app: App) {
    policy(&app).await;
    version(&app, 2, "false").await.expect_ok();
    app.query(Service::Iam, "CreateUser", &[("UserName", "u"), ("PermissionsBoundary", ARN)]).await.expect_ok();
    app.query(Service::Iam, "AttachUserPolicy", &[("UserName", "u"), ("PolicyArn", ARN)]).await.expect_ok();
    let shown = app.query(Service::Iam, "GetPolicy", &[("PolicyArn", ARN)]).await;
    assert_eq!(shown.value("GetPolicyResult.Policy.AttachmentCount"), "1");
    assert_eq!(shown.value("GetPolicyResult.Policy.PermissionsBoundaryUsageCount"), "1");
    let named = [("PolicyArn", ARN)];
    let attached = "Cannot delete a policy attached to entities.";
    app.query(Service::Iam, "DeletePolicy", &named).await.expect_error(409, "DeleteConflict", attached);
    app.query(Service::Iam, "DetachUserPolicy", &[("UserName", "u"), ("PolicyArn", ARN)]).await.expect_ok();
    app.query(Service::Iam, "DeletePolicy", &named).await.expect_error(409, "DeleteConflict", attached);
    app.query(Service::Iam, "DeleteUserPermissionsBoundary", &[("UserName", "u")]).await.expect_ok();
    app.query(Service::Iam, "DeletePolicy", &named).await.expect_refusal(409, "DeleteConflict");
    app.query(Service::Iam, "DeletePolicyVersion", &[("PolicyArn", ARN), ("VersionId", "v2")]).await.expect_ok();
    app.query(Service::Iam, "DeletePolicy", &named).await.expect_ok();
    let sentence = format!("Policy {ARN} was not found.");
    for op in ["GetPolicy", "DeletePolicy", "ListPolicyVersions", "ListPolicyTags", "ListEntitiesForPolicy"] {
        app.query(Service::Iam, op, &named).await.expect_error(404, "NoSuchEntity", &sentence);
    }
}
