//! Arithmetic in the one group: 3072-bit RFC 3526 group 15 with generator 2 (authentication.md 4.1).
//!
//! Everything runs in constant time except where a name says `public`.

use crypto_bigint::modular::ConstMontyForm;
use crypto_bigint::{CtAssign, CtEq, U3072, const_monty_params};
use std::sync::LazyLock;
use zeroize::Zeroize;

/// Bytes of a group element.
pub(super) const BYTES: usize = 384;

const_monty_params!(
    Modulus,
    U3072,
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
    "The group's prime."
);

type Monty = ConstMontyForm<Modulus, { U3072::LIMBS }>;

/// Digits of a 256-bit exponent in base 16.
const WINDOWS: usize = 64;

/// `GENERATOR[i][d] = 2^(d * 16^i)`: 384 KiB, worked out once in a few milliseconds.
static GENERATOR: LazyLock<Vec<[Monty; 16]>> = LazyLock::new(|| {
    let mut base = Monty::new(&U3072::from_u8(2));
    (0..WINDOWS)
        .map(|_| {
            let mut power = Monty::ONE;
            let row = std::array::from_fn(|_| {
                let this = power;
                power = power.mul(&base);
                this
            });
            base = power; // the sixteenth power
            row
        })
        .collect()
});

/// A number modulo the prime.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Element(Monty);

impl Element {
    pub(super) const ONE: Self = Self(Monty::ONE);
    pub(super) const ZERO: Self = Self(Monty::ZERO);

    /// The number that these bytes write, reduced.
    pub(super) fn from_bytes(bytes: &[u8; BYTES]) -> Self {
        Self(Monty::new(&U3072::from_be_slice(bytes)))
    }

    /// As [`Element::from_bytes`], but `None` for numbers that were not below the prime. For public numbers.
    pub(super) fn from_public_bytes(bytes: &[u8; BYTES]) -> Option<Self> {
        let number = U3072::from_be_slice(bytes);
        (number < *Monty::MODULUS.as_ref()).then(|| Self(Monty::new(&number)))
    }

    pub(super) fn to_bytes(self) -> [u8; BYTES] {
        let mut out = [0u8; BYTES];
        for (to, from) in out.iter_mut().zip(self.0.retrieve().to_be_bytes().as_ref()) {
            *to = *from;
        }
        out
    }

    /// `2^exponent` from the table: one multiplication for each digit, whatever the digits are.
    pub(super) fn generator_power(exponent: &[u8; 32]) -> Self {
        let digits = exponent.iter().rev().flat_map(|byte| [byte & 15, byte >> 4]);
        let mut power = Monty::ONE;
        let mut chosen = Monty::ONE;
        for (row, digit) in GENERATOR.iter().zip(digits) {
            for (value, index) in row.iter().zip(0u8..) {
                chosen.ct_assign(value, index.ct_eq(&digit));
            }
            power = power.mul(&chosen);
        }
        chosen.as_montgomery_mut().zeroize();
        Self(power)
    }

    /// `self^exponent` for any exponent of at most 384 bytes; only the number of bytes shows in the time.
    pub(super) fn power(self, exponent: &[u8]) -> Self {
        let mut wide = [0u8; BYTES];
        for (to, from) in wide.iter_mut().rev().zip(exponent.iter().rev()) {
            *to = *from;
        }
        let bits = u32::try_from(exponent.len().min(BYTES) * 8).unwrap_or(0);
        let power = Self(self.0.pow_amm_bounded_exp(&U3072::from_be_slice(&wide), bits));
        wide.zeroize();
        power
    }

    /// `self^(2^64)`.
    pub(super) fn power_2_64(self) -> Self {
        Self(self.0.square_repeat_vartime(64)) // the count is fixed, the base is not looked at
    }

    pub(super) fn times(self, other: Self) -> Self {
        Self(self.0.mul(&other.0))
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self(self.0.add(&other.0))
    }

    pub(super) fn minus(self, other: Self) -> Self {
        Self(self.0.sub(&other.0))
    }

    pub(super) fn square(self) -> Self {
        Self(self.0.square())
    }
}

impl Zeroize for Element {
    fn zeroize(&mut self) {
        self.0.as_montgomery_mut().zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{EntropyExt, SystemEntropy};

    #[test]
    fn the_table_agrees_with_general_exponentiation() {
        let two = Element::ONE.plus(Element::ONE);
        let mut exponents = vec![[0u8; 32], [255u8; 32], [16u8; 32], [1u8; 32]];
        exponents.extend((0..4).map(|_| SystemEntropy.bytes::<32>()));
        for exponent in exponents {
            assert!(Element::generator_power(&exponent) == two.power(&exponent), "{exponent:02x?}");
        }
    }

    #[test]
    fn bytes_come_back_and_numbers_from_the_prime_upwards_are_seen() {
        let element = Element::generator_power(&SystemEntropy.bytes());
        assert!(Element::from_bytes(&element.to_bytes()) == element);
        assert!(Element::from_public_bytes(&element.to_bytes()) == Some(element));
        assert!(Element::from_public_bytes(&[255; BYTES]).is_none());
        let mut prime = Element::ZERO.minus(Element::ONE).to_bytes();
        assert!(Element::from_public_bytes(&prime).is_some());
        prime[BYTES - 1] += 1;
        assert!(Element::from_public_bytes(&prime).is_none());
        assert!(Element::from_bytes(&prime) == Element::ZERO);
    }

    #[test]
    fn exponents_of_any_length_are_taken() {
        let two = Element::ONE.plus(Element::ONE);
        assert!(two.power(&[]) == Element::ONE);
        assert!(two.power(&[10]) == two.power(&[0, 0, 10]));
        assert!(two.power(&[1, 0, 0, 0, 0, 0, 0, 0, 0]) == two.power_2_64());
    }
}
