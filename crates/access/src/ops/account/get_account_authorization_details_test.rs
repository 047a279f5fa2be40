use testkit::prelude::*;

const TRUST: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}}"#;
const ALLOW: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}}"#;
const READ: &str = "arn:aws:iam::aws:policy/AmazonCognitoReadOnly";
const RESULT: &str = "GetAccountAuthorizationDetailsResult";

async fn house(app: &App) {
    for (op, given) in [
        ("CreateUser", vec![("UserName", "ana")]),
        ("CreateUser", vec![("UserName", "ben")]),
        ("CreateGroup", vec![("GroupName", "staff")]),
        ("AddUserToGroup", vec![("GroupName", "staff"), ("UserName", "ana")]),
        ("PutUserPolicy", vec![("UserName", "ana"), ("PolicyName", "own"), ("PolicyDocument", ALLOW)]),
        ("AttachGroupPolicy", vec![("GroupName", "staff"), ("PolicyArn", READ)]),
        ("CreateRole", vec![("RoleName", "r"), ("AssumeRolePolicyDocument", TRUST), ("PermissionsBoundary", READ)]),
        ("CreatePolicy", vec![("PolicyName", "p"), ("PolicyDocument", ALLOW)]),
    ] {
        app.query(Service::Iam, op, &given).await.expect_ok();
    }
}

#[cognate_test]
async fn everything_of_the_account_is_shown_once_on_pages_of_any_size(app: App) {
    house(&app).await;
    for most in ["1", "2", "5", "1000"] {
        let (mut seen, mut marker) = (Vec::new(), String::new());
        loop {
            let mut given = vec![("MaxItems", most)];
            if !marker.is_empty() {
                given.push(("Marker", &marker));
            }
            let page = app.query(Service::Iam, "GetAccountAuthorizationDetails", &given).await;
            page.expect_ok();
            for items in [
                "UserDetailList.member.UserName",
                "GroupDetailList.member.GroupName",
                "RoleDetailList.member.RoleName",
                "Policies.member.PolicyName",
            ] {
                seen.extend(page.values(&format!("{RESULT}.{items}")));
            }
            marker = page.values(&format!("{RESULT}.Marker")).concat();
            if marker.is_empty() {
                break;
            }
            assert!(seen.len() < 20, "the list ends");
        }
        assert_eq!(seen[..5], ["ana", "ben", "staff", "r", "p"], "{most}");
        assert_eq!(seen.len(), 5 + 7, "{most}: and the service's own policies");
    }
}

#[cognate_test]
async fn details_hold_policies_groups_and_boundaries_and_a_filter_leaves_the_rest_out(app: App) {
    house(&app).await;
    let given = [("Filter.member.1", "User"), ("Filter.member.2", "Role")];
    let shown = app.query(Service::Iam, "GetAccountAuthorizationDetails", &given).await;
    assert_eq!(shown.value(&format!("{RESULT}.UserDetailList.member.UserPolicyList.member.PolicyName")), "own");
    assert_eq!(shown.value(&format!("{RESULT}.UserDetailList.member.GroupList.member")), "staff");
    let boundary = format!("{RESULT}.RoleDetailList.member.PermissionsBoundary.PermissionsBoundaryArn");
    assert_eq!(shown.value(&boundary), READ);
    let trust = shown.value(&format!("{RESULT}.RoleDetailList.member.AssumeRolePolicyDocument"));
    assert_eq!(testkit::percent_decoded(&trust), TRUST);
    assert!(shown.values(&format!("{RESULT}.Policies.member.PolicyName")).is_empty());
    assert!(shown.values(&format!("{RESULT}.GroupDetailList.member.GroupName")).is_empty());
    let own =
        app.query(Service::Iam, "GetAccountAuthorizationDetails", &[("Filter.member.1", "LocalManagedPolicy")]).await;
    let document = own.value(&format!("{RESULT}.Policies.member.PolicyVersionList.member.Document"));
    assert_eq!(testkit::percent_decoded(&document), ALLOW);
}

#[cognate_test]
async fn the_summary_counts_what_is_there(app: App) {
    house(&app).await;
    let told = app.query(Service::Iam, "GetAccountSummary", &[]).await;
    told.expect_ok();
    let (keys, values) = (
        told.values("GetAccountSummaryResult.SummaryMap.entry.key"),
        told.values("GetAccountSummaryResult.SummaryMap.entry.value"),
    );
    let count = |name: &str| {
        let at = keys.iter().position(|key| key == name).unwrap_or_else(|| panic!("{name} is told"));
        values[at].clone()
    };
    for (name, number) in [
        ("Users", "2"),
        ("Groups", "1"),
        ("Roles", "1"),
        ("Policies", "1"),
        ("PolicyVersionsInUse", "1"),
        ("Providers", "0"),
        ("AccountAccessKeysPresent", "1"),
        ("AccessKeysPerUserQuota", "2"),
        ("VersionsPerPolicyQuota", "5"),
        ("MFADevices", "0"),
    ] {
        assert_eq!(count(name), number, "{name}");
    }
    let aliases = app.query(Service::Iam, "ListAccountAliases", &[]).await;
    aliases.expect_ok();
    assert!(aliases.values("ListAccountAliasesResult.AccountAliases.member").is_empty());
}
