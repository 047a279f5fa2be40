//! How numbers are written: hexadecimal on the wire, `pad` under a hash (authentication.md 4.1).

use super::SrpError;
use super::group::BYTES;

/// Longest hexadecimal text that is looked at. Real ones have at most 768 digits; some clients may pad.
const HEX_MAX: usize = 2048;

/// Big-endian bytes without leading zeros, with one `00` in front when the top bit is set:
/// a non-negative two's-complement number of the fewest bytes. Zero is one `00`.
pub(super) fn pad(number: &[u8]) -> Vec<u8> {
    let start = number.iter().position(|b| *b != 0).unwrap_or(number.len());
    let digits = number.get(start..).unwrap_or(&[]);
    let mut out = Vec::with_capacity(digits.len() + 1);
    if digits.first().is_none_or(|top| top & 0x80 != 0) {
        out.push(0);
    }
    out.extend_from_slice(digits);
    out
}

/// Lower-case hexadecimal without leading zeros, as clients write and read it.
pub(super) fn hex(number: &[u8]) -> String {
    let text = data_encoding::HEXLOWER.encode(number);
    let digits = text.trim_start_matches('0');
    if digits.is_empty() { "0".to_owned() } else { digits.to_owned() }
}

/// Reads a number of up to 3072 bits: any case, any number of digits, leading zeros allowed.
pub(super) fn from_hex(text: &str) -> Result<[u8; BYTES], SrpError> {
    if text.is_empty() || text.len() > HEX_MAX {
        return Err(SrpError::Number);
    }
    let mut out = [0u8; BYTES];
    let mut places = out.iter_mut().rev();
    for pair in text.as_bytes().rchunks(2) {
        let byte = pair.iter().try_fold(0u8, |value, digit| Some(value << 4 | nibble(*digit)?));
        let byte = byte.ok_or(SrpError::Number)?;
        match places.next() {
            Some(place) => *place = byte,
            None if byte == 0 => {}
            None => return Err(SrpError::Number),
        }
    }
    Ok(out)
}

fn nibble(digit: u8) -> Option<u8> {
    u8::try_from(char::from(digit).to_digit(16)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn au_04_pad_drops_zeros_and_keeps_the_number_positive() {
        assert_eq!(pad(&[]), [0]);
        assert_eq!(pad(&[0, 0]), [0]);
        assert_eq!(pad(&[0, 0x0f, 0x1e]), [0x0f, 0x1e]);
        assert_eq!(pad(&[0x7f]), [0x7f]);
        assert_eq!(pad(&[0, 0x80]), [0, 0x80]);
        assert_eq!(pad(&[0xf0, 0xe1]), [0, 0xf0, 0xe1]);
    }

    #[test]
    fn au_06_numbers_are_read_in_any_case_and_length_up_to_the_group_s() {
        let of = |text: &str| from_hex(text).map(|n| hex(&n));
        assert_eq!(of("aBc").unwrap(), "abc");
        assert_eq!(of("0000ABCD").unwrap(), "abcd");
        assert_eq!(of("0").unwrap(), "0");
        assert_eq!(of(&"f".repeat(768)).unwrap(), "f".repeat(768));
        assert_eq!(of(&format!("00{}", "f".repeat(768))).unwrap(), "f".repeat(768));
        for bad in
            ["", "g", "0x1", "-1", "+1", "a b", "ä", "1\0", &"f".repeat(769), &"0".repeat(2049), &"f".repeat(1 << 20)]
        {
            assert_eq!(of(bad).unwrap_err(), SrpError::Number, "{}", bad.len());
        }
    }

    #[test]
    fn a_number_may_have_so_many_digits_and_no_more() {
        assert!(from_hex(&"0".repeat(HEX_MAX)).is_ok());
        assert_eq!(from_hex(&"0".repeat(HEX_MAX + 1)), Err(SrpError::Number));
    }
}
