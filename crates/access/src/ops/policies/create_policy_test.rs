use testkit::prelude::*;

const ALLOW: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}}"#;
const BUILT_IN: [&str; 7] = [
    "AdministratorAccess",
    "AmazonCognitoDeveloperAuthenticatedIdentities",
    "AmazonCognitoPowerUser",
    "AmazonCognitoReadOnly",
    "AmazonCognitoUnAuthedIdentitiesSessionPolicy",
    "AmazonCognitoUnauthenticatedIdentities",
    "ReadOnlyAccess",
];

#[cognate_test]
async fn cr_11_a_policy_is_shown_as_it_was_made(app: App) {
    let given = [
        ("PolicyName", "p"),
        ("Path", "/of/"),
        ("PolicyDocument", ALLOW),
        ("Description", "any\u{1}text <&>"),
        ("Tags.member.1.Key", "k"),
        ("Tags.member.1.Value", "v"),
    ];
    let mut plain = given;
    plain[3].1 = "any text <&>";
    let made = app.query(Service::Iam, "CreatePolicy", &plain).await;
    made.expect_ok();
    let arn = made.value("CreatePolicyResult.Policy.Arn");
    assert_eq!(arn, "arn:aws:iam::123456789012:policy/of/p");
    let shown = app.query(Service::Iam, "GetPolicy", &[("PolicyArn", &arn)]).await;
    for (member, value) in [
        ("PolicyName", "p"),
        ("Path", "/of/"),
        ("Arn", &arn),
        ("DefaultVersionId", "v1"),
        ("AttachmentCount", "0"),
        ("IsAttachable", "true"),
        ("Description", "any text <&>"),
        ("Tags.member.Key", "k"),
    ] {
        assert_eq!(shown.value(&format!("GetPolicyResult.Policy.{member}")), value, "{member}");
        assert_eq!(made.value(&format!("CreatePolicyResult.Policy.{member}")), value, "{member}");
    }
    let again = app.query(Service::Iam, "CreatePolicy", &[("PolicyName", "P"), ("PolicyDocument", ALLOW)]).await;
    let sentence = "A policy called P already exists. Duplicate names are not allowed.";
    again.expect_error(409, "EntityAlreadyExists", sentence);
}

#[cognate_test]
async fn a_document_that_is_none_or_too_large_makes_no_policy(app: App) {
    let given = [("PolicyName", "p"), ("PolicyDocument", r#"{"Version":"2012-10-17","Statement":[]}"#)];
    app.query(Service::Iam, "CreatePolicy", &given).await.expect_refusal(400, "MalformedPolicyDocument");
    let large = ALLOW.replace("\"*\"", &format!("\"arn:aws:s3:::{}\"", "x".repeat(6_144)));
    let given = [("PolicyName", "p"), ("PolicyDocument", large.as_str())];
    app.query(Service::Iam, "CreatePolicy", &given).await.expect_error(
        409,
        "LimitExceeded",
        "Cannot exceed quota for PolicySize: 6144",
    );
    let roomy = format!("{ALLOW}{}", " ".repeat(7_000));
    app.query(Service::Iam, "CreatePolicy", &[("PolicyName", "p"), ("PolicyDocument", &roomy)]).await.expect_ok();
}

async fn names(app: &App, asked: &[(&str, &str)]) -> Vec<String> {
    let all = app.query(Service::Iam, "ListPolicies", asked).await;
    all.expect_ok();
    all.values("ListPoliciesResult.Policies.member.PolicyName")
}

#[cognate_test]
async fn policies_are_listed_by_scope_path_and_use(app: App) {
    for (name, path) in [("b", "/"), ("a", "/of/"), ("c", "/of/")] {
        let given = [("PolicyName", name), ("Path", path), ("PolicyDocument", ALLOW)];
        app.query(Service::Iam, "CreatePolicy", &given).await.expect_ok();
    }
    let own = ["a", "b", "c"];
    assert_eq!(names(&app, &[("Scope", "AWS")]).await, BUILT_IN);
    assert_eq!(names(&app, &[("Scope", "Local")]).await, own);
    assert_eq!(names(&app, &[]).await, [&BUILT_IN[..], &own[..]].concat());
    assert_eq!(names(&app, &[("PathPrefix", "/of/")]).await, ["a", "c"]);
    assert!(names(&app, &[("OnlyAttached", "true")]).await.is_empty());
    app.query(Service::Iam, "CreateGroup", &[("GroupName", "g")]).await.expect_ok();
    for arn in ["arn:aws:iam::123456789012:policy/of/a", "arn:aws:iam::aws:policy/ReadOnlyAccess"] {
        app.query(Service::Iam, "AttachGroupPolicy", &[("GroupName", "g"), ("PolicyArn", arn)]).await.expect_ok();
    }
    let boundary = "arn:aws:iam::123456789012:policy/of/c";
    app.query(Service::Iam, "CreateUser", &[("UserName", "u"), ("PermissionsBoundary", boundary)]).await.expect_ok();
    assert_eq!(names(&app, &[("OnlyAttached", "true")]).await, ["ReadOnlyAccess", "a"]);
    assert_eq!(names(&app, &[("PolicyUsageFilter", "PermissionsPolicy")]).await, ["ReadOnlyAccess", "a"]);
    assert_eq!(names(&app, &[("PolicyUsageFilter", "PermissionsBoundary")]).await, ["c"]);
}

#[cognate_test]
async fn pages_of_policies_go_from_the_services_own_to_the_accounts(app: App) {
    for name in ["a", "B", "c"] {
        app.query(Service::Iam, "CreatePolicy", &[("PolicyName", name), ("PolicyDocument", ALLOW)]).await.expect_ok();
    }
    let all = [&BUILT_IN[..], &["a", "B", "c"]].concat();
    for most in ["1", "2", "7", "9", "10"] {
        let (mut seen, mut marker) = (Vec::new(), String::new());
        loop {
            let mut given = vec![("MaxItems", most)];
            if !marker.is_empty() {
                given.push(("Marker", &marker));
            }
            let page = app.query(Service::Iam, "ListPolicies", &given).await;
            page.expect_ok();
            seen.extend(page.values("ListPoliciesResult.Policies.member.PolicyName"));
            marker = page.values("ListPoliciesResult.Marker").concat();
            if marker.is_empty() {
                break;
            }
            assert!(seen.len() < 20, "the list ends");
        }
        assert_eq!(seen, all, "{most}");
    }
}

#[cognate_test]
async fn the_services_own_policies_are_read_and_never_changed(app: App) {
    let arn = "arn:aws:iam::aws:policy/AdministratorAccess";
    let shown = app.query(Service::Iam, "GetPolicyVersion", &[("PolicyArn", arn), ("VersionId", "v1")]).await;
    let document = testkit::percent_decoded(&shown.value("GetPolicyVersionResult.PolicyVersion.Document"));
    assert_eq!(serde_json::from_str::<Value>(&document).unwrap()["Statement"][0]["Action"], "*");
    let sentence = format!("Policy {arn} is managed by the service and cannot be changed.");
    for (op, more) in [
        ("DeletePolicy", vec![]),
        ("CreatePolicyVersion", vec![("PolicyDocument", ALLOW)]),
        ("SetDefaultPolicyVersion", vec![("VersionId", "v1")]),
        ("DeletePolicyVersion", vec![("VersionId", "v1")]),
        ("TagPolicy", vec![("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "v")]),
        ("UntagPolicy", vec![("TagKeys.member.1", "k")]),
    ] {
        let given = [&[("PolicyArn", arn)], &more[..]].concat();
        app.query(Service::Iam, op, &given).await.expect_error(400, "InvalidInput", &sentence);
    }
}
