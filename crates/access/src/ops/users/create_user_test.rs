use testkit::prelude::*;

const READ: &str = "arn:aws:iam::aws:policy/AmazonCognitoReadOnly";
const ALLOW: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}}"#;
const ANA: [(&str, &str); 1] = [("UserName", "ana")];

#[cognate_test]
async fn cr_11_a_user_is_shown_as_it_was_made(app: App) {
    let given = [
        ("UserName", "ana"),
        ("Path", "/staff/"),
        ("PermissionsBoundary", READ),
        ("Tags.member.1.Key", "b"),
        ("Tags.member.1.Value", "2"),
        ("Tags.member.2.Key", "a"),
        ("Tags.member.2.Value", ""),
    ];
    let made = app.query(Service::Iam, "CreateUser", &given).await;
    made.expect_ok();
    assert_eq!(made.value("CreateUserResult.User.Arn"), "arn:aws:iam::123456789012:user/staff/ana");
    let id = made.value("CreateUserResult.User.UserId");
    assert!(id.starts_with("AIDA") && id.len() == 21);
    let shown = app.query(Service::Iam, "GetUser", &ANA).await;
    for (member, value) in [
        ("UserName", "ana"),
        ("Path", "/staff/"),
        ("UserId", &id),
        ("PermissionsBoundary.PermissionsBoundaryArn", READ),
    ] {
        assert_eq!(shown.value(&format!("GetUserResult.User.{member}")), value, "{member}");
    }
    assert_eq!(shown.values("GetUserResult.User.Tags.member.Key"), ["a", "b"]);
    let again = app.query(Service::Iam, "CreateUser", &[("UserName", "ANA")]).await;
    again.expect_error(409, "EntityAlreadyExists", "User with name ANA already exists.");
    let nobody = app.query(Service::Iam, "GetUser", &[("UserName", "Ana")]).await;
    nobody.expect_error(404, "NoSuchEntity", "The user with name Ana cannot be found.");
}

#[cognate_test]
async fn a_renamed_user_keeps_its_keys_policies_and_groups(app: App) {
    app.query(Service::Iam, "CreateUser", &ANA).await.expect_ok();
    app.query(Service::Iam, "CreateUser", &[("UserName", "ben")]).await.expect_ok();
    app.query(Service::Iam, "CreateGroup", &[("GroupName", "staff")]).await.expect_ok();
    app.query(Service::Iam, "AddUserToGroup", &[("GroupName", "staff"), ("UserName", "ana")]).await.expect_ok();
    app.query(Service::Iam, "CreateAccessKey", &ANA).await.expect_ok();
    app.query(Service::Iam, "AttachUserPolicy", &[("UserName", "ana"), ("PolicyArn", READ)]).await.expect_ok();
    let taken = app.query(Service::Iam, "UpdateUser", &[("UserName", "ana"), ("NewUserName", "BEN")]).await;
    taken.expect_error(409, "EntityAlreadyExists", "User with name BEN already exists.");
    let renamed = [("UserName", "ana"), ("NewUserName", "Ana"), ("NewPath", "/x/")];
    app.query(Service::Iam, "UpdateUser", &renamed).await.expect_ok();
    app.query(Service::Iam, "GetUser", &ANA).await.expect_refusal(404, "NoSuchEntity");
    let new = [("UserName", "Ana")];
    let shown = app.query(Service::Iam, "GetUser", &new).await;
    assert_eq!(shown.value("GetUserResult.User.Arn"), "arn:aws:iam::123456789012:user/x/Ana");
    for (op, items) in [
        ("ListAccessKeys", "AccessKeyMetadata.member.AccessKeyId"),
        ("ListAttachedUserPolicies", "AttachedPolicies.member.PolicyName"),
        ("ListGroupsForUser", "Groups.member.GroupName"),
    ] {
        assert_eq!(app.query(Service::Iam, op, &new).await.values(&format!("{op}Result.{items}")).len(), 1, "{op}");
    }
    app.query(Service::Iam, "UpdateGroup", &[("GroupName", "staff"), ("NewGroupName", "Staff")]).await.expect_ok();
    let inside = app.query(Service::Iam, "GetGroup", &[("GroupName", "Staff")]).await;
    assert_eq!(inside.values("GetGroupResult.Users.member.UserName"), ["Ana"]);
}

#[cognate_test]
async fn cr_13_a_user_goes_when_nothing_hangs_on_it(app: App) {
    app.query(Service::Iam, "CreateUser", &ANA).await.expect_ok();
    app.query(Service::Iam, "CreateGroup", &[("GroupName", "staff")]).await.expect_ok();
    let member = [("GroupName", "staff"), ("UserName", "ana")];
    app.query(Service::Iam, "AddUserToGroup", &member).await.expect_ok();
    let made = app.query(Service::Iam, "CreateAccessKey", &ANA).await;
    let id = made.value("CreateAccessKeyResult.AccessKey.AccessKeyId");
    let inline = [("UserName", "ana"), ("PolicyName", "p"), ("PolicyDocument", ALLOW)];
    app.query(Service::Iam, "PutUserPolicy", &inline).await.expect_ok();
    let attached = [("UserName", "ana"), ("PolicyArn", READ)];
    app.query(Service::Iam, "AttachUserPolicy", &attached).await.expect_ok();
    let key = [("UserName", "ana"), ("AccessKeyId", id.as_str())];
    for (op, given, sentence) in [
        ("DeleteAccessKey", &key[..], "Cannot delete entity, must delete access keys first."),
        ("DetachUserPolicy", &attached[..], "Cannot delete entity, must detach all policies first."),
        ("DeleteUserPolicy", &inline[..2], "Cannot delete entity, must delete policies first."),
        ("RemoveUserFromGroup", &member[..], "Cannot delete entity, must remove users from group first."),
    ] {
        app.query(Service::Iam, "DeleteUser", &ANA).await.expect_error(409, "DeleteConflict", sentence);
        app.query(Service::Iam, op, given).await.expect_ok();
    }
    app.query(Service::Iam, "DeleteUser", &ANA).await.expect_ok();
    let gone = "The user with name ana cannot be found.";
    for op in [
        "DeleteUser",
        "GetUser",
        "ListAccessKeys",
        "CreateAccessKey",
        "ListMFADevices",
        "ListSSHPublicKeys",
        "ListSigningCertificates",
        "ListServiceSpecificCredentials",
        "GetLoginProfile",
        "ListUserTags",
        "ListUserPolicies",
        "ListGroupsForUser",
    ] {
        app.query(Service::Iam, op, &ANA).await.expect_error(404, "NoSuchEntity", gone);
    }
}

#[cognate_test]
async fn of_deleting_a_user_and_making_keys_at_once_no_key_is_left(app: App) {
    app.query(Service::Iam, "CreateUser", &ANA).await.expect_ok();
    let answers = race(16, |n| {
        let app = app.clone();
        async move {
            let op = if n % 2 == 0 { "DeleteUser" } else { "CreateAccessKey" };
            app.query_insisting(Service::Iam, op, &ANA).await
        }
    })
    .await;
    let deleted = answers.iter().step_by(2).filter(|answer| answer.is_ok()).count();
    let made = answers.iter().skip(1).step_by(2).filter(|answer| answer.is_ok()).count();
    assert!((deleted, made) == (1, 0) || (deleted, made) == (0, 2), "{deleted} deleted, {made} keys made");
}

#[cognate_test]
async fn a_group_keeps_its_users_until_they_are_taken_out(app: App) {
    app.query(Service::Iam, "CreateUser", &ANA).await.expect_ok();
    let made = app.query(Service::Iam, "CreateGroup", &[("GroupName", "staff"), ("Path", "/x/")]).await;
    assert_eq!(made.value("CreateGroupResult.Group.Arn"), "arn:aws:iam::123456789012:group/x/staff");
    let named = [("GroupName", "staff")];
    let again = app.query(Service::Iam, "CreateGroup", &[("GroupName", "STAFF")]).await;
    again.expect_error(409, "EntityAlreadyExists", "Group with name STAFF already exists.");
    let member = [("GroupName", "staff"), ("UserName", "ana")];
    for _ in 0..2 {
        app.query(Service::Iam, "AddUserToGroup", &member).await.expect_ok();
    }
    let conflict = "Cannot delete entity, must remove users from group first.";
    app.query(Service::Iam, "DeleteGroup", &named).await.expect_error(409, "DeleteConflict", conflict);
    app.query(Service::Iam, "RemoveUserFromGroup", &member).await.expect_ok();
    app.query(Service::Iam, "RemoveUserFromGroup", &member).await.expect_refusal(404, "NoSuchEntity");
    app.query(Service::Iam, "AttachGroupPolicy", &[("GroupName", "staff"), ("PolicyArn", READ)]).await.expect_ok();
    app.query(Service::Iam, "DeleteGroup", &named).await.expect_refusal(409, "DeleteConflict");
    app.query(Service::Iam, "DetachGroupPolicy", &[("GroupName", "staff"), ("PolicyArn", READ)]).await.expect_ok();
    app.query(Service::Iam, "DeleteGroup", &named).await.expect_ok();
    let gone = app.query(Service::Iam, "GetGroup", &named).await;
    gone.expect_error(404, "NoSuchEntity", "The group with name staff cannot be found.");
}

#[cognate_test]
async fn what_nobody_can_have_is_listed_as_empty(app: App) {
    app.query(Service::Iam, "CreateUser", &ANA).await.expect_ok();
    for op in ["ListMFADevices", "ListSSHPublicKeys", "ListSigningCertificates", "ListServiceSpecificCredentials"] {
        let none = app.query(Service::Iam, op, &ANA).await;
        none.expect_ok();
        assert_eq!(none.value(&format!("{op}Result.IsTruncated")), "false");
        assert!(!none.text().contains("<member>"), "{op}");
    }
    let none = app.query(Service::Iam, "GetLoginProfile", &ANA).await;
    none.expect_error(404, "NoSuchEntity", "Login Profile for User ana cannot be found.");
}
