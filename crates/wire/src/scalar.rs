//! Values that travel as bare text: in forms, paths, query strings and headers.

use crate::stamps;
use contract::{Kind, Shape, Value};
use data_encoding::BASE64;

/// What a shape is called in the sentences of the service family.
pub fn wanted(shape: &Shape) -> &'static str {
    match shape.kind {
        Kind::Text { .. } => "a String",
        Kind::Blob { .. } => "a Blob",
        Kind::Int { long: false, .. } => "an Integer",
        Kind::Int { long: true, .. } => "a Long",
        Kind::Float => "a Double",
        Kind::Bool => "a Boolean",
        Kind::Time { .. } => "a Timestamp",
        Kind::Document => "a Document",
        Kind::List { .. } => "a List",
        Kind::Map { .. } => "a Map",
        Kind::Struct { .. } => "a Structure",
    }
}

/// Reads a value from its text; none when the text is no such value, or the shape no such thing.
pub fn read(shape: &Shape, text: &str) -> Option<Value> {
    match shape.kind {
        Kind::Text { .. } => Some(Value::Text(text.to_owned())),
        Kind::Blob { .. } => BASE64.decode(text.as_bytes()).ok().map(Value::Blob),
        Kind::Int { long, .. } => {
            let value: i64 = text.parse().ok()?;
            (long || i32::try_from(value).is_ok()).then_some(Value::Int(value))
        }
        Kind::Float => text.parse().ok().map(Value::Float),
        Kind::Bool => match text {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            _ => None,
        },
        Kind::Time { .. } => stamps::from_iso(text).map(Value::Time),
        Kind::Document | Kind::List { .. } | Kind::Map { .. } | Kind::Struct { .. } => None,
    }
}

/// Writes a value as text; containers have none.
pub fn write(value: &Value) -> Option<String> {
    Some(match value {
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Float(value) if value.is_infinite() => if *value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned(),
        Value::Float(value) => value.to_string(),
        Value::Text(value) => value.clone(),
        Value::Blob(bytes) => BASE64.encode(bytes),
        Value::Time(moment) => stamps::iso(*moment),
        Value::Document(document) => document.to_string(),
        Value::List(_) | Value::Map(_) | Value::Struct(_) => return None,
    })
}
