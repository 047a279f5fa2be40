//! What is kept of a password: `v = g^x`, and its powers that make `v^u` cheap.

use super::group::{BYTES, Element};
use super::number::pad;
use super::{Identity, Salt};
use crate::kdf::sha256;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use kernel::Secret;
use std::fmt;

/// `x = SHA256(pad(salt) ‖ SHA256(pool name ‖ user id ‖ ":" ‖ password))`.
pub(super) fn private_key(identity: Identity<'_>, password: &str, salt: &[u8]) -> Secret<[u8; 32]> {
    let who = [identity.pool_name.as_bytes(), identity.user_id.as_bytes(), b":", password.as_bytes()];
    Secret::new(sha256(&[&pad(salt), &sha256(&who)]))
}

/// A password verifier. As good as the password to whoever steals it: kept sealed.
#[derive(Clone)]
pub struct Verifier(pub(super) Secret<Element>);

impl Verifier {
    /// Length in bytes of [`Verifier::to_bytes`].
    pub const BYTES: usize = BYTES;

    /// The verifier of a password: one exponentiation, about 0.3 ms. Belongs on the password threads.
    #[must_use]
    pub fn of(identity: Identity<'_>, password: &str, salt: &Salt) -> Self {
        let x = private_key(identity, password, salt);
        Self(Secret::new(Element::generator_power(x.reveal())))
    }

    /// A verifier that belongs to no password, the same for the same seed: for names that do not exist.
    #[must_use]
    pub fn decoy(seed: &[u8; 32]) -> Self {
        Self(Secret::new(decoy(seed, 0)))
    }

    /// Reads [`Verifier::to_bytes`]; `None` when they write no number of the group.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        element(bytes).map(|v| Self(Secret::new(v)))
    }

    /// 384 bytes, big-endian.
    #[must_use]
    pub fn to_bytes(&self) -> Secret<[u8; BYTES]> {
        Secret::new(self.0.reveal().to_bytes())
    }

    /// The powers that make later proofs cheap: 192 squarings, about 0.6 ms, once for each verifier.
    #[must_use]
    pub fn powers(&self) -> Powers {
        let one = *self.0.reveal();
        let two = one.power_2_64();
        let three = two.power_2_64();
        Powers(Secret::new([one, two, three, three.power_2_64()]))
    }

    /// Whether a password is the one; in constant time. One exponentiation.
    #[must_use]
    pub fn accepts(&self, identity: Identity<'_>, password: &str, salt: &Salt) -> bool {
        let offered = Self::of(identity, password, salt).to_bytes();
        verify_slices_are_equal(offered.reveal(), self.to_bytes().reveal()).is_ok()
    }
}

/// `v^(2^(64 k))` for k = 0..4, kept sealed beside the verifier.
#[derive(Clone)]
pub struct Powers(Secret<[Element; 4]>);

impl Powers {
    /// Length in bytes of [`Powers::to_bytes`].
    pub const BYTES: usize = 4 * BYTES;

    /// Powers of a verifier that belongs to no password, so that unknown names cost what known ones cost.
    #[must_use]
    pub fn decoy(seed: &[u8; 32]) -> Self {
        Self(Secret::new([decoy(seed, 0), decoy(seed, 1), decoy(seed, 2), decoy(seed, 3)]))
    }

    /// Reads [`Powers::to_bytes`].
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut parts = bytes.chunks(BYTES).map(element);
        let powers = [parts.next()??, parts.next()??, parts.next()??, parts.next()??];
        parts.next().is_none().then(|| Self(Secret::new(powers)))
    }

    /// Four times 384 bytes, big-endian.
    #[must_use]
    pub fn to_bytes(&self) -> Secret<Vec<u8>> {
        Secret::new(self.0.reveal().iter().flat_map(|e| e.to_bytes()).collect())
    }

    /// `v^u`. `u` is public, so its bits may show in the time; the powers are only multiplied.
    pub(super) fn to_public_exponent(&self, u: &[u8; 32]) -> Element {
        // A comb of four teeth: entry i is the product of the powers whose bit is set in i; then bit by bit from the top.
        let mut comb = [Element::ONE; 16];
        for (tooth, power) in self.0.reveal().iter().enumerate() {
            let (ready, rest) = comb.split_at_mut(1 << tooth);
            for (entry, known) in rest.iter_mut().zip(ready.iter()) {
                *entry = known.times(*power);
            }
        }
        let words = words(u);
        let mut result = Element::ONE;
        for bit in (0..64).rev() {
            result = result.square();
            let index = words.iter().enumerate().map(|(tooth, word)| usize::from(word >> bit & 1 == 1) << tooth).sum();
            if let (1.., Some(entry)) = (index, comb.get::<usize>(index)) {
                result = result.times(*entry);
            }
        }
        result
    }
}

/// A 256-bit number as four words, the lowest first.
fn words(number: &[u8; 32]) -> [u64; 4] {
    let mut out = [0u64; 4];
    for (word, bytes) in out.iter_mut().zip(number.rchunks(8)) {
        *word = bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte));
    }
    out
}

fn element(bytes: &[u8]) -> Option<Element> {
    Element::from_public_bytes(bytes.try_into().ok()?)
}

/// A number that looks like any other, made from a seed.
fn decoy(seed: &[u8; 32], tooth: u8) -> Element {
    let mut bytes = [0u8; BYTES];
    for (block, number) in bytes.chunks_mut(32).zip(0u8..) {
        block.copy_from_slice(&sha256(&[b"srp decoy", seed, &[tooth, number]]));
    }
    Element::from_bytes(&bytes)
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verifier(***)")
    }
}

impl fmt::Debug for Powers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Powers(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{EntropyExt, SystemEntropy};

    #[test]
    fn four_powers_give_what_one_exponentiation_gives() {
        let verifier = Verifier::decoy(&SystemEntropy.bytes());
        let powers = Powers::from_bytes(verifier.powers().to_bytes().reveal()).unwrap();
        let mut exponents = vec![[0u8; 32], [255; 32], [1; 32]];
        exponents.extend((0..3).map(|_| SystemEntropy.bytes::<32>()));
        for u in exponents {
            assert!(powers.to_public_exponent(&u) == verifier.0.reveal().power(&u), "{u:02x?}");
        }
    }

    #[test]
    fn a_password_is_accepted_for_its_own_pool_user_and_salt_only() {
        let me = Identity { pool_name: "EXAMPLE1a", user_id: "janedoe" };
        let salt = [7; 16];
        let verifier = Verifier::from_bytes(Verifier::of(me, "Corr3ct", &salt).to_bytes().reveal()).unwrap();
        assert!(verifier.accepts(me, "Corr3ct", &salt));
        assert!(!verifier.accepts(me, "corr3ct", &salt));
        assert!(!verifier.accepts(me, "", &salt));
        assert!(!verifier.accepts(me, "Corr3ct", &[8; 16]));
        assert!(!verifier.accepts(Identity { user_id: "john", ..me }, "Corr3ct", &salt));
        assert!(!verifier.accepts(Identity { pool_name: "EXAMPLE1b", ..me }, "Corr3ct", &salt));
    }

    #[test]
    fn damaged_bytes_are_no_verifier() {
        assert!(Verifier::from_bytes(&[1; 383]).is_none());
        assert!(Verifier::from_bytes(&[255; 384]).is_none());
        assert!(Powers::from_bytes(&[1; 3 * BYTES]).is_none());
        assert!(Powers::from_bytes(&[1; 5 * BYTES]).is_none());
        assert!(Powers::from_bytes(&[1; 4 * BYTES + 1]).is_none());
    }
}
