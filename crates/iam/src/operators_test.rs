//! CR-17: every operator, on a match, a mismatch and an absent key, in every form.

use crate::testing::{context, may_read};
use crate::{Context, Policy};

/// Operator, the policy's value, a request's value that matches it, one that does not.
const OPERATORS: &[(&str, &str, &str, &str)] = &[
    ("StringEquals", "Red*", "Red*", "red*"),
    ("StringNotEquals", "red", "blue", "red"),
    ("StringEqualsIgnoreCase", "Red", "rED", "blue"),
    ("StringNotEqualsIgnoreCase", "Red", "blue", "rED"),
    ("StringLike", "r?d/*", "rod/x/y", "Rod/x"),
    ("StringNotLike", "r?d/*", "rd/x", "red/"),
    ("NumericEquals", "10.0", "10", "11"),
    ("NumericNotEquals", "10", "11", "10.00"),
    ("NumericLessThan", "10", "9.99", "10"),
    ("NumericLessThanEquals", "10", "10", "10.01"),
    ("NumericGreaterThan", "10", "11", "10"),
    ("NumericGreaterThanEquals", "-1", "-1", "-2"),
    ("DateEquals", "2026-09-01T08:05:00Z", "1788249900", "2026-09-01T08:05:01Z"),
    ("DateNotEquals", "2026-09-01T08:05:00Z", "2026-09-01", "2026-09-01T10:05:00+02:00"),
    ("DateLessThan", "2026-09-01", "2026-08-31T23:59:59Z", "2026-09-01"),
    ("DateLessThanEquals", "2026-09-01", "2026-09-01T00:00Z", "2026-09-01T00:00:01Z"),
    ("DateGreaterThan", "2026-09-01", "2026-09-01T00:00:01Z", "2026-09-01"),
    ("DateGreaterThanEquals", "2026-09-01", "2026-09-01", "2026-08-31"),
    ("Bool", "true", "TRUE", "false"),
    ("BinaryEquals", "QmluYXJ5", "QmluYXJ5", "QmluYXJ6"),
    ("IpAddress", "203.0.113.0/24", "203.0.113.9", "203.0.114.9"),
    ("NotIpAddress", "2001:db8::/32", "203.0.113.9", "2001:db8::1"),
    ("ArnEquals", "arn:aws:sns:*:1:t*", "arn:aws:sns:eu:1:top:ic", "arn:aws:sns:eu:2:topic"),
    ("ArnLike", "arn:aws:s?s:*:1:*", "arn:aws:sqs::1:q", "arn:aws:s3:::q"),
    ("ArnNotEquals", "arn:aws:sns:*:1:*", "arn:aws:sns:eu:2:x", "arn:aws:sns:eu:1:x"),
    ("ArnNotLike", "arn:aws:sns:*:1:*", "not an arn", "arn:aws:sns:eu:1:x"),
];

fn holds(operator: &str, value: &str, context: &Context) -> bool {
    may_read(
        &format!(
            r#"{{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {{"{operator}": {{"k:Key": {value}}}}}}}"#
        ),
        context,
    )
}

#[test]
fn cr_17_every_operator_in_every_form() {
    for (operator, value, matching, other) in OPERATORS {
        let negated = operator.contains("Not");
        let value = format!("\"{value}\"");
        // What an absent key makes of each form.
        for (form, absent) in [
            ((*operator).to_owned(), negated),
            (format!("{operator}IfExists"), true),
            (format!("ForAllValues:{operator}"), true),
            (format!("ForAllValues:{operator}IfExists"), true),
            (format!("ForAnyValue:{operator}"), false),
            (format!("ForAnyValue:{operator}IfExists"), true),
        ] {
            assert!(holds(&form, &value, &context(&[("K:KEY", matching)])), "{form} {value} on {matching}");
            assert!(!holds(&form, &value, &context(&[("k:key", other)])), "{form} {value} on {other}");
            assert_eq!(holds(&form, &value, &Context::new()), absent, "{form} {value} without the key");
            let mut empty = Context::new();
            empty.set_many("k:key", Vec::new());
            assert_eq!(holds(&form, &value, &empty), absent, "{form} {value} with no values");
        }
    }
}

#[test]
fn cr_17_the_table_names_every_operator_there_is() {
    let families = ["String", "Numeric", "Date", "Bool", "Binary", "IpAddress", "NotIpAddress", "Arn"];
    let count = |family: &str| OPERATORS.iter().filter(|(name, ..)| name.starts_with(family)).count();
    assert_eq!(families.map(count), [6, 6, 6, 1, 1, 1, 1, 4]);
}

#[test]
fn cr_17_several_values_of_the_request() {
    // Under StringEquals ["a", "b"] and its negation: request values, then what each form says.
    for (values, plain, all, any, not_plain, not_all, not_any) in [
        (&["a"][..], true, true, true, false, false, false),
        (&["c"], false, false, false, true, true, true),
        (&["a", "b"], true, true, true, false, false, false),
        (&["a", "c"], true, false, true, false, false, true),
        (&["c", "d"], false, false, false, true, true, true),
        (&[], false, true, false, true, true, false),
    ] {
        let mut context = Context::new();
        context.set_many("k:Key", values.iter().map(ToString::to_string).collect());
        for (operator, expected) in [
            ("StringEquals", plain),
            ("ForAllValues:StringEquals", all),
            ("ForAnyValue:StringEquals", any),
            ("StringNotEquals", not_plain),
            ("ForAllValues:StringNotEquals", not_all),
            ("ForAnyValue:StringNotEquals", not_any),
        ] {
            assert_eq!(holds(operator, r#"["a", "b"]"#, &context), expected, "{operator} on {values:?}");
        }
    }
}

#[test]
fn cr_17_null_asks_whether_the_key_is_absent() {
    let (with, without) = (context(&[("k:key", "")]), Context::new());
    let mut empty = Context::new();
    empty.set_many("k:key", Vec::new());
    for (value, with_key, without_key) in [
        ("\"true\"", false, true),
        ("true", false, true),
        ("\"False\"", true, false),
        ("[\"true\", \"false\"]", true, true),
    ] {
        assert_eq!(holds("Null", value, &with), with_key, "{value}");
        assert_eq!(holds("Null", value, &without), without_key, "{value}");
        assert_eq!(holds("Null", value, &empty), without_key, "{value}");
    }
}

#[test]
fn cr_17_what_cannot_be_compared_matches_nothing() {
    for (operator, value) in [
        ("NumericEquals", "5"),
        ("NumericLessThan", "5"),
        ("DateEquals", "2026-09-01"),
        ("DateLessThan", "2026-09-01"),
        ("Bool", "true"),
        ("BinaryEquals", "QQ=="),
        ("IpAddress", "0.0.0.0/0"),
        ("ArnLike", "arn:aws:*:*:*:*"),
    ] {
        for odd in ["", "five", "QQ", "1e0", "10.0.0", "arn:aws:s3"] {
            assert!(!holds(operator, &format!("\"{value}\""), &context(&[("k:key", odd)])), "{operator} on {odd}");
        }
    }
    // And so differs from everything: NotEquals is the negation of Equals.
    assert!(holds("NumericNotEquals", "\"5\"", &context(&[("k:key", "five")])));
}

#[test]
fn entries_of_a_block_must_all_hold() {
    let statement =
        |block: &str| format!(r#"{{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {{{block}}}}}"#);
    let block = statement(r#""StringEquals": {"k:a": "1", "k:b": ["2", "3"]}, "Bool": {"k:c": "true"}"#);
    assert!(may_read(&block, &context(&[("k:a", "1"), ("k:b", "3"), ("k:c", "true")])));
    for (key, value) in [("k:a", "2"), ("k:b", "1"), ("k:c", "false")] {
        let mut other = context(&[("k:a", "1"), ("k:b", "3"), ("k:c", "true")]);
        other.set(key, value);
        assert!(!may_read(&block, &other), "{key}");
    }
    assert!(may_read(&statement(""), &Context::new()));
    assert!(may_read(&statement(r#""StringEquals": {}"#), &Context::new()));
}

#[test]
fn numbers_and_truths_may_stand_without_quotes() {
    assert!(holds("NumericEquals", "[5, 7.5]", &context(&[("k:key", "7.50")])));
    assert!(holds("Bool", "true", &context(&[("k:key", "true")])));
    assert!(holds("StringEquals", "5", &context(&[("k:key", "5")])));
}

#[test]
fn an_operator_nobody_knows_is_refused_and_never_passed_over() {
    for operator in ["StringEqual", "stringequals", "NullIfExists", "ForAllValues:Null", "ForNoValue:Bool", ""] {
        let text = format!(
            r#"{{"Statement": {{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {{"{operator}": {{"a:b": "true"}}}}}}}}"#
        );
        let refused = Policy::parse(&text, crate::Kind::Identity).unwrap_err();
        assert_eq!(refused.to_string(), "Syntax errors in policy.", "{operator}");
        assert_eq!(refused.detail(), format!("statement 1: condition operator {operator}"));
    }
}
