use testkit::prelude::*;

const TRUST: &str = r#"{ "Version": "2012-10-17",
  "Statement": [{ "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::123456789012:root" }, "Action": "sts:AssumeRole" }] }"#;
const BOUNDARY: &str = "arn:aws:iam::aws:policy/AmazonCognitoReadOnly";

#[cognate_test]
async fn cr_11_a_role_is_shown_as_it_was_made(app: App) {
    let given = [
        ("RoleName", "r"),
        ("Path", "/back/end/"),
        ("AssumeRolePolicyDocument", TRUST),
        ("Description", "what <it> is & for"),
        ("MaxSessionDuration", "7200"),
        ("PermissionsBoundary", BOUNDARY),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "<späť & \"more\">"),
    ];
    let refused = app.query(Service::Iam, "CreateRole", &given).await;
    refused.expect_refusal(400, "ValidationError"); // `<` is no character of a tag's value
    let mut given = given;
    given[7].1 = "späť + more";
    let made = app.query(Service::Iam, "CreateRole", &given).await;
    made.expect_ok();
    assert_eq!(made.value("CreateRoleResult.Role.Arn"), "arn:aws:iam::123456789012:role/back/end/r");
    let id = made.value("CreateRoleResult.Role.RoleId");
    assert!(id.starts_with("AROA") && id.len() == 21, "{id}");
    let got = app.query(Service::Iam, "GetRole", &[("RoleName", "r")]).await;
    got.expect_ok();
    for (member, value) in [
        ("Path", "/back/end/"),
        ("RoleName", "r"),
        ("RoleId", id.as_str()),
        ("Description", "what <it> is & for"),
        ("MaxSessionDuration", "7200"),
        ("PermissionsBoundary.PermissionsBoundaryArn", BOUNDARY),
        ("Tags.member.Key", "team"),
        ("Tags.member.Value", "späť + more"),
    ] {
        assert_eq!(got.value(&format!("GetRoleResult.Role.{member}")), value, "{member}");
        assert_eq!(made.value(&format!("CreateRoleResult.Role.{member}")), value, "{member}");
    }
    assert_eq!(got.value("GetRoleResult.Role.CreateDate"), made.value("CreateRoleResult.Role.CreateDate"));
    assert_eq!(testkit::percent_decoded(&got.value("GetRoleResult.Role.AssumeRolePolicyDocument")), TRUST);
}

#[cognate_test]
async fn a_name_is_one_roles_whatever_the_case_and_found_in_its_own_spelling(app: App) {
    app.query(Service::Iam, "CreateRole", &[("RoleName", "Admin"), ("AssumeRolePolicyDocument", TRUST)])
        .await
        .expect_ok();
    for name in ["Admin", "admin", "ADMIN"] {
        let again =
            app.query(Service::Iam, "CreateRole", &[("RoleName", name), ("AssumeRolePolicyDocument", TRUST)]).await;
        again.expect_error(409, "EntityAlreadyExists", &format!("Role with name {name} already exists."));
    }
    let found = app.query(Service::Iam, "GetRole", &[("RoleName", "admin")]).await;
    found.expect_error(404, "NoSuchEntity", "The role with name admin cannot be found.");
}

#[cognate_test]
async fn cr_13_of_64_who_make_one_role_at_once_one_does(app: App) {
    let answers = race(64, |_| {
        let app = app.clone();
        async move {
            app.query_insisting(Service::Iam, "CreateRole", &[("RoleName", "r"), ("AssumeRolePolicyDocument", TRUST)])
                .await
        }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    for lost in answers.iter().filter(|answer| !answer.is_ok()) {
        lost.expect_error(409, "EntityAlreadyExists", "Role with name r already exists.");
    }
}

#[cognate_test]
async fn a_role_whose_trust_boundary_or_tags_are_none_is_not_made(app: App) {
    let with = |name: &'static str, value: &str| {
        let mut all =
            vec![("RoleName".to_owned(), "r".to_owned()), ("AssumeRolePolicyDocument".to_owned(), TRUST.to_owned())];
        all.retain(|(known, _)| known != name);
        all.push((name.to_owned(), value.to_owned()));
        all
    };
    let large = TRUST.replace("sts:AssumeRole\"", &format!("sts:AssumeRole\", \"Sid\": \"{}\"", "x".repeat(2_048)));
    let cases = [
        (with("AssumeRolePolicyDocument", "{"), 400, "MalformedPolicyDocument"),
        (with("AssumeRolePolicyDocument", &TRUST.replace("Principal", "Resource")), 400, "MalformedPolicyDocument"),
        (with("AssumeRolePolicyDocument", &large), 409, "LimitExceeded"),
        (with("PermissionsBoundary", "arn:aws:iam::123456789012:policy/nobody"), 404, "NoSuchEntity"),
        (with("PermissionsBoundary", "arn:aws:s3:::bucket/of/nobody"), 400, "InvalidInput"),
        (with("MaxSessionDuration", "3599"), 400, "ValidationError"),
        (with("MaxSessionDuration", "43201"), 400, "ValidationError"),
        (with("RoleName", "a b"), 400, "ValidationError"),
        (with("Path", "no/slash"), 400, "ValidationError"),
    ];
    for (given, status, code) in cases {
        let given: Vec<(&str, &str)> = given.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        app.query(Service::Iam, "CreateRole", &given).await.expect_refusal(status, code);
    }
    let twice = [
        ("RoleName", "r"),
        ("AssumeRolePolicyDocument", TRUST),
        ("Tags.member.1.Key", "k"),
        ("Tags.member.1.Value", ""),
        ("Tags.member.2.Key", "K"),
        ("Tags.member.2.Value", ""),
    ];
    app.query(Service::Iam, "CreateRole", &twice).await.expect_error(
        400,
        "InvalidInput",
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    );
    app.query(Service::Iam, "GetRole", &[("RoleName", "r")]).await.expect_refusal(404, "NoSuchEntity");
}
