//! Percent-decoding of path labels and forms. Strict: what two readers could read differently is refused.

use std::borrow::Cow;

/// The text is no percent-encoding of UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed;

/// Decodes a path label, where `+` stands for itself.
pub fn decode_label(text: &str) -> Result<Cow<'_, str>, Malformed> {
    decode(text, false)
}

/// Decodes a name or value of a form or query string, where `+` stands for a space.
pub fn decode_form(text: &str) -> Result<Cow<'_, str>, Malformed> {
    decode(text, true)
}

fn decode(text: &str, plus_is_space: bool) -> Result<Cow<'_, str>, Malformed> {
    if !text.bytes().any(|b| b == b'%' || (plus_is_space && b == b'+')) {
        return Ok(Cow::Borrowed(text));
    }
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => hex(bytes.next())? << 4 | hex(bytes.next())?,
            b'+' if plus_is_space => b' ',
            other => other,
        });
    }
    String::from_utf8(out).map(Cow::Owned).map_err(|_| Malformed)
}

fn hex(byte: Option<u8>) -> Result<u8, Malformed> {
    match byte {
        Some(b @ b'0'..=b'9') => Ok(b - b'0'),
        Some(b @ b'a'..=b'f') => Ok(b - b'a' + 10),
        Some(b @ b'A'..=b'F') => Ok(b - b'A' + 10),
        _ => Err(Malformed),
    }
}

/// The pairs of a query string or form body, decoded, in order. Empty pieces (`a=1&&b=2`) are skipped.
pub fn pairs(text: &str) -> impl Iterator<Item = Result<(Cow<'_, str>, Cow<'_, str>), Malformed>> {
    text.split('&').filter(|piece| !piece.is_empty()).map(|piece| {
        let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
        Ok((decode_form(name)?, decode_form(value)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_keep_their_plus_and_forms_do_not() {
        assert_eq!(decode_label("us-east-1%3Aa+b%2Fc").unwrap(), "us-east-1:a+b/c");
        assert_eq!(decode_form("a+b%2B%c3%a9").unwrap(), "a b+é");
    }

    #[test]
    fn half_escapes_and_broken_utf_8_are_refused() {
        for bad in ["%", "%4", "%zz", "%+1", "a%c3", "%ff"] {
            assert_eq!(decode_form(bad), Err(Malformed), "{bad}");
        }
    }

    #[test]
    fn pairs_split_at_the_first_equals_sign() {
        let all: Vec<_> = pairs("a=b=c&&flag&x=").collect::<Result<_, _>>().unwrap();
        assert_eq!(all, [("a".into(), "b=c".into()), ("flag".into(), "".into()), ("x".into(), "".into())]);
    }
}
