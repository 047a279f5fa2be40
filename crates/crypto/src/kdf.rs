//! HKDF-SHA-256 (RFC 5869) for keys of exactly one block, which is all we derive: nothing in it can fail.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};

/// A key of 32 bytes, the size of one HMAC-SHA-256 output.
pub(crate) type Key32 = [u8; 32];

/// HKDF-Extract: evens out `material` into a pseudo-random key.
pub(crate) fn extract(salt: &[u8], material: &[u8]) -> Key {
    Key::new(HMAC_SHA256, sign(&Key::new(HMAC_SHA256, salt), material).as_ref())
}

/// HKDF-Expand for one block: `T(1) = HMAC(PRK, info ‖ 0x01)`.
pub(crate) fn expand(prk: &Key, info: &[u8]) -> Key32 {
    let mut input = Vec::with_capacity(info.len() + 1);
    input.extend_from_slice(info);
    input.push(1);
    digest32(sign(prk, &input).as_ref())
}

/// The 32 bytes of a SHA-256 or HMAC-SHA-256 output.
pub(crate) fn digest32(output: &[u8]) -> Key32 {
    let mut out = [0u8; 32];
    for (to, from) in out.iter_mut().zip(output) {
        *to = *from;
    }
    out
}

/// SHA-256 of several parts, one after the other.
pub(crate) fn sha256(parts: &[&[u8]]) -> Key32 {
    let mut context = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    for part in parts {
        context.update(part);
    }
    digest32(context.finish().as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::hkdf;

    #[test]
    fn one_block_agrees_with_the_library_s_hkdf() {
        for info in [&b""[..], b"a", &[7u8; 300]] {
            let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, b"salt").extract(b"material");
            let mut expected = [0u8; 32];
            prk.expand(&[info], hkdf::HKDF_SHA256).unwrap().fill(&mut expected).unwrap();
            assert_eq!(expand(&extract(b"salt", b"material"), info), expected);
        }
    }
}
