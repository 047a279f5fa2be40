//! Documents: settings in the contract's own shape, as JSON text.

use crate::StoreError;
use contract::{FromValue, Shaped, ToValue, json};

pub(crate) fn to_document<T: ToValue + Shaped>(value: T) -> String {
    // The encoder writes JSON, which is text; an impossible failure would be caught by the next read.
    String::from_utf8(json::encode_vec(T::SHAPE, &value.to_value())).unwrap_or_default()
}

pub(crate) fn from_document<T: FromValue + Shaped>(what: &'static str, text: &str) -> Result<T, StoreError> {
    let unreadable = |why: String| StoreError::Unreadable { what, why };
    let value = json::decode_slice(T::SHAPE, text.as_bytes()).map_err(|e| unreadable(e.to_string()))?;
    T::from_value(value).map_err(|e| unreadable(format!("expected {}", e.0)))
}
