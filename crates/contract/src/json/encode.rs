//! Values to JSON.

use crate::shape::{Kind, Shape};
use crate::value::Value;
use data_encoding::BASE64;
use kernel::Time;
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

/// A value with its shape, ready for any serde serializer.
///
/// A value that does not fit its shape is written as `null`: only generated code makes values, so that is a bug, not an input.
#[derive(Debug, Clone, Copy)]
pub struct Encoded<'a> {
    /// What the value looks like.
    pub shape: &'a Shape,
    /// The value.
    pub value: &'a Value,
}

impl Serialize for Encoded<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match (self.value, &self.shape.kind) {
            (Value::Bool(flag), _) => to.serialize_bool(*flag),
            (Value::Int(number), _) => to.serialize_i64(*number),
            (Value::Float(number), _) => to.serialize_f64(*number),
            (Value::Text(text), _) => to.serialize_str(text),
            (Value::Blob(bytes), _) => to.serialize_str(&BASE64.encode(bytes)),
            (Value::Time(time), _) => epoch_seconds(*time, to),
            (Value::Document(document), _) => document.serialize(to),
            (Value::List(items), Kind::List { member, .. }) => {
                let mut list = to.serialize_seq(Some(items.len()))?;
                for value in items {
                    list.serialize_element(&Encoded { shape: member, value })?;
                }
                list.end()
            }
            (Value::Map(entries), Kind::Map { value: shape, .. }) => {
                let mut map = to.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(key, &Encoded { shape, value })?;
                }
                map.end()
            }
            (Value::Struct(places), Kind::Struct { members }) => {
                let mut map = to.serialize_map(None)?;
                for (member, place) in members.iter().zip(places) {
                    if let Some(value) = place {
                        map.serialize_entry(member.wire_name, &Encoded { shape: member.shape, value })?;
                    }
                }
                map.end()
            }
            _ => to.serialize_unit(),
        }
    }
}

/// Whole seconds without a fraction, others with up to three decimals.
#[allow(clippy::cast_precision_loss)] // milliseconds of any calendar date are exact in 53 bits
fn epoch_seconds<S: Serializer>(time: Time, to: S) -> Result<S::Ok, S::Error> {
    if time.millis() % 1000 == 0 {
        to.serialize_i64(time.secs())
    } else {
        to.serialize_f64(time.millis() as f64 / 1000.0)
    }
}
