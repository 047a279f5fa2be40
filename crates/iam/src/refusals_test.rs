//! What is no policy, and in which words it is told.

use crate::{Kind, Policy};

const SYNTAX: &str = "Syntax errors in policy.";

fn said(text: &str, kind: Kind) -> String {
    Policy::parse(text, kind).map_or_else(|refused| refused.to_string(), |_| "accepted".into())
}

fn of_statement(statement: &str, kind: Kind) -> String {
    said(&format!(r#"{{"Version": "2012-10-17", "Statement": {statement}}}"#), kind)
}

#[test]
fn documents_of_every_shape_that_is_allowed_are_accepted() {
    for text in [
        r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#,
        r#"{"Version": "2008-10-17", "Id": "", "Statement": [{"Effect": "Deny", "NotAction": ["s3:*"], "NotResource": ["*"]}]}"#,
        r#"{"Statement": [{"Sid": "", "Effect": "Allow", "Action": "a:b", "Resource": "*", "Condition": {}},
                          {"Sid": "", "Effect": "Allow", "Action": "a:b", "Resource": "*"}]}"#,
    ] {
        assert_eq!(said(text, Kind::Identity), "accepted", "{text}");
    }
    let trusted = r#"{"Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"},
        "Action": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"], "Condition": {
            "StringEquals": {"cognito-identity.amazonaws.com:aud": "us-east-1:3f2b8c1e-7d44-4a5e-9b1c-0d6f5a7e8c90"},
            "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"}}}"#;
    assert_eq!(of_statement(trusted, Kind::Trust), "accepted");
    let open = r#"{"Sid": "with spaces", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}"#;
    assert_eq!(of_statement(open, Kind::Resource), "accepted");
}

#[test]
fn identity_policies_are_refused_in_the_services_words() {
    for (statement, sentence) in [
        ("[]", SYNTAX),
        ("{}", SYNTAX),
        ("5", SYNTAX),
        ("[5]", SYNTAX),
        (r#"{"Effect": "allow", "Action": "*", "Resource": "*"}"#, SYNTAX),
        (r#"{"Effect": ["Allow"], "Action": "*", "Resource": "*"}"#, SYNTAX),
        (r#"{"effect": "Allow", "Action": "*", "Resource": "*"}"#, SYNTAX),
        (r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Extra": 1}"#, SYNTAX),
        (r#"{"Effect": "Allow", "Effect": "Deny", "Action": "*", "Resource": "*"}"#, SYNTAX),
        (r#"{"Effect": "Allow", "Action": "*", "NotAction": "a:b", "Resource": "*"}"#, SYNTAX),
        (r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "NotResource": "*"}"#, SYNTAX),
        (r#"{"Effect": "Allow", "Action": {"a": "b"}, "Resource": "*"}"#, SYNTAX),
        (r#"{"Effect": "Allow", "Action": [["a:b"]], "Resource": "*"}"#, SYNTAX),
        (r#"{"Effect": "Allow", "Action": null, "Resource": "*"}"#, SYNTAX),
        (r#"{"Effect": "Allow", "Action": "s3:Get\u2011Object", "Resource": "*"}"#, SYNTAX),
        (r#"{"Effect": "Allow", "Action": "s3:", "Resource": "*"}"#, SYNTAX),
        (r#"{"Effect": "Allow", "Action": "*", "Resource": 5}"#, SYNTAX),
        (r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": []}"#, SYNTAX),
        (r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": "x"}}"#, SYNTAX),
        (r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"": "true"}}}"#, SYNTAX),
        (r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"a:b": {}}}}"#, SYNTAX),
        (r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"a:b": null}}}"#, SYNTAX),
        (r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Sid": 5}"#, SYNTAX),
        (r#"{"Effect": "Allow", "Resource": "*"}"#, "Policy statement must contain actions."),
        (r#"{"Effect": "Allow", "Action": [], "Resource": "*"}"#, "Policy statement must contain actions."),
        (r#"{"Effect": "Allow", "Action": "*"}"#, "Policy statement must contain resources."),
        (r#"{"Effect": "Allow", "Action": "*", "Resource": []}"#, "Policy statement must contain resources."),
        (
            r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"}"#,
            "Policy document should not specify a principal.",
        ),
        (
            r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "NotPrincipal": {"AWS": "*"}}"#,
            "Policy document should not specify a principal.",
        ),
        (
            r#"{"Effect": "Allow", "Action": "GetObject", "Resource": "*"}"#,
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        ),
        (
            r#"{"Effect": "Allow", "Action": "s3:Get:Object", "Resource": "*"}"#,
            "Actions/Condition can contain only one colon.",
        ),
        (r#"{"Effect": "Allow", "Action": "s_3:GetObject", "Resource": "*"}"#, "Vendor s_3 is not valid"),
        (r#"{"Effect": "Allow", "Action": "\u0455ts:AssumeRole", "Resource": "*"}"#, "Vendor ѕts is not valid"),
        (
            r#"{"Effect": "Allow", "Action": "*", "Resource": "bucket"}"#,
            r#"Resource bucket must be in ARN format or "*"."#,
        ),
        (
            r#"{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3"}"#,
            r#"Resource arn:aws:s3 must be in ARN format or "*"."#,
        ),
        (
            r#"[{"Sid": "A", "Effect": "Allow", "Action": "*", "Resource": "*"}, {"Sid": "A", "Effect": "Allow", "Action": "*", "Resource": "*"}]"#,
            "Statement IDs (SID) in a single policy must be unique.",
        ),
        (
            r#"{"Sid": "a b", "Effect": "Allow", "Action": "*", "Resource": "*"}"#,
            "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*",
        ),
    ] {
        assert_eq!(of_statement(statement, Kind::Identity), sentence, "{statement}");
    }
}

#[test]
fn whole_documents_are_refused_in_the_services_words() {
    let fine = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;
    for (text, sentence) in [
        (String::new(), SYNTAX),
        ("{".into(), SYNTAX),
        ("[]".into(), SYNTAX),
        ("{}".into(), SYNTAX),
        (format!(r#"{{"Version": "2012-10-17", "Statement": {fine}}} x"#), SYNTAX),
        (format!(r#"{{"Statement": {fine}, "Statement": {fine}}}"#), SYNTAX),
        (format!(r#"{{"statement": {fine}}}"#), SYNTAX),
        (format!(r#"{{"Id": 5, "Statement": {fine}}}"#), SYNTAX),
        (
            format!(r#"{{"Version": "2012-10-18", "Statement": {fine}}}"#),
            "Policy document must be version 2012-10-17 or greater.",
        ),
        (
            format!(r#"{{"Version": 2012, "Statement": {fine}}}"#),
            "Policy document must be version 2012-10-17 or greater.",
        ),
    ] {
        assert_eq!(said(&text, Kind::Identity), sentence, "{text}");
    }
}

#[test]
fn trust_and_resource_policies_are_told_which_field() {
    let who = r#""Principal": {"Service": "lambda.amazonaws.com"}"#;
    for (statement, sentence) in [
        ("[]".to_owned(), "Missing required field Statement"),
        (format!(r#"{{{who}, "Action": "sts:AssumeRole"}}"#), "Missing required field Effect"),
        (format!(r#"{{{who}, "Effect": "Allow"}}"#), "Missing required field Action"),
        (r#"{"Effect": "Allow", "Action": "sts:AssumeRole"}"#.into(), "Missing required field Principal"),
        (
            r#"{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {}}"#.into(),
            "Missing required field Principal",
        ),
        (
            format!(r#"{{{who}, "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}}"#),
            "Has prohibited field Resource",
        ),
        (format!(r#"{{{who}, "Effect": "Allow", "Action": "sts:AssumeRole", "Extra": "*"}}"#), "Unknown field Extra"),
        (
            format!(r#"{{{who}, "Effect": "Allow", "Action": "s3:GetObject"}}"#),
            "AssumeRole policy may only specify STS AssumeRole actions.",
        ),
        (
            format!(r#"{{{who}, "Effect": "Allow", "Action": "*"}}"#),
            "AssumeRole policy may only specify STS AssumeRole actions.",
        ),
        (
            r#"{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::1:user/*"}}"#.into(),
            r#"Invalid principal in policy: "AWS":"arn:aws:iam::1:user/*""#,
        ),
        (
            r#"{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "ana"}"#.into(),
            r#"Invalid principal in policy: "ana""#,
        ),
        (format!(r#"{{{who}, "NotPrincipal": "*", "Effect": "Allow", "Action": "sts:AssumeRole"}}"#), SYNTAX),
    ] {
        assert_eq!(of_statement(&statement, Kind::Trust), sentence, "{statement}");
    }
    assert_eq!(said("{", Kind::Trust), "This policy contains invalid Json");
    assert_eq!(said("{", Kind::Resource), "This policy contains invalid Json");
    let no_resource = format!(r#"{{{who}, "Effect": "Allow", "Action": "s3:GetObject"}}"#);
    assert_eq!(of_statement(&no_resource, Kind::Resource), "Missing required field Resource");
}

#[test]
fn the_detail_says_where_and_what() {
    let text = r#"{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/33"}}}]}"#;
    let refused = Policy::parse(text, Kind::Identity).unwrap_err();
    assert_eq!(refused.to_string(), SYNTAX);
    assert_eq!(refused.detail(), "statement 2: value 10.0.0.0/33 of IpAddress aws:SourceIp");
}
