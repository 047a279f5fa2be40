//! JSON text into a value, driven by the shape: each token goes to its place once, nothing is built on the way.

use super::document::{Document, Skipped};
use super::trail::Trail;
use crate::DecodeFault;
use crate::place::Step;
use crate::scalar::wanted;
use crate::stamps;
use contract::fault::common::SERIALIZATION;
use contract::{Kind, Location, Member, Shape, Value};
use data_encoding::BASE64;
use kernel::limits::JSON_DEPTH_MAX;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// Reads the body of an operation whose input is `shape`. No bytes are an empty object (user-pools.md 1.2).
/// Only members that travel in the body are read; the others stay absent.
///
/// # Errors
/// `SerializationException` for what is no JSON, or has the wrong JSON type, depth or size.
pub(crate) fn read(shape: &'static Shape, body: &[u8]) -> Result<Value, DecodeFault> {
    let text = std::str::from_utf8(body).map_err(|_| refusal("The body is not UTF-8"))?;
    let text = if text.is_empty() { "{}" } else { text };
    let trail = Trail::default();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = Seed { shape, trail: &trail, depth: 0 }.deserialize(&mut deserializer);
    match read.and_then(|value| deserializer.end().map(|()| value)) {
        Ok(Some(value)) => Ok(value),
        Ok(None) => Err(refusal("The body must be a JSON object")),
        // serde's own text may quote what was sent, so only the position is taken from it.
        Err(error) => Err(refusal(trail.told().unwrap_or_else(|| {
            format!("The body is not valid JSON (line {}, column {})", error.line(), error.column())
        }))),
    }
}

fn refusal(message: impl Into<String>) -> DecodeFault {
    DecodeFault::new(&SERIALIZATION, message)
}

/// One level deeper, unless that is too deep.
///
/// # Errors
/// Beyond [`JSON_DEPTH_MAX`] levels.
pub fn descend<E: Error>(trail: &Trail, depth: usize) -> Result<usize, E> {
    if depth < JSON_DEPTH_MAX { Ok(depth + 1) } else { Err(trail.stop("The body is nested too deeply")) }
}

/// Reads one value of a shape; `None` is JSON's null, which means absent.
#[derive(Clone, Copy)]
struct Seed<'a> {
    shape: &'static Shape,
    trail: &'a Trail,
    depth: usize,
}

impl Seed<'_> {
    /// The sentence of the service family: what was found, what it cannot become.
    fn wrong<E: Error>(&self, found: &str) -> E {
        self.trail.stop(format!("{found} can not be converted to {}", wanted(self.shape)))
    }

    fn integer<E: Error>(&self, value: i64) -> Result<Option<Value>, E> {
        match self.shape.kind {
            Kind::Int { long: false, .. } if i32::try_from(value).is_err() => {
                Err(self.wrong("NUMBER_VALUE out of range"))
            }
            Kind::Int { .. } => Ok(Some(Value::Int(value))),
            #[allow(clippy::cast_precision_loss)] // that is what a float shape asks for
            Kind::Float => Ok(Some(Value::Float(value as f64))),
            Kind::Time { .. } => value
                .checked_mul(1000)
                .and_then(stamps::from_millis)
                .map(|moment| Some(Value::Time(moment)))
                .ok_or_else(|| self.wrong("NUMBER_VALUE out of range")),
            _ => Err(self.wrong("NUMBER_VALUE")),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Value>, D::Error> {
        if let Kind::Document = self.shape.kind {
            let document = Document { trail: self.trail, depth: self.depth }.deserialize(deserializer)?;
            return Ok((!document.is_null()).then_some(Value::Document(document)));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.shape.name)
    }

    fn visit_unit<E: Error>(self) -> Result<Option<Value>, E> {
        Ok(None)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Option<Value>, E> {
        match self.shape.kind {
            Kind::Bool => Ok(Some(Value::Bool(value))),
            _ => Err(self.wrong(if value { "TRUE_VALUE" } else { "FALSE_VALUE" })),
        }
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Option<Value>, E> {
        self.integer(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Option<Value>, E> {
        match i64::try_from(value) {
            Ok(value) => self.integer(value),
            #[allow(clippy::cast_precision_loss)] // beyond every integer shape: only floats take it
            Err(_) => self.visit_f64(value as f64),
        }
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Option<Value>, E> {
        match self.shape.kind {
            Kind::Float => Ok(Some(Value::Float(value))),
            Kind::Time { .. } => stamps::from_secs(value)
                .map(|moment| Some(Value::Time(moment)))
                .ok_or_else(|| self.wrong("NUMBER_VALUE out of range")),
            // Languages with one kind of number write 3600.0 or 1e3 for a whole number; below 2^53 that is exact.
            #[allow(clippy::cast_possible_truncation)]
            Kind::Int { .. } if value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0 => {
                self.integer(value as i64)
            }
            _ => Err(self.wrong("DECIMAL_VALUE")),
        }
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Option<Value>, E> {
        match self.shape.kind {
            Kind::Text { .. } => Ok(Some(Value::Text(value.to_owned()))),
            Kind::Blob { .. } => match BASE64.decode(value.as_bytes()) {
                Ok(bytes) => Ok(Some(Value::Blob(bytes))),
                Err(_) => Err(self.wrong("STRING_VALUE that is not base64")),
            },
            Kind::Float => match value {
                "NaN" => Ok(Some(Value::Float(f64::NAN))),
                "Infinity" => Ok(Some(Value::Float(f64::INFINITY))),
                "-Infinity" => Ok(Some(Value::Float(f64::NEG_INFINITY))),
                _ => Err(self.wrong("STRING_VALUE")),
            },
            _ => Err(self.wrong("STRING_VALUE")),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Option<Value>, A::Error> {
        let Kind::List { member, .. } = &self.shape.kind else { return Err(self.wrong("Start of list")) };
        let inner = Seed { shape: member, depth: descend(self.trail, self.depth)?, ..self };
        let mut list = Vec::new();
        loop {
            let nth = list.len() + 1;
            match items.next_element_seed(inner).map_err(self.trail.up(Step::Item(nth)))? {
                Some(Some(value)) => {
                    self.trail.room(1)?;
                    list.push(value);
                }
                // A null in a list has no place in the models: none of them is sparse.
                Some(None) => return Err(self.trail.up(Step::Item(nth))(inner.wrong("NULL_VALUE"))),
                None => return Ok(Some(Value::List(list))),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Option<Value>, A::Error> {
        let depth = descend(self.trail, self.depth)?;
        match &self.shape.kind {
            Kind::Struct { members } => self.structure(members, depth, entries),
            Kind::Map { value, .. } => self.map(Seed { shape: value, depth, ..self }, entries),
            _ => Err(self.wrong("Start of structure or map")),
        }
    }
}

impl Seed<'_> {
    fn structure<'de, A: MapAccess<'de>>(
        self,
        members: &'static [Member],
        depth: usize,
        mut entries: A,
    ) -> Result<Option<Value>, A::Error> {
        self.trail.room(members.len())?;
        let mut places = vec![None; members.len()];
        while let Some(place) = entries.next_key_seed(Name(members))? {
            let Some((place, member)) = place.and_then(|at| Some((places.get_mut(at)?, members.get(at)?))) else {
                entries.next_value_seed(Skipped { trail: self.trail, depth })?;
                continue;
            };
            let up = Step::Member(member.camel);
            let inner = Seed { shape: member.shape, depth, ..self };
            let value = entries.next_value_seed(inner).map_err(self.trail.up(up))?;
            // Readers disagree on which of two equal names counts; who sends both wants two of them to disagree.
            if place.is_some() {
                return Err(self.trail.up(up)(self.trail.stop("The member is given twice")));
            }
            *place = value;
        }
        Ok(Some(Value::Struct(places)))
    }

    fn map<'de, A: MapAccess<'de>>(self, inner: Seed<'_>, mut entries: A) -> Result<Option<Value>, A::Error> {
        let mut map: Vec<(String, Value)> = Vec::new();
        while let Some(key) = entries.next_key::<String>()? {
            // Absent rather than refused: scripts in the wild put null into AuthParameters for what they do not have.
            if let Some(value) = entries.next_value_seed(inner).map_err(self.trail.up(Step::Entry))? {
                self.trail.room(2)?;
                map.push((key, value));
            }
        }
        if has_twins(&map) { Err(self.trail.stop("A key is given twice")) } else { Ok(Some(Value::Map(map))) }
    }
}

fn has_twins(map: &[(String, Value)]) -> bool {
    let mut keys: Vec<&str> = map.iter().map(|(key, _)| key.as_str()).collect();
    keys.sort_unstable();
    !keys.is_sorted_by(|a, b| a < b)
}

/// Reads a member's name and finds its place, without keeping the text. Names nobody knows are `None`.
struct Name(&'static [Member]);

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Option<usize>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<usize>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Option<usize>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }
    fn visit_str<E: Error>(self, name: &str) -> Result<Option<usize>, E> {
        Ok(self.0.iter().position(|member| member.location == Location::Body && member.wire_name == name))
    }
}
