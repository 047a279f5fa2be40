//! What a stranger may send: names nobody has, actions nobody knows, text that means something to XML or SQL.

use access::SERVED_IAM;
use testkit::prelude::*;

#[cognate_test]
async fn cr_34_an_unknown_action_is_told_as_such(app: App) {
    for unknown in ["AcquireRole", "createrole", "CreateInstanceProfile", "Nonsense<&>", "", "CreateRole "] {
        let answer = app.query(Service::Iam, unknown, &[]).await;
        let sentence = format!("Could not find operation {unknown} for version 2010-05-08");
        answer.expect_error(400, "InvalidAction", &sentence);
    }
}

#[cognate_test]
async fn cr_34_no_operation_answers_500_to_nothing_or_to_names_nobody_has(app: App) {
    let odd = "arn:aws:iam::123456789012:policy/<&>'\"";
    for op in SERVED_IAM.iter().map(|served| served.meta) {
        let empty = app.query(Service::Iam, op.name, &[]).await;
        assert!(empty.status < 500, "{} {empty:?}", op.name);
        let given = [
            ("UserName", "nobody"),
            ("GroupName", "nobody"),
            ("RoleName", "nobody"),
            ("PolicyName", "nobody"),
            ("PolicyArn", odd),
            ("VersionId", "v99999999999999999999"),
            ("AccessKeyId", "AKIAIOSFODNN7EXAMPLE"),
            ("OpenIDConnectProviderArn", "arn:aws:iam::123456789012:oidc-provider/\0"),
            ("SAMLProviderArn", "arn:aws:iam::123456789012:saml-provider/\0"),
            ("PermissionsBoundary", "arn:aws:iam::123456789012:policy/\0"),
            ("Url", "https://id.example/\0"),
            ("ClientID", "\0"),
            ("Marker", "' OR 1=1 --"),
            ("PathPrefix", "/\u{7f}"),
            ("PolicyDocument", "{\"Version\": {\"Version\": []}}"),
            ("AssumeRolePolicyDocument", "null"),
        ];
        let filled = app.query(Service::Iam, op.name, &given).await;
        assert!(filled.status < 500, "{} {filled:?}", op.name);
    }
}

#[cognate_test]
async fn text_that_xml_knows_comes_back_as_text(app: App) {
    let document = r#"{"Version":"2012-10-17","Statement":{"Sid":"S","Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::]]></a>&amp;<!--"}}"#;
    let given = [("PolicyName", "p"), ("PolicyDocument", document), ("Description", "]]></Description><x>&#0;")];
    app.query(Service::Iam, "CreatePolicy", &given).await.expect_ok();
    let shown = app.query(Service::Iam, "GetPolicy", &[("PolicyArn", "arn:aws:iam::123456789012:policy/p")]).await;
    assert_eq!(shown.value("GetPolicyResult.Policy.Description"), "]]></Description><x>&#0;");
}
