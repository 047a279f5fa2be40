//! Hostile requests, made from shapes: wrong types, nothing at all, far too much, anything. For walks over every operation
//! of a service.

use crate::{Answer, SeededEntropy};
use contract::fault::common;
use contract::{Kind, OperationMeta, Service, Shape};
use kernel::EntropyExt;
use serde_json::{Value, json};

/// The answer is a success, a refusal the contract names, or an honest "not built yet".
///
/// # Panics
/// When it is anything else.
#[track_caller]
pub fn assert_contracted(op: &OperationMeta, answer: &Answer) {
    let code = answer.code();
    let declared = op.errors.iter().any(|error| error.name == code && !error.server);
    let everywhere =
        [&common::SERIALIZATION, &common::REQUEST_TOO_LARGE, &common::THROTTLING, &common::NOT_IMPLEMENTED];
    let common = everywhere.iter().any(|error| error.name == code && error.status == answer.status);
    // Identity pools have a name of their own for what the contract forbids (identity-pools.md 1).
    let forbidden = op.service == Service::CognitoIdentity && code == "ValidationException";
    assert!(
        answer.is_ok() || common || ((declared || forbidden) && answer.status == 400),
        "{} may not answer this: {answer:?}",
        op.name
    );
}

/// Values of every JSON type but the shape's own.
#[must_use]
pub fn wrong_types(shape: &Shape) -> Vec<Value> {
    let all = [
        (json!("text"), matches!(shape.kind, Kind::Text { .. } | Kind::Blob { .. })),
        (json!(7), matches!(shape.kind, Kind::Int { .. } | Kind::Float | Kind::Time { .. })),
        (json!(1e308), matches!(shape.kind, Kind::Float | Kind::Time { .. })),
        (json!(true), matches!(shape.kind, Kind::Bool)),
        (json!([[[]]]), false),
        (json!({ "a": { "b": [] } }), matches!(shape.kind, Kind::Struct { .. } | Kind::Map { .. })),
    ];
    all.into_iter().filter(|(_, own)| !own).map(|(value, _)| value).collect()
}

/// Nothing, in every way a shape knows.
#[must_use]
pub fn empty_values(shape: &Shape) -> Vec<Value> {
    match shape.kind {
        Kind::Text { .. } => vec![Value::Null, json!(""), json!(" "), json!("\u{0}"), json!("\u{202e}\u{fffd}")],
        Kind::List { .. } => vec![Value::Null, json!([]), json!([null])],
        Kind::Map { .. } => vec![Value::Null, json!({}), json!({ "": "" }), json!({ "USERNAME": null })],
        Kind::Struct { .. } => vec![Value::Null, json!({}), json!({ "Unknown": 1 })],
        Kind::Int { .. } => vec![Value::Null, json!(-1), json!(0), json!(i64::MAX), json!(1.5), json!(1e300)],
        _ => vec![Value::Null],
    }
}

/// Values so many times larger than the shape allows.
#[must_use]
pub fn oversized(shape: &Shape, times: usize) -> Vec<Value> {
    // Beyond the body limit nothing more is learned than 413.
    const MOST: usize = 900_000;
    let size =
        |max: Option<u64>, usual: usize| (usize::try_from(max.unwrap_or(0)).unwrap().max(usual) * times).min(MOST);
    match &shape.kind {
        Kind::Text { max, .. } => vec![json!("a".repeat(size(*max, 100)))],
        Kind::List { max, member, .. } => {
            let item = if matches!(member.kind, Kind::Struct { .. }) {
                json!({ "Name": "name", "Value": "v" })
            } else {
                json!("a")
            };
            vec![Value::Array(vec![item; (size(*max, 10)).min(20_000)])]
        }
        Kind::Map { max, .. } => {
            let entries = size(*max, 10).min(20_000);
            vec![(0..entries).map(|n| (format!("k{n}"), json!("v"))).collect()]
        }
        Kind::Int { max, .. } => vec![json!(max.unwrap_or(1_000_000).saturating_mul(times as i64))],
        _ => Vec::new(),
    }
}

/// A value of the shape, friendly or not.
#[must_use]
pub fn draw(shape: &Shape, dice: &SeededEntropy, depth: usize) -> Value {
    const TEXTS: [&str; 12] = [
        "ana",
        "",
        "ana@example.com",
        "+15550100199",
        "' OR 1=1 --",
        "\u{0}\u{1}",
        "../../etc/passwd",
        "{{7*7}}",
        "%s%n",
        "🦀 ünï",
        "a\r\nX-Evil: 1",
        "9999999999999999999999",
    ];
    let [roll, pick, ..] = dice.bytes::<4>();
    match &shape.kind {
        Kind::Text { enums, .. } if !enums.is_empty() && roll < 200 => json!(enums[usize::from(pick) % enums.len()]),
        Kind::Text { .. } => json!(TEXTS[usize::from(pick) % TEXTS.len()]),
        Kind::Int { .. } => json!(i64::from(pick) - 20),
        Kind::Bool => json!(roll < 128),
        Kind::Float | Kind::Time { .. } => json!(f64::from(pick)),
        Kind::List { member, .. } => (0..roll % 4).map(|_| draw(member, dice, depth + 1)).collect(),
        Kind::Map { key, value, .. } => {
            let entry = |_| Some((draw(key, dice, depth + 1).as_str()?.to_owned(), draw(value, dice, depth + 1)));
            (0..roll % 4).filter_map(entry).collect::<serde_json::Map<_, _>>().into()
        }
        Kind::Struct { members } if depth < 6 => {
            let wanted = members.iter().filter(|_| dice.bytes::<1>()[0] < 90);
            wanted
                .map(|member| (member.name.to_owned(), draw(member.shape, dice, depth + 1)))
                .collect::<serde_json::Map<_, _>>()
                .into()
        }
        _ => json!({}),
    }
}
