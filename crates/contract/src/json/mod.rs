//! JSON as the contract sees it: the bodies of JSON services and the form in which settings are stored.
//!
//! Unknown members are passed over, `null` is absence, a wrong JSON type is an error that names its place.
//! Blobs are base64, moments are epoch seconds, documents stand inline (user-pools.md 1.2, 1.3).

mod decode;
mod encode;

use crate::shape::Shape;
use crate::value::{FromValue, ToValue, Value};

pub use encode::Encoded;

/// JSON that does not have the shape it should have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: expected {expected}")]
pub struct DecodeError {
    /// Where, `Policies.PasswordPolicy.MinimumLength` or `Schema[0].Name`; empty for the whole document.
    pub path: String,
    /// What should stand there, `string`.
    pub expected: &'static str,
}

/// Reads a JSON value.
///
/// # Errors
/// [`DecodeError`] where a JSON type does not fit the shape.
pub fn decode(shape: &Shape, json: &serde_json::Value) -> Result<Value, DecodeError> {
    decode::value(shape, json)
}

/// Reads JSON text.
///
/// # Errors
/// [`DecodeError`] for text that is no JSON, is nested deeper than [`kernel::limits::JSON_DEPTH_MAX`], or does not fit the shape.
pub fn decode_slice(shape: &Shape, text: &[u8]) -> Result<Value, DecodeError> {
    decode::slice(shape, text)
}

/// Writes a JSON value.
#[must_use]
pub fn encode(shape: &Shape, value: &Value) -> serde_json::Value {
    serde_json::to_value(Encoded { shape, value }).unwrap_or_default()
}

/// Writes JSON text, without a detour through a JSON value.
#[must_use]
pub fn encode_vec(shape: &Shape, value: &Value) -> Vec<u8> {
    serde_json::to_vec(&Encoded { shape, value }).unwrap_or_default()
}

/// A generated type as JSON; its shape is `T::SHAPE` where `T` is a structure.
#[must_use]
pub fn to_json<T: ToValue>(shape: &Shape, value: T) -> serde_json::Value {
    encode(shape, &value.to_value())
}

/// A generated type from JSON.
///
/// # Errors
/// [`DecodeError`] where the JSON does not fit.
pub fn from_json<T: FromValue>(shape: &Shape, json: &serde_json::Value) -> Result<T, DecodeError> {
    let value = decode(shape, json)?;
    T::from_value(value).map_err(|misshapen| DecodeError { path: String::new(), expected: misshapen.0 })
}

#[cfg(test)]
mod tests;
