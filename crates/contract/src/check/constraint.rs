//! The constraints a shape puts on its values.

use crate::pattern::Pattern;
use crate::shape::{Kind, Shape};
use crate::value::Value;
use std::fmt;

/// One constraint. Prints as the service words it.
#[derive(Clone, Copy)]
pub(super) enum Constraint<'a> {
    LengthMax(u64),
    LengthMin(u64),
    Pattern(&'a Pattern),
    OneOf(&'a [&'a str]),
    ValueMax(i64),
    ValueMin(i64),
    /// Each item of a list, or each value of a map.
    Each(&'a Shape),
    /// Each key of a map.
    EachKey(&'a Shape),
}

/// The constraints of a shape itself and of plain values it holds; structures inside speak for themselves.
pub(super) fn constraints(shape: &Shape) -> [Option<Constraint<'_>>; 4] {
    use Constraint::{Each, EachKey, LengthMax, LengthMin, OneOf, Pattern, ValueMax, ValueMin};
    let bounded = |shape: &Shape| constraints(shape).iter().any(Option::is_some);
    match &shape.kind {
        Kind::Text { min, max, pattern, enums } => {
            let one_of = (!enums.is_empty()).then_some(OneOf(enums));
            [max.map(LengthMax), min.map(LengthMin), pattern.map(Pattern), one_of]
        }
        Kind::Blob { min, max } => [max.map(LengthMax), min.map(LengthMin), None, None],
        Kind::Int { min, max, .. } => [max.map(ValueMax), min.map(ValueMin), None, None],
        Kind::List { member, min, max, .. } => {
            [max.map(LengthMax), min.map(LengthMin), bounded(member).then_some(Each(member)), None]
        }
        Kind::Map { key, value, min, max } => [
            max.map(LengthMax),
            min.map(LengthMin),
            bounded(key).then_some(EachKey(key)),
            bounded(value).then_some(Each(value)),
        ],
        Kind::Float | Kind::Bool | Kind::Time { .. } | Kind::Document | Kind::Struct { .. } => [None; 4],
    }
}

impl Constraint<'_> {
    /// Whether a value satisfies it. A value of another kind satisfies nothing it cannot be asked.
    pub(super) fn holds(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::LengthMax(max), value) => length(value) <= *max,
            (Self::LengthMin(min), value) => length(value) >= *min,
            (Self::Pattern(pattern), Value::Text(text)) => pattern.is_match(text),
            (Self::OneOf(names), Value::Text(text)) => names.contains(&text.as_str()),
            (Self::ValueMax(max), Value::Int(number)) => number <= max,
            (Self::ValueMin(min), Value::Int(number)) => number >= min,
            (Self::Each(shape), Value::List(items)) => items.iter().all(|item| satisfies(shape, item)),
            (Self::Each(shape), Value::Map(entries)) => entries.iter().all(|(_, value)| satisfies(shape, value)),
            (Self::EachKey(shape), Value::Map(entries)) => entries.iter().all(|(key, _)| key_satisfies(shape, key)),
            _ => false,
        }
    }
}

fn satisfies(shape: &Shape, value: &Value) -> bool {
    constraints(shape).iter().flatten().all(|constraint| constraint.holds(value))
}

fn key_satisfies(shape: &Shape, key: &str) -> bool {
    satisfies(shape, &Value::Text(key.to_owned()))
}

/// Characters of text, bytes of a blob, entries of a list or map.
fn length(value: &Value) -> u64 {
    let length = match value {
        Value::Text(text) => text.chars().count(),
        Value::Blob(bytes) => bytes.len(),
        Value::List(items) => items.len(),
        Value::Map(entries) => entries.len(),
        _ => 0,
    };
    u64::try_from(length).unwrap_or(u64::MAX)
}

impl fmt::Display for Constraint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LengthMax(max) => write!(f, "Member must have length less than or equal to {max}"),
            Self::LengthMin(min) => write!(f, "Member must have length greater than or equal to {min}"),
            Self::Pattern(pattern) => write!(f, "Member must satisfy regular expression pattern: {}", pattern.text),
            Self::OneOf(names) => write!(f, "Member must satisfy enum value set: [{}]", names.join(", ")),
            Self::ValueMax(max) => write!(f, "Member must have value less than or equal to {max}"),
            Self::ValueMin(min) => write!(f, "Member must have value greater than or equal to {min}"),
            Self::Each(shape) | Self::EachKey(shape) => {
                let inner: Vec<String> = constraints(shape).iter().flatten().map(ToString::to_string).collect();
                write!(f, "Member must satisfy constraint: [{}]", inner.join(", "))
            }
        }
    }
}
