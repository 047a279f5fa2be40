//! Randomness as a value: injected, so that tests can seed it, and drawn without bias.

use std::cell::RefCell;
use std::fmt;

/// Where random bytes come from.
pub trait Entropy: Send + Sync + fmt::Debug {
    /// Fills `out` with unpredictable bytes.
    fn fill(&self, out: &mut [u8]);

    /// The same for what is told as soon as it is drawn: names, nonces. It may have been drawn a while ago, together with
    /// more of its kind, so nothing that has to stay secret is made of it.
    fn fill_open(&self, out: &mut [u8]) {
        self.fill(out);
    }
}

/// The operating system's generator, through aws-lc.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[allow(clippy::expect_used)] // without randomness nothing may go on, and no caller could do better
    fn fill(&self, out: &mut [u8]) {
        aws_lc_rs::rand::fill(out).expect("the operating system's random generator answers");
    }

    fn fill_open(&self, out: &mut [u8]) {
        if out.len() > DRAWN_AHEAD / 4 {
            return self.fill(out);
        }
        AHEAD.with_borrow_mut(|(ahead, left)| {
            if out.len() > *left {
                self.fill(ahead);
                *left = ahead.len();
            }
            let rest = *left - out.len();
            // Nothing is handed out twice: what is, is taken out.
            for (to, from) in out.iter_mut().zip(ahead.iter_mut().skip(rest)) {
                *to = std::mem::take(from);
            }
            *left = rest;
        });
    }
}

/// How much a thread draws at once: asking the generator costs as much for sixteen bytes as for some hundred.
const DRAWN_AHEAD: usize = 512;

thread_local! {
    /// Bytes, and how many of them from the front are still good.
    static AHEAD: RefCell<([u8; DRAWN_AHEAD], usize)> = const { RefCell::new(([0; DRAWN_AHEAD], 0)) };
}

/// Randomness for what is told as soon as it is drawn: [`Entropy::fill_open`].
#[derive(Debug, Clone, Copy)]
pub struct Open<'e, E: ?Sized>(&'e E);

impl<E: Entropy + ?Sized> Entropy for Open<'_, E> {
    fn fill(&self, out: &mut [u8]) {
        self.0.fill_open(out);
    }
}

/// The letters and digits of user pool ids.
pub const ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// The alphabet of client ids and generated client secrets.
pub const LOWER_ALPHANUMERIC: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
/// The alphabet of access key ids (RFC 4648 base32).
pub const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Decimal digits, for codes.
pub const DIGITS: &[u8] = b"0123456789";

/// What is drawn from [`Entropy`].
pub trait EntropyExt: Entropy {
    /// For what is told as soon as it is drawn, and cheaper: names, nonces. Never for a secret.
    fn open(&self) -> Open<'_, Self> {
        Open(self)
    }

    /// `N` random bytes.
    fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0u8; N];
        self.fill(&mut out);
        out
    }

    /// A version 4 UUID.
    fn uuid(&self) -> uuid::Uuid {
        uuid::Builder::from_random_bytes(self.bytes()).into_uuid()
    }

    /// `len` characters of `alphabet` (at most 256 of them), each equally likely.
    fn text(&self, alphabet: &[u8], len: usize) -> String {
        // Bytes at or above the largest multiple of the alphabet's size are thrown away: no letter is favoured.
        let size = alphabet.len().clamp(1, 256);
        let fair = 256 - 256 % size;
        let mut out = String::with_capacity(len);
        let mut pool = [0u8; 64];
        while out.len() < len {
            self.fill(&mut pool);
            for byte in pool {
                let value = usize::from(byte);
                if value < fair
                    && out.len() < len
                    && let Some(letter) = alphabet.get(value % size)
                {
                    out.push(char::from(*letter));
                }
            }
        }
        out
    }
}

impl<E: Entropy + ?Sized> EntropyExt for E {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_ahead_is_handed_out_once() {
        let mut seen = std::collections::HashSet::new();
        for turn in 0..200 {
            let len = 8 + turn % 25;
            let mut out = vec![0; len];
            SystemEntropy.fill_open(&mut out);
            assert!(out.windows(8).all(|part| seen.insert(part.to_vec())), "turn {turn}");
        }
        let mut large = vec![0; 4 * DRAWN_AHEAD];
        SystemEntropy.fill_open(&mut large);
        assert!(large.windows(8).all(|part| seen.insert(part.to_vec())));
    }

    #[test]
    fn text_has_the_asked_length_and_only_letters_of_the_alphabet() {
        let text = SystemEntropy.text(LOWER_ALPHANUMERIC, 51);
        assert_eq!(text.len(), 51);
        assert!(text.bytes().all(|b| LOWER_ALPHANUMERIC.contains(&b)));
    }

    #[test]
    fn bytes_that_would_favour_the_first_letters_are_thrown_away() {
        #[derive(Debug)]
        struct Descending(std::sync::atomic::AtomicU32);
        impl Entropy for Descending {
            fn fill(&self, out: &mut [u8]) {
                for byte in out {
                    let n = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    *byte = 255 - (n % 256) as u8;
                }
            }
        }
        let digits = Descending(0.into()).text(DIGITS, 1);
        assert_eq!(digits, "9", "255..=250 are skipped, 249 % 10 is the first one used");
    }
}
