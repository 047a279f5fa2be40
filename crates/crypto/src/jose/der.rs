//! As much DER as an RSA public key needs: `SEQUENCE { INTEGER n, INTEGER e }` (RFC 8017 A.1.1).

const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;

/// Modulus and exponent, big-endian without leading zeros.
pub(super) fn rsa_public_key(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut rest = der;
    let mut body = value(&mut rest, SEQUENCE)?;
    let n = value(&mut body, INTEGER)?;
    let e = value(&mut body, INTEGER)?;
    (rest.is_empty() && body.is_empty()).then_some((positive(n), positive(e)))
}

/// Takes one value with the given tag off the front.
fn value<'a>(from: &mut &'a [u8], tag: u8) -> Option<&'a [u8]> {
    let (first, rest) = from.split_first()?;
    let (length, rest) = length(rest)?;
    let (value, rest) = rest.split_at_checked(length)?;
    *from = rest;
    (*first == tag).then_some(value)
}

fn length(from: &[u8]) -> Option<(usize, &[u8])> {
    let (first, rest) = from.split_first()?;
    if *first < 0x80 {
        return Some((usize::from(*first), rest));
    }
    let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f)).filter(|(b, _)| (1..=2).contains(&b.len()))?;
    Some((bytes.iter().fold(0, |value, byte| value << 8 | usize::from(*byte)), rest))
}

fn positive(integer: &[u8]) -> &[u8] {
    integer.strip_prefix(&[0]).unwrap_or(integer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_integers_in_a_sequence_are_read_and_nothing_else() {
        assert_eq!(rsa_public_key(&[0x30, 7, 2, 2, 0, 0x81, 2, 1, 3]), Some((&[0x81][..], &[3][..])));
        assert_eq!(rsa_public_key(&[0x30, 0x81, 6, 2, 1, 5, 2, 1, 3]), Some((&[5][..], &[3][..])));
        for bad in [
            &[][..],
            &[0x30],
            &[0x30, 6, 2, 1, 5, 2, 1],
            &[0x30, 6, 2, 1, 5, 2, 1, 3, 0],
            &[0x31, 6, 2, 1, 5, 2, 1, 3],
            &[0x30, 6, 2, 1, 5, 4, 1, 3],
            &[0x30, 0x80, 2, 1, 5, 2, 1, 3],
            &[0x30, 0xff, 255, 255],
        ] {
            assert_eq!(rsa_public_key(bad), None, "{bad:x?}");
        }
    }

    #[test]
    fn a_length_without_end_is_no_length_of_128() {
        let mut key = vec![0x30, 0x81, 128, 2, 123];
        key.extend([5; 123]);
        key.extend([2, 1, 3]);
        assert_eq!(rsa_public_key(&key), Some((&[5; 123][..], &[3][..])));
        key.remove(2);
        key[1] = 0x80;
        assert_eq!(rsa_public_key(&key), None);
    }
}
