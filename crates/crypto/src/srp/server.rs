//! The server's side: a challenge, then a check of the claim. The state in between is bytes for a sealed `SECRET_BLOCK`.

use super::group::{BYTES, Element};
use super::key::SessionKey;
use super::number::{from_hex, hex, pad};
use super::verifier::{Powers, Verifier};
use super::{SrpError, multiplier};
use crate::kdf::sha256;
use kernel::{Entropy, EntropyExt, Secret};
use std::fmt;

/// The client's public number `A`.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicA(Element);

impl PublicA {
    /// Reads `SRP_A`: hexadecimal of any case and parity (authentication.md 14).
    ///
    /// # Errors
    /// [`SrpError::Number`] for text that is no number below the prime, [`SrpError::Zero`] for multiples of the prime,
    /// with which anybody could sign in.
    pub fn parse(text: &str) -> Result<Self, SrpError> {
        let bytes = from_hex(text)?;
        if Element::from_bytes(&bytes) == Element::ZERO {
            return Err(SrpError::Zero);
        }
        Element::from_public_bytes(&bytes).map(Self).ok_or(SrpError::Number)
    }
}

impl fmt::Debug for PublicA {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0.to_bytes()))
    }
}

/// A challenge that was handed out: what the check of the answer needs beside the verifier.
#[derive(Clone)]
pub struct Exchange {
    a: PublicA,
    b: Secret<[u8; 32]>,
    u: [u8; 32],
}

impl Exchange {
    /// Length in bytes of [`Exchange::to_bytes`].
    pub const BYTES: usize = BYTES + 64;

    /// Answers `A` with `B = k v + g^b` (as `SRP_B`, hexadecimal). One exponentiation, about 0.3 ms.
    #[must_use]
    pub fn begin(a: PublicA, verifier: &Verifier, entropy: &dyn Entropy) -> (Self, String) {
        loop {
            let b = Secret::new(entropy.bytes::<32>());
            let public = public_b(verifier, Element::generator_power(b.reveal()));
            let u = scramble(&a.0, &public);
            // Either would end the client's sign-in; both have a chance of one in 2^256.
            if public != Element::ZERO && u != [0; 32] {
                return (Self { a, b, u }, hex(&public.to_bytes()));
            }
        }
    }

    /// The key both sides now share, if the client knows the password.
    /// Two exponentiations: about 1.8 ms with stored powers, 2.6 ms without.
    #[must_use]
    pub fn finish(&self, verifier: &Verifier, powers: Option<&Powers>) -> SessionKey {
        let lifted = match powers {
            Some(powers) => powers.to_public_exponent(&self.u),
            None => verifier.0.reveal().power(&self.u),
        };
        SessionKey::agree(&self.u, &shared(&self.a, lifted, self.b.reveal()))
    }

    /// For a `SECRET_BLOCK`: `A ‖ b ‖ u`.
    #[must_use]
    pub fn to_bytes(&self) -> Secret<Vec<u8>> {
        Secret::new([self.a.0.to_bytes().as_slice(), self.b.reveal(), &self.u].concat())
    }

    /// Reads [`Exchange::to_bytes`].
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (a, rest) = bytes.split_first_chunk::<BYTES>()?;
        let (b, u) = rest.split_first_chunk::<32>()?;
        let a = Element::from_public_bytes(a).filter(|a| *a != Element::ZERO)?;
        Some(Self { a: PublicA(a), b: Secret::new(*b), u: u.try_into().ok()? })
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Exchange(***)")
    }
}

/// `B = k v + g^b`.
fn public_b(verifier: &Verifier, generator_power_b: Element) -> Element {
    multiplier().times(*verifier.0.reveal()).plus(generator_power_b)
}

/// `S = (A v^u)^b`.
fn shared(a: &PublicA, lifted: Element, b: &[u8]) -> Secret<Element> {
    Secret::new(a.0.times(lifted).power(b))
}

/// `u = SHA256(pad(A) ‖ pad(B))`.
pub(super) fn scramble(a: &Element, b: &Element) -> [u8; 32] {
    sha256(&[&pad(&a.to_bytes()), &pad(&b.to_bytes())])
}

#[cfg(test)]
pub(super) mod exposed {
    //! The same steps with exponents of any length, for the vectors of authentication.md 4.3.
    use super::*;

    pub(crate) fn begin(a: &PublicA, verifier: &Verifier, b: &[u8]) -> (Element, [u8; 32]) {
        let public = public_b(verifier, Element::ONE.plus(Element::ONE).power(b));
        (public, scramble(&a.0, &public))
    }

    pub(crate) fn shared(a: &PublicA, powers: &Powers, u: &[u8; 32], b: &[u8]) -> Secret<Element> {
        super::shared(a, powers.to_public_exponent(u), b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::SystemEntropy;

    #[test]
    fn au_06_a_multiple_of_the_prime_is_refused_and_so_is_what_is_not_below_it() {
        let prime = {
            let mut bytes = Element::ZERO.minus(Element::ONE).to_bytes();
            bytes[BYTES - 1] += 1;
            hex(&bytes)
        };
        for zero in ["0", "00", "000", &prime, &prime.to_uppercase(), &format!("0{prime}")] {
            assert_eq!(PublicA::parse(zero).unwrap_err(), SrpError::Zero, "{zero}");
        }
        for bad in [&"f".repeat(768), &"f".repeat(10_000), "xyz", "", "1 "] {
            assert_eq!(PublicA::parse(bad).unwrap_err(), SrpError::Number);
        }
        assert_eq!(PublicA::parse("aBC").unwrap(), PublicA::parse("0abc").unwrap());
    }

    #[test]
    fn an_exchange_survives_being_bytes_and_damaged_bytes_are_refused() {
        let a = PublicA::parse("12345").unwrap();
        let verifier = Verifier::decoy(&[1; 32]);
        let (exchange, _) = Exchange::begin(a, &verifier, &SystemEntropy);
        let bytes = exchange.to_bytes().expose();
        assert_eq!(bytes.len(), Exchange::BYTES);
        let again = Exchange::from_bytes(&bytes).unwrap();
        assert!(again.finish(&verifier, None).bytes() == exchange.finish(&verifier, Some(&verifier.powers())).bytes());
        assert!(Exchange::from_bytes(&bytes[1..]).is_none());
        assert!(Exchange::from_bytes(&[0; Exchange::BYTES]).is_none());
        assert!(Exchange::from_bytes(&[255; Exchange::BYTES]).is_none());
    }
}
