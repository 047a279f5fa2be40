//! CR-11: what Terraform's provider asks for each of its resources, in its order: create, read, read again, change,
//! read, delete. Its plan is empty when a second read tells what the first one told.

use testkit::prelude::*;

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"}}]}"#;
const ALLOW: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Action":["cognito-idp:List*"],"Effect":"Allow","Resource":"*"}]}"#;
const DENY: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Action":["cognito-idp:*"],"Effect":"Deny","Resource":"*"}]}"#;

type Call<'a> = (&'a str, &'a [(&'a str, &'a str)]);

async fn asked(app: &App, calls: &[Call<'_>]) -> Vec<String> {
    let mut told = Vec::new();
    for (op, given) in calls {
        let answer = app.query(Service::Iam, op, given).await;
        answer.expect_ok();
        // Every answer has an id of its own.
        let body = answer.text();
        told.push(body.split("<ResponseMetadata>").next().unwrap_or_default().to_owned());
    }
    told
}

/// Reads twice, and finds no difference.
async fn read(app: &App, calls: &[Call<'_>]) -> Vec<String> {
    let first = asked(app, calls).await;
    app.advance(Duration::from_secs(60));
    assert_eq!(asked(app, calls).await, first, "a second read shows no difference");
    first
}

#[cognate_test]
async fn cr_11_aws_iam_role_with_its_policies(app: App) {
    let named = [("RoleName", "tf")];
    let made = [
        ("RoleName", "tf"),
        ("Path", "/"),
        ("AssumeRolePolicyDocument", TRUST),
        ("MaxSessionDuration", "3600"),
        ("Tags.member.1.Key", "env"),
        ("Tags.member.1.Value", "test"),
    ];
    asked(&app, &[("CreateRole", &made)]).await;
    let reads: [Call<'_>; 4] = [
        ("GetRole", &named),
        ("ListRolePolicies", &named),
        ("ListAttachedRolePolicies", &named),
        ("ListRoleTags", &named),
    ];
    let before = read(&app, &reads).await;

    // aws_iam_role_policy and aws_iam_role_policy_attachment beside it.
    let inline = [("RoleName", "tf"), ("PolicyName", "inline"), ("PolicyDocument", ALLOW)];
    let arn = "arn:aws:iam::aws:policy/AmazonCognitoPowerUser";
    let attached = [("RoleName", "tf"), ("PolicyArn", arn)];
    asked(&app, &[("PutRolePolicy", &inline), ("AttachRolePolicy", &attached)]).await;
    read(&app, &[("GetRolePolicy", &inline[..2]), ("ListAttachedRolePolicies", &named)]).await;

    let trust = TRUST.replace("lambda", "ec2");
    let updates: [Call<'_>; 5] = [
        ("UpdateAssumeRolePolicy", &[("RoleName", "tf"), ("PolicyDocument", &trust)]),
        ("UpdateRoleDescription", &[("RoleName", "tf"), ("Description", "changed")]),
        ("UpdateRole", &[("RoleName", "tf"), ("MaxSessionDuration", "7200")]),
        ("TagRole", &[("RoleName", "tf"), ("Tags.member.1.Key", "env"), ("Tags.member.1.Value", "prod")]),
        ("PutRolePermissionsBoundary", &[("RoleName", "tf"), ("PermissionsBoundary", arn)]),
    ];
    asked(&app, &updates).await;
    let after = read(&app, &reads).await;
    assert_ne!(before, after);
    assert!(after[0].contains("changed") && after[0].contains("<MaxSessionDuration>7200<"), "{}", after[0]);
    assert!(after[0].contains(arn) && after[3].contains("prod"), "{after:?}");

    let undone: [Call<'_>; 7] = [
        ("DetachRolePolicy", &attached),
        ("DeleteRolePolicy", &inline[..2]),
        ("DeleteRolePermissionsBoundary", &named),
        ("UntagRole", &[("RoleName", "tf"), ("TagKeys.member.1", "env")]),
        ("ListInstanceProfilesForRole", &named),
        ("ListAttachedRolePolicies", &named),
        ("DeleteRole", &named),
    ];
    asked(&app, &undone).await;
    app.query(Service::Iam, "GetRole", &named).await.expect_refusal(404, "NoSuchEntity");
}

#[cognate_test]
async fn cr_11_aws_iam_policy(app: App) {
    let arn = "arn:aws:iam::123456789012:policy/tf";
    let named = [("PolicyArn", arn)];
    asked(&app, &[("CreatePolicy", &[("PolicyName", "tf"), ("Path", "/"), ("PolicyDocument", ALLOW)])]).await;
    let reads: [Call<'_>; 3] = [
        ("GetPolicy", &named),
        ("GetPolicyVersion", &[("PolicyArn", arn), ("VersionId", "v1")]),
        ("ListPolicyTags", &named),
    ];
    read(&app, &reads).await;
    // A change is a new version in force; the oldest one makes room when there are five.
    for n in 2..=7 {
        let versions = app.query(Service::Iam, "ListPolicyVersions", &named).await;
        let ids = versions.values("ListPolicyVersionsResult.Versions.member.VersionId");
        if ids.len() >= 5 {
            let oldest = [("PolicyArn", arn), ("VersionId", ids[4].as_str())];
            asked(&app, &[("DeletePolicyVersion", &oldest)]).await;
        }
        let document = if n % 2 == 0 { DENY } else { ALLOW };
        let new = [("PolicyArn", arn), ("PolicyDocument", document), ("SetAsDefault", "true")];
        asked(&app, &[("CreatePolicyVersion", &new)]).await;
    }
    read(&app, &[("GetPolicy", &named), ("GetPolicyVersion", &[("PolicyArn", arn), ("VersionId", "v7")])]).await;
    asked(&app, &[("TagPolicy", &[("PolicyArn", arn), ("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "v")])])
        .await;
    asked(&app, &[("UntagPolicy", &[("PolicyArn", arn), ("TagKeys.member.1", "k")])]).await;
    for version in ["v6", "v5", "v4", "v3"] {
        asked(&app, &[("DeletePolicyVersion", &[("PolicyArn", arn), ("VersionId", version)])]).await;
    }
    asked(&app, &[("DeletePolicy", &named)]).await;
    app.query(Service::Iam, "GetPolicy", &named).await.expect_refusal(404, "NoSuchEntity");
}

#[cognate_test]
async fn cr_11_aws_iam_user_with_a_key(app: App) {
    let named = [("UserName", "tf")];
    asked(
        &app,
        &[(
            "CreateUser",
            &[("UserName", "tf"), ("Path", "/"), ("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "v")],
        )],
    )
    .await;
    let made = app.query(Service::Iam, "CreateAccessKey", &named).await;
    let id = made.value("CreateAccessKeyResult.AccessKey.AccessKeyId");
    let key = [("UserName", "tf"), ("AccessKeyId", id.as_str())];
    read(&app, &[("GetUser", &named), ("ListAccessKeys", &named), ("GetAccessKeyLastUsed", &key[1..])]).await;
    asked(&app, &[("UpdateAccessKey", &[key[0], key[1], ("Status", "Inactive")])]).await;
    read(&app, &[("ListAccessKeys", &named)]).await;
    asked(&app, &[("UpdateUser", &[("UserName", "tf"), ("NewUserName", "tf2"), ("NewPath", "/x/")])]).await;
    let named = [("UserName", "tf2")];
    read(&app, &[("GetUser", &named)]).await;
    // force_destroy asks for everything a user can have.
    let empty: [Call<'_>; 6] = [
        ("ListGroupsForUser", &named),
        ("ListSSHPublicKeys", &named),
        ("ListMFADevices", &named),
        ("ListSigningCertificates", &named),
        ("ListServiceSpecificCredentials", &named),
        ("ListUserTags", &named),
    ];
    read(&app, &empty).await;
    app.query(Service::Iam, "GetLoginProfile", &named).await.expect_refusal(404, "NoSuchEntity");
    asked(&app, &[("DeleteAccessKey", &[("UserName", "tf2"), key[1]]), ("DeleteUser", &named)]).await;
    app.query(Service::Iam, "GetUser", &named).await.expect_refusal(404, "NoSuchEntity");
}

#[cognate_test]
async fn cr_11_aws_iam_openid_connect_provider(app: App) {
    let arn = "arn:aws:iam::123456789012:oidc-provider/id.example";
    let named = [("OpenIDConnectProviderArn", arn)];
    let print = "9e99a48a9960b14926bb7f3b02e22da2b0ab7280";
    let made = [("Url", "https://id.example"), ("ClientIDList.member.1", "a"), ("ThumbprintList.member.1", print)];
    asked(&app, &[("CreateOpenIDConnectProvider", &made)]).await;
    let reads: [Call<'_>; 1] = [("GetOpenIDConnectProvider", &named)];
    read(&app, &reads).await;
    let updates: [Call<'_>; 5] = [
        ("UpdateOpenIDConnectProviderThumbprint", &[named[0], ("ThumbprintList.member.1", &"b".repeat(40))]),
        ("AddClientIDToOpenIDConnectProvider", &[named[0], ("ClientID", "b")]),
        ("RemoveClientIDFromOpenIDConnectProvider", &[named[0], ("ClientID", "a")]),
        ("TagOpenIDConnectProvider", &[named[0], ("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "v")]),
        ("ListOpenIDConnectProviderTags", &named),
    ];
    asked(&app, &updates).await;
    let told = read(&app, &reads).await;
    assert!(told[0].contains("<member>b</member>") && !told[0].contains("<member>a</member>"), "{told:?}");
    asked(&app, &[("UntagOpenIDConnectProvider", &[named[0], ("TagKeys.member.1", "k")])]).await;
    asked(&app, &[("DeleteOpenIDConnectProvider", &named)]).await;
    app.query(Service::Iam, "GetOpenIDConnectProvider", &named).await.expect_refusal(404, "NoSuchEntity");
}

#[cognate_test]
async fn cr_11_aws_iam_saml_provider(app: App) {
    let metadata = format!(
        "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"i\"><!--{}--><IDPSSODescriptor/></EntityDescriptor>",
        "x".repeat(1_000)
    );
    let named = [("SAMLProviderArn", "arn:aws:iam::123456789012:saml-provider/tf")];
    asked(&app, &[("CreateSAMLProvider", &[("Name", "tf"), ("SAMLMetadataDocument", &metadata)])]).await;
    let reads: [Call<'_>; 2] = [("GetSAMLProvider", &named), ("ListSAMLProviderTags", &named)];
    read(&app, &reads).await;
    let renewed = metadata.replace("entityID=\"i\"", "entityID=\"j\"");
    asked(&app, &[("UpdateSAMLProvider", &[named[0], ("SAMLMetadataDocument", &renewed)])]).await;
    asked(&app, &[("TagSAMLProvider", &[named[0], ("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "v")])]).await;
    read(&app, &reads).await;
    asked(&app, &[("UntagSAMLProvider", &[named[0], ("TagKeys.member.1", "k")]), ("DeleteSAMLProvider", &named)]).await;
    app.query(Service::Iam, "GetSAMLProvider", &named).await.expect_refusal(404, "NoSuchEntity");
}
