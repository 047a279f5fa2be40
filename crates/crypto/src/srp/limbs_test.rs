//! The arithmetic held against crypto-bigint: same prime, same numbers, same answers.

use super::limbs::*;
use crypto_bigint::modular::ConstMontyForm;
use crypto_bigint::{U3072, U6144, const_monty_params};
use kernel::{Entropy, SystemEntropy};
use std::array::from_fn;

const_monty_params!(
    Modulus,
    U3072,
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
    "The same prime, for the library that this arithmetic is checked against."
);
/// The library's numbers modulo the prime.
type Theirs = ConstMontyForm<Modulus, { U3072::LIMBS }>;

/// A number in both hands.
fn both(bytes: &[u8; 384]) -> (Limbs, Theirs) {
    (product(&from_bytes(bytes), &R2), Theirs::new(&U3072::from_be_slice(bytes)))
}

fn theirs(number: &Theirs) -> Vec<u8> {
    number.retrieve().to_be_bytes().as_ref().to_vec()
}

/// `base^exponent` as the library has it.
pub(super) fn library_power(base: &[u8; 384], exponent: &[u8]) -> Vec<u8> {
    let wide = [vec![0; 384 - exponent.len()], exponent.to_vec()].concat();
    theirs(&Theirs::new(&U3072::from_be_slice(base)).pow(&U3072::from_be_slice(&wide)))
}

fn ours(limbs: &Limbs) -> Vec<u8> {
    to_bytes(&plain(limbs)).to_vec()
}

/// Numbers at the edges: around zero, the prime and 2^3072, full and empty limbs at each place.
fn edges() -> Vec<[u8; 384]> {
    let (zero, full) = ([0; 384], [255; 384]);
    let mut edges = vec![zero, full, PRIME_BYTES];
    for near in [zero, PRIME_BYTES] {
        for step in 1..=2 {
            edges.push(U3072::from_be_slice(&near).wrapping_add(&U3072::from_u8(step)).to_be_bytes().into());
            edges.push(U3072::from_be_slice(&near).wrapping_sub(&U3072::from_u8(step)).to_be_bytes().into());
        }
    }
    for at in 0..LIMBS {
        let mut limb = [0; LIMBS];
        limb[at] = if at + 1 == LIMBS { (1 << 12) - 1 } else { MASK };
        edges.push(to_bytes(&limb));
        limb[at] = 1;
        edges.push(to_bytes(&limb));
        edges.push(to_bytes(&from_fn(|other| match other {
            51 => (1 << 12) - 1,
            other if other == at => 0,
            _ => MASK,
        })));
    }
    edges
}

fn random() -> [u8; 384] {
    let mut bytes = [0; 384];
    SystemEntropy.fill(&mut bytes);
    bytes
}

#[test]
fn the_constants_are_what_their_names_say() {
    assert_eq!(to_bytes(&PRIME), PRIME_BYTES);
    assert_eq!(PRIME[0], MASK, "the quotient's digits rest on it");
    let prime = U6144::from_be_slice(&[&[0; 384], PRIME_BYTES.as_slice()].concat());
    let r = U6144::ONE.shl_vartime(3120).rem_vartime(&prime.to_nz().unwrap());
    assert_eq!(r.to_be_bytes().as_ref()[384..], to_bytes(&ONE));
    assert_eq!(ours(&R2), to_bytes(&ONE), "R^2 is R in Montgomery form");
}

#[test]
fn bytes_come_back() {
    for bytes in edges().into_iter().chain((0..50).map(|_| random())) {
        assert_eq!(to_bytes(&from_bytes(&bytes)), bytes);
    }
}

#[test]
fn every_operation_agrees_with_the_library_on_all_pairs_of_edges() {
    let edges: Vec<_> = edges().iter().map(both).collect();
    for (a, their_a) in &edges {
        assert_eq!(ours(a), theirs(their_a));
        assert_eq!(ours(&square(a)), theirs(&their_a.square()));
        for (b, their_b) in &edges {
            assert_eq!(ours(&product(a, b)), theirs(&their_a.mul(their_b)));
            assert_eq!(ours(&plus(a, b)), theirs(&their_a.add(their_b)));
            assert_eq!(ours(&minus(a, b)), theirs(&their_a.sub(their_b)));
        }
    }
}

/// The raw limbs too, not only what Montgomery form makes of them: whatever is below 2^3072 may be multiplied.
#[test]
fn limbs_that_no_conversion_makes_are_multiplied_right() {
    for a in edges() {
        for b in edges().into_iter().step_by(7) {
            let (a, b) = (from_bytes(&a), from_bytes(&b));
            // a * b / R * R^2 / R is a * b, of numbers that were not reduced.
            let got = to_bytes(&plain(&product(&product(&product(&a, &b), &R2), &R2)));
            let want = Theirs::new(&U3072::from_be_slice(&to_bytes(&a)));
            let want = want.mul(&Theirs::new(&U3072::from_be_slice(&to_bytes(&b))));
            assert_eq!(got.to_vec(), theirs(&want));
            assert_eq!(plain(&square(&a)), plain(&product(&a, &a)));
        }
    }
}

#[test]
fn long_chains_of_operations_agree_and_stay_within_their_bounds() {
    let ((mut a, mut their_a), (mut b, mut their_b)) = (both(&random()), both(&random()));
    for turn in 0..3_000 {
        let (next, their_next) = match turn % 4 {
            0 => (product(&a, &b), their_a.mul(&their_b)),
            1 => (square(&a), their_a.square()),
            2 => (minus(&a, &b), their_a.sub(&their_b)),
            _ => (plus(&a, &b), their_a.add(&their_b)),
        };
        assert_eq!(ours(&next), theirs(&their_next), "{turn}");
        assert!(next.iter().all(|limb| *limb <= MASK) && next[LIMBS - 1] < 1 << 17, "{turn}");
        ((a, their_a), (b, their_b)) = ((b, their_b), (next, their_next));
    }
}

/// The largest limbs that the bounds at the top of this file speak of: the debug build looks for overflow.
#[test]
fn the_widest_numbers_overflow_no_column() {
    let mut widest = [MASK; LIMBS];
    widest[LIMBS - 1] = (1 << 33) - 1; // 2^20 times the prime
    assert_eq!(plain(&square(&widest)), plain(&product(&widest, &widest)));
}
