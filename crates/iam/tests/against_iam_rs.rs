//! CR-19: the engine against the crate `iam-rs`, on identity policies. Where the two are known to differ, the table below
//! says why; a difference it does not explain fails the test, and so does a line of it that explains none.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::disallowed_methods)]

#[allow(dead_code)] // the other test draws whole sets of policies
mod draws;
#[allow(dead_code)] // what is asked, without the evaluator
mod naive;

use std::collections::BTreeMap;

use draws::Dice;
use iam::{Context, Kind, Named, Policies, Policy, PrincipalIds, Request, decide};
use iam_rs::{Arn, ContextValue, IAMPolicy, IAMRequest, Principal, PrincipalId};
use naive::Ask;
use serde_json::Value;

/// Requests when nobody says otherwise; `COGNATE_DRAWS` does.
const DRAWS: usize = 8_000;
const ANA: &str = "arn:aws:iam::123456789012:user/ana";

/// A rule that `iam-rs` has otherwise, or does not have.
struct Known {
    /// The rule, and why ours is as it is.
    because: &'static str,
    /// Whether it may show in this policy and request.
    shows: fn(&Value, &Ask) -> bool,
    /// Where it does: the rest of a statement, a resource, and keys with their values.
    example: Example,
}

type Example = (&'static str, &'static str, &'static [(&'static str, &'static [&'static str])]);

const KNOWN: &[Known] = &[
    Known {
        because: "4.5: a variable's value is literal, an unresolved one matches nothing, and conditions have variables \
                  too. There, stars of a value are wildcards, what is unresolved is the empty text, and conditions \
                  compare the variable's own text.",
        shows: |policy, _| policy.to_string().contains("${"),
        example: (r#""Resource": "arn:aws:s3:::b/${aws:username}""#, "arn:aws:s3:::b/x", &[("aws:username", &["*"])]),
    },
    Known {
        because: "Requests about no resource in particular ask for `*`, and accounts are compared as text. There, the \
                  resource must be an ARN whose account is empty or twelve digits.",
        shows: |_, ask| {
            let segments: Vec<&str> = ask.resource.splitn(6, ':').collect();
            let odd = |account: &str| !account.is_empty() && !account.chars().all(|c| c.is_ascii_digit());
            segments.len() < 6 || odd(segments[4]) || segments[5].is_empty()
        },
        example: (r#""Resource": "*""#, "arn:aws:iam::a:role/app", &[]),
    },
    Known {
        because: "A star in what is asked is a character like others. There, it uses up the star of the pattern.",
        shows: |policy, ask| {
            let star = |value: &String| value.contains('*');
            let had = |one: &Entry| ask.context.get(&one.key).into_iter().flatten().any(star);
            ask.resource.contains('*') || conditions(policy).iter().any(|one| one.operator.contains("Like") && had(one))
        },
        example: (r#""Resource": "arn:aws:s3:::b/*""#, "arn:aws:s3:::b/*x", &[]),
    },
    Known {
        because: "4.2: fewer than six segments ending in a star take in the rest. There, the policy cannot be evaluated.",
        shows: |policy, _| resources(policy).iter().any(|one| one != "*" && one.matches(':').count() < 5),
        example: (r#""Resource": "arn:aws:s3*""#, "arn:aws:s3:::b/x", &[]),
    },
    Known {
        because: "4.4: ArnEquals and ArnLike are the same, and glob each segment by itself. There, ArnEquals compares \
                  texts, and ArnLike lets a star reach over colons.",
        shows: |policy, _| conditions(policy).iter().any(|one| one.is("Arn")),
        example: (
            r#""Resource": "*", "Condition": {"ArnEquals": {"k:r": "arn:aws:s3:::*"}}"#,
            "arn:aws:s3:::b/x",
            &[("k:r", &["arn:aws:s3:::b"])],
        ),
    },
    Known {
        because: "4.4: prefix and suffix combine. There, ForAnyValue:…IfExists and ForAllValues:…IfExists are unknown.",
        shows: |policy, _| {
            conditions(policy).iter().any(|one| one.operator.contains(':') && one.operator.ends_with("IfExists"))
        },
        example: (
            r#""Resource": "*", "Condition": {"ForAnyValue:StringEqualsIfExists": {"k:s": "a"}}"#,
            "arn:aws:s3:::b/x",
            &[],
        ),
    },
    Known {
        because: "4.4: prefixes go with every family. There, with texts, ARNs and truth values only.",
        shows: |policy, _| {
            conditions(policy).iter().any(|one| {
                one.operator.contains(':')
                    && ["Numeric", "Date", "Binary", "Ip", "NotIp"].iter().any(|name| one.is(name))
            })
        },
        example: (
            r#""Resource": "*", "Condition": {"ForAnyValue:NumericEquals": {"k:n": "1"}}"#,
            "arn:aws:s3:::b/x",
            &[("k:n", &["1"])],
        ),
    },
    Known {
        because: "4.4: truth values may stand in quotes. There, not behind a prefix.",
        shows: |policy, _| conditions(policy).iter().any(|one| one.operator.contains(':') && one.is("Bool")),
        example: (
            r#""Resource": "*", "Condition": {"ForAnyValue:Bool": {"k:b": "true"}}"#,
            "arn:aws:s3:::b/x",
            &[("k:b", &["true"])],
        ),
    },
    Known {
        because: "4.4: a key of several values under a negated operator without a prefix holds when all values differ. \
                  There, when one does.",
        shows: |policy, ask| {
            conditions(policy).iter().any(|one| one.is_bare_on_many(ask) && one.operator.contains("Not"))
        },
        example: (
            r#""Resource": "*", "Condition": {"StringNotEquals": {"k:s": "a"}}"#,
            "arn:aws:s3:::b/x",
            &[("k:s", &["a", "b"])],
        ),
    },
    Known {
        because: "4.4: a key of several values under a positive operator without a prefix holds when one matches. There, \
                  lists are lists of texts or of truth values, and numbers, dates and addresses are single.",
        shows: |policy, ask| {
            let texts = |one: &Entry| one.is("String") || one.is("Arn");
            conditions(policy).iter().any(|one| one.is_bare_on_many(ask) && !texts(one))
        },
        example: (
            r#""Resource": "*", "Condition": {"NumericEquals": {"k:n": "1"}}"#,
            "arn:aws:s3:::b/x",
            &[("k:n", &["1", "2"])],
        ),
    },
    Known {
        because: "4.4: truth values are the same in upper and lower case. There, `True` cannot be evaluated.",
        shows: |policy, _| {
            let odd = |value: &String| value != "true" && value != "false";
            conditions(policy).iter().any(|one| one.is("Bool") && one.values.iter().any(odd))
        },
        example: (
            r#""Resource": "*", "Condition": {"Bool": {"k:b": "True"}}"#,
            "arn:aws:s3:::b/x",
            &[("k:b", &["true"])],
        ),
    },
    Known {
        because: "4.4: dates are ISO 8601, in which the day alone is a date. There, it cannot be evaluated.",
        shows: |policy, ask| {
            let day = |value: &String| value.len() == 10 && value.contains('-');
            conditions(policy).iter().any(|one| {
                one.is("Date")
                    && (one.values.iter().any(day) || ask.context.get(&one.key).into_iter().flatten().any(day))
            })
        },
        example: (
            r#""Resource": "*", "Condition": {"DateEquals": {"k:d": "2026-09-01"}}"#,
            "arn:aws:s3:::b/x",
            &[("k:d", &["2026-09-01"])],
        ),
    },
    Known {
        because: "4.4: epoch seconds are whole. There, any decimal number is a date.",
        shows: |policy, ask| {
            let decimal = |value: &String| value.parse::<f64>().is_ok() && value.parse::<i64>().is_err();
            let had = |one: &Entry| ask.context.get(&one.key).into_iter().flatten().any(decimal);
            conditions(policy).iter().any(|one| one.is("Date") && had(one))
        },
        example: (
            r#""Resource": "*", "Condition": {"DateEquals": {"k:d": "1"}}"#,
            "arn:aws:s3:::b/x",
            &[("k:d", &["1.0"])],
        ),
    },
    Known {
        because: "4.4: bytes are compared. There, their base64 is, whatever its case and padding.",
        shows: |policy, _| conditions(policy).iter().any(|one| one.is("Binary")),
        example: (
            r#""Resource": "*", "Condition": {"BinaryEquals": {"k:x": "QQ=="}}"#,
            "arn:aws:s3:::b/x",
            &[("k:x", &["qq"])],
        ),
    },
    Known {
        because: "4.4: IPv4 written inside IPv6 is IPv4, and a request's address is one address. There, the two are \
                  apart, and a network may ask.",
        shows: |policy, ask| {
            let odd = |value: &String| value.contains("::ffff:") || value.contains('/');
            conditions(policy).iter().any(|one| {
                (one.is("Ip") || one.is("NotIp"))
                    && (one.values.iter().any(|value| value.contains("::ffff:"))
                        || ask.context.get(&one.key).into_iter().flatten().any(odd))
            })
        },
        example: (
            r#""Resource": "*", "Condition": {"IpAddress": {"k:i": "10.0.0.0/8"}}"#,
            "arn:aws:s3:::b/x",
            &[("k:i", &["::ffff:10.1.2.3"])],
        ),
    },
    Known {
        because: "4.4: values are alternatives, of Null too. There, the first one counts.",
        shows: |policy, _| conditions(policy).iter().any(|one| one.operator == "Null" && one.values.len() > 1),
        example: (r#""Resource": "*", "Condition": {"Null": {"k:s": ["false", "true"]}}"#, "arn:aws:s3:::b/x", &[]),
    },
    Known {
        because: "Letters outside ASCII have case as well. There, IgnoreCase folds ASCII only.",
        shows: |policy, ask| {
            let odd = |value: &String| !value.is_ascii();
            conditions(policy).iter().any(|one| {
                one.operator.contains("IgnoreCase") && ask.context.get(&one.key).into_iter().flatten().any(odd)
            })
        },
        example: (
            r#""Resource": "*", "Condition": {"StringEqualsIgnoreCase": {"k:s": "é"}}"#,
            "arn:aws:s3:::b/x",
            &[("k:s", &["É"])],
        ),
    },
    Known {
        because: "4.4: numbers are decimals. There, exponents are read.",
        shows: |policy, ask| {
            let exponent = |value: &String| value == "1e1";
            let had = |one: &Entry| ask.context.get(&one.key).into_iter().flatten().any(exponent);
            conditions(policy).iter().any(|one| one.is("Numeric") && had(one))
        },
        example: (
            r#""Resource": "*", "Condition": {"NumericEquals": {"k:n": "10"}}"#,
            "arn:aws:s3:::b/x",
            &[("k:n", &["1e1"])],
        ),
    },
    Known {
        because: "Values of a request are texts. There, truth values are a type of their own, which no text equals.",
        shows: |policy, _| conditions(policy).iter().any(|one| one.is("String") && one.key == "k:b"),
        example: (
            r#""Resource": "*", "Condition": {"StringEquals": {"k:b": "true"}}"#,
            "arn:aws:s3:::b/x",
            &[("k:b", &["true"])],
        ),
    },
];

/// An entry of a condition block.
struct Entry {
    operator: String,
    key: String,
    values: Vec<String>,
}

impl Entry {
    /// Whether its operator, without a prefix, begins so.
    fn is(&self, family: &str) -> bool {
        self.operator.rsplit(':').next().unwrap().starts_with(family)
    }

    /// Whether it looks without a prefix at a key of several values.
    fn is_bare_on_many(&self, ask: &Ask) -> bool {
        !self.operator.contains(':') && ask.context.get(&self.key).is_some_and(|values| values.len() > 1)
    }
}

fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(strings).collect(),
        one => vec![one.as_str().unwrap().to_owned()],
    }
}

fn conditions(policy: &Value) -> Vec<Entry> {
    let mut entries = Vec::new();
    for statement in policy["Statement"].as_array().unwrap() {
        for (operator, keys) in statement.get("Condition").and_then(Value::as_object).into_iter().flatten() {
            for (key, values) in keys.as_object().unwrap() {
                let (operator, key) = (operator.clone(), key.to_lowercase());
                entries.push(Entry { operator, key, values: strings(values) });
            }
        }
    }
    entries
}

fn resources(policy: &Value) -> Vec<String> {
    let statements = policy["Statement"].as_array().unwrap().iter();
    statements
        .flat_map(|statement| [statement.get("Resource"), statement.get("NotResource")])
        .flatten()
        .flat_map(strings)
        .collect()
}

fn ours(policy: &Value, ask: &Ask) -> &'static str {
    let policy = Policy::parse(&policy.to_string(), Kind::Identity).unwrap();
    let named = [Named::new("policy", &policy)];
    let mut context = Context::new();
    for (key, values) in &ask.context {
        context.set_many(key, values.clone());
    }
    let who = PrincipalIds::user("123456789012", ANA);
    let request = Request { action: &ask.action, resource: &ask.resource, principal: &who, context: &context };
    match decide(&Policies { identity: &named, ..Policies::default() }, &request) {
        iam::Decision::Allow => "allowed",
        iam::Decision::ExplicitDeny(_) => "denied",
        iam::Decision::ImplicitDeny(_) => "not allowed",
    }
}

fn theirs(policy: &Value, ask: &Ask) -> Option<&'static str> {
    let policy: IAMPolicy = serde_json::from_value(policy.clone()).ok()?;
    let mut context = iam_rs::Context::new();
    for (key, values) in ask.context.iter().filter(|(_, values)| !values.is_empty()) {
        let value = match values.as_slice() {
            [one] if key == "k:b" && one.eq_ignore_ascii_case("true") => ContextValue::Boolean(true),
            [one] if key == "k:b" && one.eq_ignore_ascii_case("false") => ContextValue::Boolean(false),
            [one] => ContextValue::String(one.clone()),
            many => ContextValue::StringList(many.to_vec()),
        };
        context.insert(key.clone(), value);
    }
    let principal = Principal::Aws(PrincipalId::String(ANA.into()));
    let resource = Arn::parse(&ask.resource).ok()?;
    let request = IAMRequest::new_with_context(principal, ask.action.clone(), resource, context);
    match iam_rs::evaluate_policy(&policy, &request).ok()? {
        iam_rs::Decision::Allow => Some("allowed"),
        iam_rs::Decision::Deny => Some("denied"),
        iam_rs::Decision::NotApplicable => Some("not allowed"),
    }
}

/// The lines of the table that may show.
fn shows(policy: &Value, ask: &Ask) -> Vec<usize> {
    (0..KNOWN.len()).filter(|at| (KNOWN[*at].shows)(policy, ask)).collect()
}

#[test]
fn cr_19_iam_rs_decides_alike_but_for_what_is_listed() {
    let draws = std::env::var("COGNATE_DRAWS").map_or(DRAWS, |text| text.parse().expect("COGNATE_DRAWS is a number"));
    let mut dice = Dice(1);
    let mut plain = BTreeMap::new();
    for draw in 0..draws {
        let (mut policy, mut ask) = (dice.identity(), dice.ask());
        // Every fourth is drawn until nothing listed can show, so that enough is compared without excuse.
        while draw % 4 == 0 && !shows(&policy, &ask).is_empty() {
            (policy, ask) = (dice.identity(), dice.ask());
        }
        let (ours, theirs, shows) = (ours(&policy, &ask), theirs(&policy, &ask), shows(&policy, &ask));
        if theirs == Some(ours) {
            if shows.is_empty() {
                *plain.entry(ours).or_insert(0) += 1;
            }
            continue;
        }
        assert!(
            !shows.is_empty(),
            "ours: {ours}, theirs: {theirs:?}, and nothing listed explains it\n{policy:#}\n{ask:#?}"
        );
    }
    println!("compared where nothing listed shows: {plain:?}");
    for outcome in ["allowed", "denied", "not allowed"] {
        assert!(
            plain.get(outcome).is_some_and(|count| count * 100 > draws),
            "{outcome} was hardly compared: {plain:?}"
        );
    }
}

#[test]
fn every_listed_difference_is_one() {
    for (at, known) in KNOWN.iter().enumerate() {
        let (rest, resource, keys) = known.example;
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "s3:GetObject", {rest}}}]}}"#
        );
        let policy: Value = serde_json::from_str(&text).unwrap();
        let own = |(key, values): &(&str, &[&str])| ((*key).into(), values.iter().map(ToString::to_string).collect());
        let ask = Ask {
            action: "s3:GetObject".into(),
            resource: resource.into(),
            caller: naive::Caller::default(),
            context: keys.iter().map(own).collect(),
        };
        assert_ne!(theirs(&policy, &ask), Some(ours(&policy, &ask)), "{}", known.because);
        assert_eq!(shows(&policy, &ask), [at], "{}", known.because);
    }
}
