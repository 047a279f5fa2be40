//! One master key and what is derived from it, worked out once.

use super::purpose::{Purpose, TokenPurpose};
use crate::kdf::{self, Key32};
use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use kernel::Secret;
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use thread_local::ThreadLocal;

/// Names a master key in the blobs it sealed: the start of a hash of the key, so that a mistyped key is noticed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId([u8; 4]);

impl KeyId {
    /// The bytes as written in blob headers.
    #[must_use]
    pub const fn bytes(self) -> [u8; 4] {
        self.0
    }

    /// The id that stands in a blob's header.
    pub(super) const fn from_bytes(bytes: [u8; 4]) -> Self {
        Self(bytes)
    }

    /// Reads the form that [`fmt::Display`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).ok()?;
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Bytes that name the use of HKDF here; part of every key, so they never change.
const SALT: &[u8] = b"cognate keyring v1";

pub(super) struct Master {
    id: KeyId,
    bytes: Secret<Key32>,
    prk: hmac::Key,
    sealing: HashMap<Purpose, LessSafeKey>,
    /// Keys of days, the newest last. Each thread keeps its own: a lock that all of them take would cost half of what is saved.
    days: ThreadLocal<RefCell<Vec<(TokenPurpose, u32, LessSafeKey)>>>,
}

/// How many keys of days a thread keeps: today's of every purpose, and some of yesterday's.
const DAYS_MAX: usize = 24;

impl Master {
    pub(super) fn new(bytes: Secret<Key32>) -> Self {
        let prk = kdf::extract(SALT, bytes.reveal());
        let named = kdf::expand(&prk, b"id");
        let [a, b, c, d, ..] = named;
        let sealing = Purpose::ALL.iter().map(|p| (*p, sealing_key(&prk, *p))).collect();
        Self { id: KeyId([a, b, c, d]), bytes, prk, sealing, days: ThreadLocal::new() }
    }

    pub(super) const fn id(&self) -> KeyId {
        self.id
    }

    pub(super) const fn bytes(&self) -> &Secret<Key32> {
        &self.bytes
    }

    /// Lends the key for values of this purpose in the database.
    pub(super) fn sealing<T>(&self, purpose: Purpose, lend: impl FnOnce(&LessSafeKey) -> T) -> T {
        match self.sealing.get(&purpose) {
            Some(key) => lend(key),
            None => lend(&sealing_key(&self.prk, purpose)),
        }
    }

    /// Lends the key for texts of this purpose handed out on this day (days since 1970).
    pub(super) fn daily<T>(&self, purpose: TokenPurpose, day: u32, lend: impl FnOnce(&LessSafeKey) -> T) -> T {
        let mut days = self.days.get_or_default().borrow_mut();
        if let Some((.., key)) = days.iter().rev().find(|known| (known.0, known.1) == (purpose, day)) {
            return lend(key);
        }
        let key = aead(&derive(&self.prk, &["token", purpose.label(), &day.to_string()]));
        let lent = lend(&key);
        // Strangers may name any day; what they push out is derived again.
        if days.len() >= DAYS_MAX {
            days.remove(0);
        }
        days.push((purpose, day, key));
        lent
    }
}

fn sealing_key(prk: &hmac::Key, purpose: Purpose) -> LessSafeKey {
    aead(&derive(prk, &["sealed", purpose.label()]))
}

/// A key for one use, named by a path of words.
pub(super) fn derive(prk: &hmac::Key, path: &[&str]) -> Key32 {
    let mut info = Vec::with_capacity(64);
    for word in path {
        crate::framing::put(&mut info, word.as_bytes());
    }
    kdf::expand(prk, &info)
}

#[allow(clippy::expect_used)] // 32 bytes are what AES-256 takes: the only way this call can fail
pub(crate) fn aead(key: &Key32) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM_SIV, key).expect("a 32-byte key fits AES-256"))
}

/// Encrypts what `buffer` holds behind `from`, in place, and appends the tag.
#[allow(clippy::expect_used)] // sealing fails only beyond 2^36 bytes, more than any buffer of ours can hold
pub(crate) fn encrypt(
    key: &LessSafeKey,
    nonce: [u8; NONCE_LEN],
    associated: &[u8],
    mut buffer: Vec<u8>,
    from: usize,
) -> Vec<u8> {
    let plain = buffer.get_mut(from..).unwrap_or_default();
    let tag = key
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(associated), plain)
        .expect("the plaintext is shorter than 64 GiB");
    buffer.extend_from_slice(tag.as_ref());
    buffer
}

/// Decrypts; `None` when key, nonce, associated data or text are not those of the sealing.
pub(crate) fn decrypt(
    key: &LessSafeKey,
    nonce: [u8; NONCE_LEN],
    associated: &[u8],
    sealed: &[u8],
) -> Option<Secret<Vec<u8>>> {
    let mut buffer = sealed.to_vec();
    let length = key.open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(associated), &mut buffer).ok()?.len();
    buffer.truncate(length);
    Some(Secret::new(buffer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_kept_is_the_one_that_would_be_derived() {
        let master = || Master::new(Secret::new([7; 32]));
        let kept = master();
        let sealed = |master: &Master, purpose, day| {
            master.daily(purpose, day, |key| encrypt(key, [0; NONCE_LEN], b"", b"text".to_vec(), 0))
        };
        // More days than are kept, each purpose, and every one twice.
        for day in 0..DAYS_MAX as u32 + 3 {
            for purpose in TokenPurpose::ALL {
                let derived = sealed(&master(), *purpose, day);
                assert_eq!(sealed(&kept, *purpose, day), derived, "{purpose:?} {day}");
                assert_eq!(sealed(&kept, *purpose, day), derived, "{purpose:?} {day}, kept");
            }
            assert!(kept.days.get().unwrap().borrow().len() <= DAYS_MAX);
        }
    }
}
