//! How both sides of the comparison spell values: structures by the model's names, moments in milliseconds, bytes in base64.

use contract::{Kind, Shape, Value};
use data_encoding::BASE64;
use kernel::Time;
use serde_json::{Map, Value as Json, json};

/// A value as JSON that says nothing about the wire.
pub fn spelled(shape: &Shape, value: &Value) -> Json {
    match (value, &shape.kind) {
        (Value::Struct(places), Kind::Struct { members }) => {
            let present = members.iter().zip(places).filter_map(|(member, value)| Some((member, value.as_ref()?)));
            Json::Object(
                present.map(|(member, value)| (member.name.to_owned(), spelled(member.shape, value))).collect(),
            )
        }
        (Value::List(items), Kind::List { member, .. }) => items.iter().map(|item| spelled(member, item)).collect(),
        (Value::Map(entries), Kind::Map { value, .. }) => {
            Json::Object(entries.iter().map(|(key, entry)| (key.clone(), spelled(value, entry))).collect())
        }
        (Value::Bool(value), Kind::Bool) => json!(value),
        (Value::Int(value), Kind::Int { .. }) => json!(value),
        (Value::Float(value), Kind::Float) => json!(value),
        (Value::Text(value), Kind::Text { .. }) => json!(value),
        (Value::Blob(value), Kind::Blob { .. }) => json!(BASE64.encode(value)),
        (Value::Time(value), Kind::Time { .. }) => json!(value.millis()),
        (Value::Document(value), Kind::Document) => value.clone(),
        _ => json!({ "misshapen": shape.name }),
    }
}

/// The value so spelled.
pub fn value(shape: &Shape, spelled: &Json) -> Result<Value, String> {
    read(shape, spelled).ok_or_else(|| format!("not spelled as {}", shape.name))
}

fn read(shape: &Shape, spelled: &Json) -> Option<Value> {
    Some(match &shape.kind {
        Kind::Struct { members } => {
            let object: &Map<String, Json> = spelled.as_object()?;
            let place = |member: &contract::Member| object.get(member.name).map(|json| read(member.shape, json));
            Value::Struct(
                members
                    .iter()
                    .map(|member| place(member).map_or(Some(None), |read| read.map(Some)))
                    .collect::<Option<_>>()?,
            )
        }
        Kind::List { member, .. } => {
            Value::List(spelled.as_array()?.iter().map(|item| read(member, item)).collect::<Option<_>>()?)
        }
        Kind::Map { value, .. } => {
            let entries = spelled.as_object()?.iter();
            Value::Map(entries.map(|(key, entry)| Some((key.clone(), read(value, entry)?))).collect::<Option<_>>()?)
        }
        Kind::Bool => Value::Bool(spelled.as_bool()?),
        Kind::Int { .. } => Value::Int(spelled.as_i64()?),
        Kind::Float => Value::Float(spelled.as_f64()?),
        Kind::Text { .. } => Value::Text(spelled.as_str()?.to_owned()),
        Kind::Blob { .. } => Value::Blob(BASE64.decode(spelled.as_str()?.as_bytes()).ok()?),
        Kind::Time { .. } => Value::Time(Time::from_millis(spelled.as_i64()?)),
        Kind::Document => Value::Document(spelled.clone()),
    })
}
