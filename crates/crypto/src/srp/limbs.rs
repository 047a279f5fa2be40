//! Montgomery arithmetic for the one prime, in 52 limbs of 60 bits (docs/decisions/0006).
//!
//! Limbs leave room above their 60 bits, so a column of products is summed in a `u128` without looking at a carry, and
//! R = 2^3120 leaves 48 bits above the prime, so no product needs a subtraction at its end. Numbers are therefore kept
//! below twice the prime, not below the prime, until they leave as bytes. Nothing branches or indexes on a value: the
//! only inputs of branches are limb counts.
//!
//! Bounds: limbs of kept numbers are below 2^60, sums of halves below 2^61, so a column of 26 products of such sums stays
//! below 26 * 2^122 < 2^127; a column of a reduction adds 52 * 2^120 twice and a carry: below 2^127 too. Debug builds,
//! and so every test, check each addition for overflow.

use std::array::from_fn;
use std::sync::LazyLock;

/// Limbs of a number.
pub(super) const LIMBS: usize = 52;
/// Limbs of half a number: products are made of three half-sized ones (Karatsuba).
const HALF: usize = LIMBS / 2;
const BITS: usize = 60;
pub(super) const MASK: u64 = (1 << BITS) - 1;

/// A number, the lowest limb first.
pub(super) type Limbs = [u64; LIMBS];
/// Columns of a product before their carries are resolved.
type Wide = [u128; 2 * LIMBS];
type HalfWide = [u128; LIMBS];

/// The prime, big-endian: RFC 3526 group 15.
pub(super) const PRIME_BYTES: [u8; 384] = unhex(
    b"FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
);
/// The prime. Its lowest 64 bits are ones, so that -1/prime is 1 modulo 2^60: the quotient's digits need no multiplication.
pub(super) const PRIME: Limbs = from_bytes(&PRIME_BYTES);
/// 1 in Montgomery form: R modulo the prime.
pub(super) const ONE: Limbs = doubled(&two_to_3072_less_prime(), LIMBS * BITS - 3072);
/// R^2 modulo the prime: a Montgomery product with it brings a number into Montgomery form.
pub(super) static R2: LazyLock<Limbs> = LazyLock::new(|| {
    // One limb's worth of doublings of 1, to the power of the limbs.
    const LIMB: Limbs = doubled(&ONE, BITS);
    (1..LIMBS).fold(LIMB, |power, _| product(&power, &LIMB))
});

/// Reads 384 bytes.
#[allow(
    clippy::indexing_slicing,
    reason = "evaluated when compiling as well, where iterators do not run; bounded by the loops"
)]
pub(super) const fn from_bytes(bytes: &[u8; 384]) -> Limbs {
    let mut out = [0; LIMBS];
    let mut bit = 0;
    while bit < 3072 {
        // Half-bytes: 15 of them make a limb.
        let half = (bytes[383 - bit / 8] >> (bit % 8)) & 15;
        out[bit / BITS] |= (half as u64) << (bit % BITS);
        bit += 4;
    }
    out
}

/// Writes a number below 2^3072.
pub(super) fn to_bytes(limbs: &Limbs) -> [u8; 384] {
    let mut out = [0; 384];
    let mut halves = limbs.iter().flat_map(|limb| (0..15).map(move |at| (limb >> (4 * at) & 15) as u8));
    for byte in out.iter_mut().rev() {
        let low = halves.next().unwrap_or(0);
        *byte = halves.next().unwrap_or(0) << 4 | low;
    }
    out
}

/// The Montgomery product `a * b / R` of numbers below 2^20 times the prime; the answer is below twice the prime.
pub(super) fn product(a: &Limbs, b: &Limbs) -> Limbs {
    let ((a0, a1), (b0, b1)) = (halves(a), halves(b));
    let mixed = half_product(&sum(a0, a1), &sum(b0, b1));
    reduced(&joined(&half_product(a0, b0), &mixed, &half_product(a1, b1)))
}

/// `a * a / R`.
pub(super) fn square(a: &Limbs) -> Limbs {
    let (a0, a1) = halves(a);
    reduced(&joined(&half_square(a0), &half_square(&sum(a0, a1)), &half_square(a1)))
}

/// `a + b`, limb by limb; below the sum of their bounds.
pub(super) fn plus(a: &Limbs, b: &Limbs) -> Limbs {
    carried(from_fn::<_, LIMBS, _>(|at| limb(a, at) + limb(b, at)).map(u64::cast_signed))
}

/// `a - b + 4 * prime` for b below four times the prime; below a and four times the prime together.
pub(super) fn minus(a: &Limbs, b: &Limbs) -> Limbs {
    carried(from_fn(|at| (limb(a, at) + 4 * limb(&PRIME, at)).cast_signed() - limb(b, at).cast_signed()))
}

/// The number itself, below the prime, of one in Montgomery form.
pub(super) fn plain(a: &Limbs) -> Limbs {
    let mut wide = [0; 2 * LIMBS];
    for (column, limb) in wide.iter_mut().zip(a) {
        *column = u128::from(*limb);
    }
    // a / R + prime at most: one subtraction, kept unless it went below zero.
    let whole = reduced(&wide);
    let less = carried(from_fn(|at| limb(&whole, at).cast_signed() - limb(&PRIME, at).cast_signed()));
    let negative = std::hint::black_box(less.last().map_or(0, |top| top.cast_signed() >> 63).cast_unsigned());
    from_fn(|at| limb(&whole, at) & negative | limb(&less, at) & !negative)
}

fn limb(of: &Limbs, at: usize) -> u64 {
    of.get(at).copied().unwrap_or(0)
}

/// Signed limbs with their carries resolved; the sign of the whole ends in the top limb.
fn carried(limbs: [i64; LIMBS]) -> Limbs {
    let mut carry = 0;
    let mut out = limbs.map(|limb| {
        let whole = limb + carry;
        carry = whole >> BITS;
        whole.cast_unsigned() & MASK
    });
    if let Some(top) = out.last_mut() {
        *top |= (carry << BITS).cast_unsigned();
    }
    out
}

fn halves(a: &Limbs) -> (&[u64; HALF], &[u64; HALF]) {
    const NONE: &[u64; HALF] = &[0; HALF];
    (a.first_chunk().unwrap_or(NONE), a.last_chunk().unwrap_or(NONE))
}

fn sum(a: &[u64; HALF], b: &[u64; HALF]) -> [u64; HALF] {
    let mut out = *a;
    for (to, from) in out.iter_mut().zip(b) {
        *to += from;
    }
    out
}

#[inline(always)]
const fn wide(a: u64, b: u64) -> u128 {
    a as u128 * b as u128
}

/// One entry for each column of a half-sized product: written out, since loops of these lengths cost a third of the time.
macro_rules! columns {
    ($column:ident($($arg:expr),*)) => { columns!(@ $column ($($arg),*)
        0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25
        26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51) };
    (@ $column:ident $args:tt $($k:literal)*) => { [$(columns!(% $column $k $args)),*] };
    (% $column:ident $k:literal ($($arg:expr),*)) => { $column::<$k>($($arg),*) };
}

#[inline(never)]
fn half_product(a: &[u64; HALF], b: &[u64; HALF]) -> HalfWide {
    columns!(product_column(a, b))
}

#[inline(never)]
fn half_square(a: &[u64; HALF]) -> HalfWide {
    columns!(square_column(a))
}

/// All `a[i] * b[K - i]`.
#[inline(always)]
fn product_column<const K: usize>(a: &[u64; HALF], b: &[u64; HALF]) -> u128 {
    let (from, to) = (K.saturating_sub(HALF - 1), (K + 1).min(HALF));
    let (a, b) = (a.get(from..to).unwrap_or_default(), b.get(K + 1 - to..K + 1 - from).unwrap_or_default());
    a.iter().zip(b.iter().rev()).fold(0, |sum, (a, b)| sum + wide(*a, *b))
}

/// The same for a square: each pair once, doubled, and the middle.
#[inline(always)]
fn square_column<const K: usize>(a: &[u64; HALF]) -> u128 {
    let (from, to) = (K.saturating_sub(HALF - 1), K.div_ceil(2));
    let (low, high) = (a.get(from..to).unwrap_or_default(), a.get(K + 1 - to..K + 1 - from).unwrap_or_default());
    let pairs = low.iter().zip(high.iter().rev()).fold(0, |sum, (a, b)| sum + wide(*a, *b));
    let middle = if K & 1 == 0 { a.get(K / 2).copied().unwrap_or(0) } else { 0 };
    2 * pairs + wide(middle, middle)
}

/// Karatsuba: `low + (mixed - low - high) * 2^(60 * 26) + high * 2^(60 * 52)`.
#[inline(always)]
fn joined(low: &HalfWide, mixed: &HalfWide, high: &HalfWide) -> Wide {
    let mut out = [0; 2 * LIMBS];
    for (to, from) in out.iter_mut().zip(low.iter().chain(high)) {
        *to = *from;
    }
    let middle = mixed.iter().zip(low).zip(high).map(|((mixed, low), high)| mixed - low - high);
    for (to, from) in out.iter_mut().skip(HALF).zip(middle) {
        *to += from;
    }
    out
}

/// Montgomery's reduction: `columns / R` modulo the prime.
#[inline(never)]
fn reduced(columns: &Wide) -> Limbs {
    let mut quotient = [0; LIMBS];
    let mut carry = 0;
    for (at, column) in columns.iter().take(LIMBS).enumerate() {
        let (known, open) = quotient.split_at_mut(at);
        let whole = dot(carry + column, known, PRIME.get(1..=at).unwrap_or_default());
        let digit = whole as u64 & MASK;
        if let Some(place) = open.first_mut() {
            *place = digit;
        }
        // The digit times the lowest limb, 2^60 - 1, takes the low bits away and adds the digit above them.
        carry = (whole >> BITS) + u128::from(digit);
    }
    let mut out = [0; LIMBS];
    for (at, (to, column)) in out.iter_mut().zip(columns.iter().skip(LIMBS)).enumerate() {
        let (digits, prime) = (quotient.get(at + 1..), PRIME.get(at + 1..));
        let whole = dot(carry + column, digits.unwrap_or_default(), prime.unwrap_or_default());
        *to = whole as u64 & MASK;
        carry = whole >> BITS;
    }
    out
}

/// `sum` and all `a[i] * b[n - 1 - i]`, four at a time.
#[inline(always)]
fn dot(mut sum: u128, a: &[u64], b: &[u64]) -> u128 {
    let ((a_fours, a_rest), (b_rest, b_fours)) = (a.as_chunks::<4>(), b.as_rchunks::<4>());
    for ([a0, a1, a2, a3], [b3, b2, b1, b0]) in a_fours.iter().zip(b_fours.iter().rev()) {
        sum += wide(*a0, *b0);
        sum += wide(*a1, *b1);
        sum += wide(*a2, *b2);
        sum += wide(*a3, *b3);
    }
    a_rest.iter().zip(b_rest.iter().rev()).fold(sum, |sum, (a, b)| sum + wide(*a, *b))
}

// ---- Constants, worked out when compiling.

#[allow(clippy::indexing_slicing, reason = "runs when compiling only")]
const fn unhex(text: &[u8; 768]) -> [u8; 384] {
    const fn digit(of: u8) -> u8 {
        if of <= b'9' { of - b'0' } else { of - b'A' + 10 }
    }
    let mut out = [0; 384];
    let mut at = 0;
    while at < 384 {
        out[at] = digit(text[2 * at]) << 4 | digit(text[2 * at + 1]);
        at += 1;
    }
    out
}

/// 2^3072 modulo the prime, whose top bit is its 3072nd.
#[allow(clippy::indexing_slicing, reason = "runs when compiling only")]
const fn two_to_3072_less_prime() -> Limbs {
    let mut whole = [0; LIMBS];
    whole[3072 / BITS] = 1 << (3072 % BITS);
    less_prime(&whole).0
}

/// Twice the number modulo the prime, as often as said.
#[allow(clippy::indexing_slicing, reason = "runs when compiling only")]
const fn doubled(number: &Limbs, times: usize) -> Limbs {
    let mut number = *number;
    let mut done = 0;
    while done < times {
        let (mut at, mut carry) = (0, 0);
        while at < LIMBS {
            let twice = number[at] << 1 | carry;
            (number[at], carry) = (twice & MASK, twice >> BITS);
            at += 1;
        }
        if let (less, false) = less_prime(&number) {
            number = less;
        }
        done += 1;
    }
    number
}

/// A number less the prime, and whether that is below zero.
#[allow(clippy::indexing_slicing, reason = "runs when compiling only")]
const fn less_prime(number: &Limbs) -> (Limbs, bool) {
    let mut out = [0; LIMBS];
    let (mut at, mut borrow) = (0, 0);
    while at < LIMBS {
        let less = number[at].wrapping_sub(PRIME[at]).wrapping_sub(borrow);
        (out[at], borrow) = (less & MASK, less >> 63);
        at += 1;
    }
    (out, borrow == 1)
}
