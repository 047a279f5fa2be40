//! Arithmetic in the one group: 3072-bit RFC 3526 group 15 with generator 2 (authentication.md 4.1).
//!
//! Everything runs in constant time except where a name says `public`.

use super::limbs::{self, Limbs, ONE, PRIME_BYTES, R2, plain, product};
use std::sync::LazyLock;
use zeroize::Zeroize;

/// Bytes of a group element.
pub(super) const BYTES: usize = 384;

/// Bits of an exponent that the generator's table takes at once, and the entries that makes.
const DIGIT_BITS: usize = 5;
const DIGITS: usize = 1 << DIGIT_BITS;
const WINDOWS: usize = 256_usize.div_ceil(DIGIT_BITS);

/// `GENERATOR[i][d] = 2^(d * 32^i)`: 676 KiB, worked out once in a few milliseconds. Digits of four bits would halve it
/// and cost 64 multiplications instead of 52; six would save nine more and look through twice as much.
static GENERATOR: LazyLock<Vec<[Limbs; DIGITS]>> = LazyLock::new(|| {
    let mut base = limbs::plus(&ONE, &ONE);
    (0..WINDOWS)
        .map(|_| {
            let mut power = ONE;
            let row = std::array::from_fn(|_| {
                let this = power;
                power = product(&power, &base);
                this
            });
            base = power; // the thirty-second power
            row
        })
        .collect()
});

/// A number modulo the prime.
#[derive(Clone, Copy)]
pub(super) struct Element(Limbs);

impl Element {
    pub(super) const ONE: Self = Self(ONE);
    pub(super) const ZERO: Self = Self([0; limbs::LIMBS]);

    /// The number that these bytes write, reduced.
    pub(super) fn from_bytes(bytes: &[u8; BYTES]) -> Self {
        Self(product(&limbs::from_bytes(bytes), &R2))
    }

    /// As [`Element::from_bytes`], but `None` for numbers that were not below the prime. For public numbers.
    pub(super) fn from_public_bytes(bytes: &[u8; BYTES]) -> Option<Self> {
        (*bytes < PRIME_BYTES).then(|| Self::from_bytes(bytes))
    }

    pub(super) fn to_bytes(self) -> [u8; BYTES] {
        limbs::to_bytes(&plain(&self.0))
    }

    /// `2^exponent` from the table: one multiplication for each digit, whatever the digits are.
    pub(super) fn generator_power(exponent: &[u8; 32]) -> Self {
        let mut power = ONE;
        for (row, at) in GENERATOR.iter().zip((0..256).step_by(DIGIT_BITS)) {
            let mut chosen = select(row, digit(exponent, at));
            power = product(&power, &chosen);
            chosen.zeroize();
        }
        Self(power)
    }

    /// `self^exponent` for any exponent of at most 384 bytes; only the number of bytes shows in the time.
    pub(super) fn power(self, exponent: &[u8]) -> Self {
        let mut powers = [ONE; 16];
        let mut next = ONE;
        for power in &mut powers {
            *power = next;
            next = product(&next, &self.0);
        }
        let mut power = ONE;
        for digit in exponent.iter().flat_map(|byte| [byte >> 4, byte & 15]) {
            power = (0..4).fold(power, |power, _| limbs::square(&power));
            let mut chosen = select(&powers, digit);
            power = product(&power, &chosen);
            chosen.zeroize();
        }
        powers.zeroize();
        Self(power)
    }

    /// `self^(2^64)`.
    pub(super) fn power_2_64(self) -> Self {
        (0..64).fold(self, |power, _| power.square())
    }

    pub(super) fn times(self, other: Self) -> Self {
        Self(product(&self.0, &other.0))
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self(limbs::plus(&self.0, &other.0))
    }

    pub(super) fn minus(self, other: Self) -> Self {
        Self(limbs::minus(&self.0, &other.0))
    }

    pub(super) fn square(self) -> Self {
        Self(limbs::square(&self.0))
    }
}

/// Numbers are kept unreduced: what is equal is what they stand for.
impl PartialEq for Element {
    fn eq(&self, other: &Self) -> bool {
        let (own, other) = (plain(&self.0), plain(&other.0));
        own.iter().zip(&other).fold(0, |differing, (a, b)| differing | (a ^ b)) == 0
    }
}

impl Eq for Element {}

impl Zeroize for Element {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

/// The entry at an index that must not show: all of them are read.
fn select(from: &[Limbs], index: u8) -> Limbs {
    let mut out = [0; limbs::LIMBS];
    for (entry, at) in from.iter().zip(0u8..) {
        let mask = all_ones_if_equal(at, index);
        for (to, limb) in out.iter_mut().zip(entry) {
            *to |= limb & mask;
        }
    }
    out
}

/// Hidden from the optimiser, which might see a choice in it and branch.
fn all_ones_if_equal(a: u8, b: u8) -> u64 {
    let equal = u64::from(a ^ b).wrapping_sub(1) >> 63;
    std::hint::black_box(equal.wrapping_neg())
}

/// The digit of a big-endian exponent that begins at a bit.
fn digit(exponent: &[u8; 32], at: usize) -> u8 {
    let mut bytes = exponent.iter().rev().skip(at / 8).copied();
    let pair = u16::from_le_bytes([bytes.next().unwrap_or(0), bytes.next().unwrap_or(0)]);
    (pair >> (at % 8)) as u8 & (DIGITS - 1) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{EntropyExt, SystemEntropy};

    #[test]
    fn the_table_agrees_with_general_exponentiation() {
        let two = Element::ONE.plus(Element::ONE);
        let mut exponents = vec![[0u8; 32], [255u8; 32], [16u8; 32], [1u8; 32]];
        // Each bit alone: no digit may read its neighbour's.
        exponents.extend((0..256).map(|bit| std::array::from_fn(|at| u8::from(at == bit / 8) << (bit % 8))));
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
    fn numbers_that_differ_alike_in_two_limbs_are_not_equal() {
        let mut twice = [0; BYTES];
        twice[BYTES - 1] = 1;
        assert!(Element::from_bytes(&twice) == Element::ONE);
        twice[BYTES - 1 - 60 / 8] = 1 << (60 % 8);
        assert!(Element::from_bytes(&twice) != Element::ZERO, "1 and 2^60: the lowest bit of two limbs");
    }

    #[test]
    fn what_is_wiped_is_zero() {
        let mut element = Element::generator_power(&SystemEntropy.bytes());
        element.zeroize();
        assert!(element == Element::ZERO);
    }

    #[test]
    fn exponents_of_any_length_are_taken() {
        let two = Element::ONE.plus(Element::ONE);
        assert!(two.power(&[]) == Element::ONE);
        assert!(two.power(&[10]) == two.power(&[0, 0, 10]));
        assert!(two.power(&[1, 0, 0, 0, 0, 0, 0, 0, 0]) == two.power_2_64());
    }

    #[test]
    fn general_exponentiation_agrees_with_the_library() {
        let bytes: [u8; BYTES] = std::array::from_fn(|_| SystemEntropy.bytes::<1>()[0]);
        let exponents: [Vec<u8>; 4] =
            [vec![255; 32], SystemEntropy.bytes::<32>().into(), SystemEntropy.bytes::<384>().into(), vec![0; 32]];
        for exponent in exponents {
            let want = super::super::limbs_test::library_power(&bytes, &exponent);
            assert_eq!(Element::from_bytes(&bytes).power(&exponent).to_bytes().to_vec(), want, "{exponent:02x?}");
        }
    }
}
