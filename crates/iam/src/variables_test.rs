//! CR-18: what variables stand for, and what they never do.

use crate::testing::{context, decision, may_read, policy};
use crate::{Context, Decision, Kind, Policy, Source};

fn allow(rest: &str) -> String {
    format!(r#"{{"Effect": "Allow", "Action": "*", {rest}}}"#)
}

fn deny(rest: &str) -> String {
    format!(r#"{{"Effect": "Allow", "Action": "*", "Resource": "*"}}, {{"Effect": "Deny", "Action": "*", {rest}}}"#)
}

fn of(key: &str, value: &str) -> Context {
    context(&[(key, value)])
}

#[test]
fn cr_18_a_star_in_a_tag_is_no_wildcard() {
    let own = allow(r#""Resource": "arn:aws:s3:::bucket/${aws:PrincipalTag/home}/*""#);
    let reads = |tag: &str, key: &str| {
        let object = format!("arn:aws:s3:::bucket/{key}");
        decision(&own, "s3:GetObject", &object, &of("aws:PrincipalTag/home", tag)) == Decision::Allow
    };
    assert!(reads("ana", "ana/x"));
    for tag in ["*", "?na", "a*", "**", "${*}", "${aws:PrincipalTag/home}"] {
        assert!(!reads(tag, "ana/x"), "{tag}");
        assert!(reads(tag, &format!("{tag}/x")), "{tag}");
    }
}

#[test]
fn cr_18_a_star_in_a_value_is_no_wildcard_in_conditions() {
    for operator in ["StringLike", "StringEquals", "StringEqualsIgnoreCase", "ArnLike", "ArnEquals"] {
        let statement = allow(&format!(
            r#""Resource": "*", "Condition": {{"{operator}": {{"k:path": "arn:aws:s3:::home/${{aws:username}}"}}}}"#
        ));
        let holds = |who: &str, path: &str| {
            let path = format!("arn:aws:s3:::home/{path}");
            may_read(&statement, &context(&[("aws:username", who), ("k:path", &path)]))
        };
        assert!(holds("ana", "ana") && holds("*", "*"), "{operator}");
        assert!(!holds("*", "ana") && !holds("???", "ana"), "{operator}");
    }
}

#[test]
fn cr_18_an_unresolved_variable_never_grants() {
    let nobody = Context::new();
    for rest in [
        r#""Resource": "arn:aws:s3:::bucket/${aws:username}""#,
        r#""Resource": "arn:aws:s3:::bucket/${aws:username}*""#,
        r#""Resource": "arn:aws:s3:::*${aws:username}*""#,
        r#""NotResource": "arn:aws:s3:::bucket/${aws:username}""#,
        r#""NotResource": ["arn:aws:sns:::x", "arn:aws:s3:::bucket/${aws:username}"]"#,
        r#""Resource": "*", "Condition": {"StringEquals": {"k:a": "${aws:username}"}}"#,
        r#""Resource": "*", "Condition": {"StringNotEquals": {"k:a": "${aws:username}"}}"#,
        r#""Resource": "*", "Condition": {"StringNotEquals": {"k:absent": "${aws:username}"}}"#,
        r#""Resource": "*", "Condition": {"StringNotEqualsIfExists": {"k:absent": "${aws:username}"}}"#,
        r#""Resource": "*", "Condition": {"StringNotLike": {"k:a": ["x", "${aws:username}"]}}"#,
        r#""Resource": "*", "Condition": {"StringNotEqualsIgnoreCase": {"k:a": "${aws:username}"}}"#,
        r#""Resource": "*", "Condition": {"ForAnyValue:StringNotLike": {"k:a": "${aws:username}"}}"#,
        r#""Resource": "*", "Condition": {"ForAllValues:StringNotEquals": {"k:a": "${aws:username}"}}"#,
        r#""Resource": "*", "Condition": {"ArnNotEquals": {"k:a": "arn:aws:iam:::${aws:username}"}}"#,
    ] {
        let context = of("k:a", "value");
        assert!(!may_read(&allow(rest), &nobody), "{rest}");
        assert!(!may_read(&allow(rest), &context), "{rest}");
    }
}

#[test]
fn cr_18_a_deny_of_everything_but_the_unresolved_applies() {
    let denied = Decision::ExplicitDeny(Source::Identity);
    let decided =
        |rest: &str, context: &Context| decision(&deny(rest), "s3:GetObject", "arn:aws:s3:::bucket/key", context);
    let others = r#""NotResource": "arn:aws:s3:::bucket/${aws:username}""#;
    assert_eq!(decided(others, &Context::new()), denied);
    assert_eq!(decided(others, &of("aws:username", "bea")), denied);
    assert_eq!(decided(others, &of("aws:username", "key")), Decision::Allow);
    let differs = r#""Resource": "*", "Condition": {"StringNotEquals": {"k:a": "${aws:username}"}}"#;
    assert_eq!(decided(differs, &of("k:a", "x")), denied);
    assert_eq!(decided(differs, &context(&[("k:a", "x"), ("aws:username", "x")])), Decision::Allow);
}

#[test]
fn defaults_stand_in_for_absent_keys_alone() {
    let statement = allow(r#""Resource": "arn:aws:s3:::bucket/${aws:PrincipalTag/team, 'key'}""#);
    assert!(may_read(&statement, &Context::new()));
    assert!(!may_read(&statement, &of("aws:PrincipalTag/team", "red")));
    assert!(may_read(&statement, &of("AWS:principaltag/TEAM", "key")));
    assert!(!may_read(&statement, &of("aws:PrincipalTag/team", "")));
}

#[test]
fn variables_are_variables_in_resources_and_texts_alone() {
    // In an action the colon is one too many; in a number, a date or a truth it is no such thing.
    for (rest, sentence) in [
        (r#""Action": "s3:${aws:username}", "Resource": "*""#, "Actions/Condition can contain only one colon."),
        (
            r#""Action": "*", "Resource": "*", "Condition": {"NumericEquals": {"k:a": "${k:b}"}}"#,
            "Syntax errors in policy.",
        ),
        (r#""Action": "*", "Resource": "*", "Condition": {"Null": {"k:a": "${k:b}"}}"#, "Syntax errors in policy."),
        (r#""Action": "*", "Resource": "arn:aws:s3:::${", "Sid": "x""#, "Syntax errors in policy."),
    ] {
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", {rest}}}}}"#);
        assert_eq!(Policy::parse(&text, Kind::Identity).unwrap_err().to_string(), sentence, "{rest}");
    }
    let trusted = r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:user/${aws:username}"}, "Action": "sts:AssumeRole"}"#;
    // Read as it stands, it names a user who cannot exist.
    let named = policy(Kind::Trust, trusted);
    assert_eq!(crate::context_keys(&named), Vec::<String>::new());
}

#[test]
fn before_2012_a_variable_is_its_own_text() {
    for version in ["", r#""Version": "2008-10-17","#] {
        let text = format!(
            r#"{{{version} "Statement": {{"Effect": "Allow", "Action": "*",
                "Resource": ["arn:aws:s3:::bucket/$*username*", "arn:aws:s3:::open/${{"],
                "Condition": {{"StringEqualsIfExists": {{"k:a": "${{aws:username}}"}}}}}}}}"#
        );
        let policy = Policy::parse(&text, Kind::Identity).unwrap();
        assert!(crate::context_keys(&policy).iter().all(|key| key == "k:a"));
        let named = [crate::Named::new("p", &policy)];
        let who = crate::PrincipalIds::user("123456789012", crate::testing::ANA);
        let may = |resource: &str, value: &str| {
            let context = context(&[("aws:username", "ana"), ("k:a", value)]);
            let request = crate::Request { action: "s3:GetObject", resource, principal: &who, context: &context };
            let policies = crate::Policies { identity: &named, ..crate::Policies::default() };
            crate::decide(&policies, &request) == Decision::Allow
        };
        assert!(may("arn:aws:s3:::bucket/${aws:username}", "${aws:username}"));
        assert!(may("arn:aws:s3:::open/${", "${aws:username}"));
        assert!(!may("arn:aws:s3:::bucket/ana", "${aws:username}"));
        assert!(!may("arn:aws:s3:::bucket/${aws:username}", "ana"));
    }
}
