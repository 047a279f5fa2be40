//! Tokens taken apart, and put together wrongly.

use aws_lc_rs::digest;
use data_encoding::BASE64URL_NOPAD;
use serde_json::Value;

/// The claims of a JWT, unverified.
///
/// # Panics
/// When it is none.
#[must_use]
#[track_caller]
pub fn claims(token: &Value) -> Value {
    part(token, 1)
}

/// The header of a JWT.
///
/// # Panics
/// When it is none.
#[must_use]
#[track_caller]
pub fn header(token: &Value) -> Value {
    part(token, 0)
}

#[track_caller]
fn part(token: &Value, at: usize) -> Value {
    let text = token.as_str().unwrap_or_else(|| panic!("a token was expected, not {token}"));
    let parts: Vec<&str> = text.split('.').collect();
    assert_eq!(parts.len(), 3, "a JWS has three parts: {text}");
    let bytes = BASE64URL_NOPAD.decode(parts[at].as_bytes()).expect("base64url without padding");
    serde_json::from_slice(&bytes).expect("JSON")
}

/// A token with another header and other claims under whatever `sign` makes of the text.
#[must_use]
pub fn resigned(header: &Value, claims: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let text = format!("{}.{}", part(header), part(claims));
    let signature = BASE64URL_NOPAD.encode(&sign(text.as_bytes()));
    format!("{text}.{signature}")
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    out
}
