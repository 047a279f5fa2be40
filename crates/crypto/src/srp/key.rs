//! The key both sides arrive at, and the claim signed with it.

use super::Identity;
use super::group::Element;
use super::number::pad;
use aws_lc_rs::hmac::{Context, HMAC_SHA256, Key, Tag, sign};
use kernel::Secret;
use std::fmt;

/// Sixteen bytes that only somebody who knows the password can arrive at.
#[derive(Clone)]
pub struct SessionKey(Secret<[u8; 16]>);

/// What a client signs beside its identity (authentication.md 4.2).
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// The decoded `SECRET_BLOCK`.
    pub secret_block: &'a [u8],
    /// `TIMESTAMP`, byte for byte as sent.
    pub timestamp: &'a str,
}

impl SessionKey {
    /// `PRK = HMAC(pad(u), pad(S))`, key = first 16 bytes of `HMAC(PRK, "Caldera Derived Key" ‖ 01)`.
    pub(super) fn agree(u: &[u8; 32], shared: &Secret<Element>) -> Self {
        let padded = Secret::new(pad(&shared.reveal().to_bytes()));
        let prk = sign(&Key::new(HMAC_SHA256, &pad(u)), padded.reveal());
        let long = sign(&Key::new(HMAC_SHA256, prk.as_ref()), b"Caldera Derived Key\x01");
        let mut key = [0u8; 16];
        for (to, from) in key.iter_mut().zip(long.as_ref()) {
            *to = *from;
        }
        Self(Secret::new(key))
    }

    /// Whether `PASSWORD_CLAIM_SIGNATURE` (standard base64) is this key's; in constant time.
    #[must_use]
    pub fn accepts(&self, identity: Identity<'_>, claim: Claim<'_>, signature: &str) -> bool {
        let mut offered = [0u8; 33];
        // 32 bytes are 44 characters: nothing longer is decoded.
        let length = match signature.len() {
            44 => data_encoding::BASE64.decode_mut(signature.as_bytes(), &mut offered).ok(),
            _ => None,
        };
        let expected = self.sign(identity, claim);
        let offered = offered.get(..length.unwrap_or(0)).unwrap_or(&[]);
        aws_lc_rs::constant_time::verify_slices_are_equal(expected.as_ref(), offered).is_ok()
    }

    /// The signature as a client writes it.
    #[must_use]
    pub fn claim_signature(&self, identity: Identity<'_>, claim: Claim<'_>) -> String {
        data_encoding::BASE64.encode(self.sign(identity, claim).as_ref())
    }

    fn sign(&self, identity: Identity<'_>, claim: Claim<'_>) -> Tag {
        let mut context = Context::with_key(&Key::new(HMAC_SHA256, self.0.reveal()));
        context.update(identity.pool_name.as_bytes());
        context.update(identity.user_id.as_bytes());
        context.update(claim.secret_block);
        context.update(claim.timestamp.as_bytes());
        context.sign()
    }

    #[cfg(test)]
    pub(super) fn bytes(&self) -> [u8; 16] {
        *self.0.reveal()
    }
}

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKey(***)")
    }
}
