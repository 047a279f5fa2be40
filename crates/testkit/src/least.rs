//! The least request an operation accepts by its contract: required members only, each as short as can be.

use contract::check::check;
use contract::shape::{Location, Member};
use contract::{Kind, OperationMeta, Shape};
use serde_json::{Map, Value, json};

/// Texts that fit the patterns of our contracts, the plainest first.
const TEXTS: [&str; 23] = [
    "a",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "/",
    "1",
    "123456",
    "v1",
    "eu-west-1_abcdefghi",
    "eu-west-1:11111111-2222-3333-4444-555555555555",
    "eu-west-1",
    "a.b",
    "ana@id.example",
    "+4915112345678",
    "https://issuer.example",
    "AKIAIOSFODNN7EXAMPLE",
    "arn:aws:iam::123456789012:role/x",
    "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_abcdefghi",
    "11111111-2222-4333-8444-555555555555",
    "eu-west-1_11111111-2222-4333-8444-555555555555",
    "tknaaaaaaaaaaaaaaaaaaaaaaaaa",
    "import-a",
    "terms-of-use",
    "authenticated",
    "{\"Version\":\"2012-10-17\"}",
];

/// The least value of a shape, as JSON services read it.
///
/// # Panics
/// When no text above fits: add one.
#[must_use]
pub fn least(shape: &'static Shape) -> Value {
    match &shape.kind {
        Kind::Text { enums: [first, ..], .. } => json!(first),
        Kind::Text { min, .. } => json!(text(shape, *min)),
        Kind::Blob { .. } => json!("AAAA"),
        Kind::Int { min, .. } => json!(min.unwrap_or(1).max(1)),
        Kind::Float => json!(1.0),
        Kind::Bool => json!(false),
        Kind::Time { .. } => json!(1_795_252_736),
        Kind::Document => json!({}),
        Kind::List { member, min, .. } => Value::Array((0..min.unwrap_or(0).max(1)).map(|_| least(member)).collect()),
        Kind::Map { key, value, .. } => {
            let key = least(key).as_str().unwrap_or("a").to_owned();
            Value::Object(Map::from_iter([(key, least(value))]))
        }
        Kind::Struct { members } => {
            let required = members.iter().filter(|member| member.required);
            Value::Object(required.map(|member| (member.name.to_owned(), least(member.shape))).collect())
        }
    }
}

/// Names of the members an operation's request may have.
#[must_use]
pub fn members(op: &OperationMeta) -> Vec<&'static str> {
    let Kind::Struct { members } = &op.input.kind else { return Vec::new() };
    members.iter().map(|member| member.name).collect()
}

/// The least request, with the members that `own` knows a value for.
#[must_use]
pub fn filled(op: &OperationMeta, own: impl Fn(&'static str) -> Option<Value>) -> Value {
    let mut body = least(op.input);
    for member in members(op) {
        if let Some(value) = own(member) {
            body[member] = value;
        }
    }
    body
}

fn text(shape: &'static Shape, min: Option<u64>) -> String {
    // A value's own constraints are its holder's affair, so a structure holds it. Its members live as long as contracts do.
    let member =
        Member { name: "Held", wire_name: "Held", camel: "held", location: Location::Body, shape, required: false };
    let kind = Kind::Struct { members: Box::leak(Box::new([member])) };
    let holder = Shape { name: "Holder", sensitive: false, kind };
    let fits = |text: &String| {
        let held = contract::Value::Struct(vec![Some(contract::Value::Text(text.clone()))]);
        check(&holder, &held).is_empty()
    };
    let long = "a".repeat(usize::try_from(min.unwrap_or(0)).unwrap_or(usize::MAX).min(2_000));
    let mut candidates = TEXTS.iter().map(|text| (*text).to_owned()).chain([long]);
    candidates.find(fits).unwrap_or_else(|| panic!("no text fits {}", shape.name))
}

/// A request of a JSON service as the parameters of a form.
#[must_use]
pub fn form(shape: &'static Shape, request: &Value) -> Vec<(String, String)> {
    let mut out = Vec::new();
    put(shape, request, "", &mut out);
    out
}

fn put(shape: &'static Shape, value: &Value, at: &str, out: &mut Vec<(String, String)>) {
    let below = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    match (&shape.kind, value) {
        (Kind::Struct { members }, Value::Object(entries)) => {
            for member in *members {
                if let Some(value) = entries.get(member.name) {
                    put(member.shape, value, &below(member.wire_name), out);
                }
            }
        }
        (Kind::List { member, item_name, .. }, Value::Array(items)) => {
            for (number, item) in items.iter().enumerate() {
                put(member, item, &below(&format!("{item_name}.{}", number + 1)), out);
            }
        }
        (Kind::Map { value: shape, .. }, Value::Object(entries)) => {
            for (number, (key, value)) in entries.iter().enumerate() {
                let entry = below(&format!("entry.{}", number + 1));
                out.push((format!("{entry}.key"), key.clone()));
                put(shape, value, &format!("{entry}.value"), out);
            }
        }
        (_, Value::String(text)) => out.push((at.to_owned(), text.clone())),
        (_, other) => out.push((at.to_owned(), other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::Service;

    #[test]
    fn every_operation_has_a_least_request_that_its_constraints_accept() {
        for service in Service::ALL {
            for meta in service.meta().operations {
                let read = contract::json::decode(meta.input, &least(meta.input));
                let read = read.unwrap_or_else(|e| panic!("{}: {e:?}", meta.name));
                let told = check(meta.input, &read);
                assert!(told.is_empty(), "{}: {told:?}", meta.name);
            }
        }
    }
}
