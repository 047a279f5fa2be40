//! SRP-6a as the service and its clients speak it (authentication.md 4): 3072-bit group, g = 2, SHA-256, own padding.
//!
//! One verifier serves both flows: [`Verifier::accepts`] checks a plain password, [`Exchange`] an SRP proof.

pub mod client;
mod group;
mod key;
mod limbs;
#[cfg(test)]
mod limbs_test;
mod number;
mod server;
#[cfg(test)]
mod vectors_test;
mod verifier;

pub use key::{Claim, SessionKey};
pub use server::{Exchange, PublicA};
pub use verifier::{Powers, Verifier};

use crate::kdf::sha256;
use group::Element;
use kernel::{Entropy, EntropyExt};
use number::pad;
use std::sync::LazyLock;

/// Sixteen random bytes, one draw for each password.
pub type Salt = [u8; 16];

/// Whose password it is. Both parts are hashed into the verifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity<'a> {
    /// The pool id after its underscore; for a device its group key.
    pub pool_name: &'a str,
    /// `USER_ID_FOR_SRP`; for a device its key.
    pub user_id: &'a str,
}

/// A number from outside is not usable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SrpError {
    /// Not hexadecimal, or not below the prime.
    #[error("not a number of the SRP group")]
    Number,
    /// Zero modulo the prime.
    #[error("zero modulo the SRP prime")]
    Zero,
}

/// Works the tables out now (a few milliseconds), so that the first sign-in does not.
pub fn prepare() {
    let _ = (multiplier(), Element::generator_power(&[0; 32]));
}

/// A new salt.
#[must_use]
pub fn draw_salt(entropy: &dyn Entropy) -> Salt {
    entropy.bytes()
}

/// `SALT` as sent: lower-case hexadecimal without leading zeros.
#[must_use]
pub fn salt_text(salt: &Salt) -> String {
    number::hex(salt)
}

/// `k = SHA256(pad(N) ‖ pad(g))`.
fn multiplier() -> Element {
    static K: LazyLock<Element> = LazyLock::new(|| {
        let mut wide = [0u8; group::BYTES];
        for (to, from) in wide.iter_mut().rev().zip(multiplier_hash().iter().rev()) {
            *to = *from;
        }
        Element::from_bytes(&wide)
    });
    *K
}

fn multiplier_hash() -> [u8; 32] {
    sha256(&[&pad(&limbs::PRIME_BYTES), &pad(&[2])])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_salt_is_drawn_and_never_the_same() {
        let [one, other] = [(); 2].map(|()| draw_salt(&kernel::SystemEntropy));
        assert_ne!(one, other);
    }
}
