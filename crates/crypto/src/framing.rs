//! Several byte strings as one, so that no two lists of strings give the same bytes.

/// Appends `part` behind its length.
pub(crate) fn put(out: &mut Vec<u8>, part: &[u8]) {
    // A usize always fits: lengths are written as 64 bits.
    out.extend_from_slice(&(part.len() as u64).to_be_bytes());
    out.extend_from_slice(part);
}

/// Takes one part off the front; `None` when `from` ends too early.
pub(crate) fn take<'a>(from: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, rest) = from.split_first_chunk::<8>()?;
    let (part, rest) = rest.split_at_checked(usize::try_from(u64::from_be_bytes(*length)).ok()?)?;
    *from = rest;
    Some(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_a_byte_over_a_border_changes_the_bytes() {
        let mut one = Vec::new();
        put(&mut one, b"ab");
        put(&mut one, b"c");
        let mut other = Vec::new();
        put(&mut other, b"a");
        put(&mut other, b"bc");
        assert_ne!(one, other);
    }

    #[test]
    fn parts_come_back_and_a_short_text_is_refused() {
        let mut bytes = Vec::new();
        put(&mut bytes, b"ab");
        put(&mut bytes, b"");
        let mut rest = bytes.as_slice();
        assert_eq!(take(&mut rest), Some(&b"ab"[..]));
        assert_eq!(take(&mut rest), Some(&b""[..]));
        assert_eq!(take(&mut rest), None);
        assert_eq!(take(&mut [0, 0, 0, 0, 0, 0, 0, 9, 1].as_slice()), None);
        assert_eq!(take(&mut [255; 9].as_slice()), None);
    }
}
