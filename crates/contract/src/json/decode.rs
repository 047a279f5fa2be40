//! JSON to values: one walk for text and for JSON values, guided by the shape, without an intermediate tree.

use super::DecodeError;
use crate::shape::{Kind, Member, Shape};
use crate::value::Value;
use data_encoding::BASE64;
use indexmap::IndexMap;
use kernel::Time;
use kernel::limits::JSON_DEPTH_MAX;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::cell::RefCell;
use std::fmt;

/// Reads a JSON value.
pub(super) fn value(shape: &Shape, json: &serde_json::Value) -> Result<Value, DecodeError> {
    let trouble = RefCell::default();
    Seed { shape, trouble: &trouble }.deserialize(json).map_err(|_| trouble.into_inner().told())
}

/// Reads JSON text.
pub(super) fn slice(shape: &Shape, text: &[u8]) -> Result<Value, DecodeError> {
    let whole = |expected| DecodeError { path: String::new(), expected };
    if deeper_than(text, JSON_DEPTH_MAX) {
        return Err(whole("less deeply nested JSON"));
    }
    let trouble = RefCell::default();
    let mut reader = serde_json::Deserializer::from_slice(text);
    let value = Seed { shape, trouble: &trouble }.deserialize(&mut reader);
    let value = value.map_err(|error| match error.classify() {
        serde_json::error::Category::Data => trouble.into_inner().told(),
        _ => whole("well-formed JSON"),
    })?;
    reader.end().map_err(|_| whole("well-formed JSON"))?;
    Ok(value)
}

/// Whether brackets nest deeper than `max`; counted before anything is built.
fn deeper_than(text: &[u8], max: usize) -> bool {
    let (mut depth, mut quoted, mut escaped) = (0usize, false, false);
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' | b'[' => {
                depth += 1;
                if depth > max {
                    return true;
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

/// What went wrong; serde's own errors carry no place.
#[derive(Default)]
struct Trouble {
    expected: Option<&'static str>,
    /// Steps from the inside out.
    steps: Vec<String>,
}

impl Trouble {
    fn told(mut self) -> DecodeError {
        self.steps.reverse();
        let path = self.steps.concat();
        let path = path.strip_prefix('.').unwrap_or(&path).to_owned();
        DecodeError { path, expected: self.expected.unwrap_or("well-formed JSON") }
    }
}

/// Reads one value of a shape.
struct Seed<'a> {
    shape: &'a Shape,
    trouble: &'a RefCell<Trouble>,
}

impl<'a> Seed<'a> {
    fn inside(&self, shape: &'a Shape) -> Self {
        Self { shape, trouble: self.trouble }
    }

    /// Notes a step of the path while an error travels outwards.
    fn step<E>(&self, step: impl FnOnce() -> String) -> impl FnOnce(E) -> E {
        let trouble = self.trouble;
        move |error| {
            trouble.borrow_mut().steps.push(step());
            error
        }
    }
}

/// What should stand where a shape of this kind is expected.
fn expected(kind: &Kind) -> &'static str {
    match kind {
        Kind::Text { .. } => "string",
        Kind::Blob { .. } => "base64 string",
        Kind::Int { long: false, .. } => "integer of 32 bits",
        Kind::Int { .. } => "integer",
        Kind::Float => "number",
        Kind::Bool => "boolean",
        Kind::Time { .. } => "epoch seconds",
        Kind::Document => "JSON",
        Kind::List { .. } => "list",
        Kind::Map { .. } => "map",
        Kind::Struct { .. } => "object",
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        let (kind, trouble) = (&self.shape.kind, self.trouble);
        let value = match kind {
            Kind::Document => serde::Deserialize::deserialize(from).map(Value::Document),
            _ => from.deserialize_any(self),
        };
        if value.is_err() {
            trouble.borrow_mut().expected.get_or_insert(expected(kind));
        }
        value
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(expected(&self.shape.kind))
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Value, E> {
        match self.shape.kind {
            Kind::Bool => Ok(Value::Bool(flag)),
            _ => Err(E::custom("type")),
        }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        match self.shape.kind {
            Kind::Int { long, .. } if long || i32::try_from(number).is_ok() => Ok(Value::Int(number)),
            Kind::Float => Ok(Value::Float(lossy(number))),
            Kind::Time { .. } => time(lossy(number)).ok_or_else(|| E::custom("range")),
            _ => Err(E::custom("type")),
        }
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        i64::try_from(number).map_err(|_| E::custom("range")).and_then(|number| self.visit_i64(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        match self.shape.kind {
            Kind::Float => Ok(Value::Float(number)),
            Kind::Time { .. } => time(number).ok_or_else(|| E::custom("range")),
            _ => Err(E::custom("type")),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        match self.shape.kind {
            Kind::Text { .. } => Ok(Value::Text(text.to_owned())),
            Kind::Blob { .. } => BASE64.decode(text.as_bytes()).map(Value::Blob).map_err(|_| E::custom("base64")),
            _ => Err(E::custom("type")),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let Kind::List { member, .. } = self.shape.kind else { return Err(A::Error::custom("type")) };
        let mut items = Vec::new();
        loop {
            let at = items.len();
            match seq.next_element_seed(self.inside(member)).map_err(self.step(|| format!("[{at}]")))? {
                Some(item) => items.push(item),
                None => return Ok(Value::List(items)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        match self.shape.kind {
            Kind::Struct { members } => {
                let mut places: Vec<Option<Value>> = members.iter().map(|_| None).collect();
                while let Some(found) = map.next_key_seed(MemberName(members))? {
                    let Some((place, member)) = found.and_then(|at| places.get_mut(at).zip(members.get(at))) else {
                        map.next_value::<IgnoredAny>()?;
                        continue;
                    };
                    let seed = Nullable(self.inside(member.shape));
                    *place = map.next_value_seed(seed).map_err(self.step(|| format!(".{}", member.wire_name)))?;
                }
                Ok(Value::Struct(places))
            }
            Kind::Map { value, .. } => {
                // Hashed while it grows: a body full of keys must not cost its square.
                let mut entries: IndexMap<String, Value> = IndexMap::new();
                while let Some(key) = map.next_key::<String>()? {
                    let seed = Nullable(self.inside(value));
                    if let Some(value) = map.next_value_seed(seed).map_err(self.step(|| format!(".{key}")))? {
                        entries.insert(key, value);
                    }
                }
                Ok(Value::Map(entries.into_iter().collect()))
            }
            _ => Err(A::Error::custom("type")),
        }
    }
}

#[allow(clippy::cast_precision_loss)] // floats of the contract are floats
fn lossy(number: i64) -> f64 {
    number as f64
}

/// Epoch seconds, rounded to milliseconds, within ten thousand years of now.
#[allow(clippy::cast_possible_truncation)] // the range is tested
fn time(secs: f64) -> Option<Value> {
    (secs.abs() < 3.2e11).then(|| Value::Time(Time::from_millis((secs * 1000.0).round() as i64)))
}

/// `null` is absence.
struct Nullable<'a>(Seed<'a>);

impl<'de> DeserializeSeed<'de> for Nullable<'_> {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for Nullable<'_> {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(expected(&self.0.shape.kind))
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        self.0.deserialize(from).map(Some)
    }
}

/// Finds a member by its name on the wire without keeping the text.
struct MemberName<'a>(&'a [Member]);

impl<'de> DeserializeSeed<'de> for MemberName<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_str(self)
    }
}

impl Visitor<'_> for MemberName<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("member name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().position(|member| member.wire_name == name))
    }
}
