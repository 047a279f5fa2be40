//! Values sealed in the database: `version ‖ key id ‖ nonce ‖ AES-256-GCM-SIV(value)`.

use super::master::{KeyId, decrypt, encrypt};
use super::{Context, Keyring};
use kernel::{Entropy, EntropyExt, Secret};

/// The first byte of every sealed value; a later format takes the next number and both are read for a release.
const VERSION: u8 = 1;
const HEADER: usize = 5;
const NONCE: usize = 12;

/// Why a sealed value did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Not bytes that [`Keyring::seal`] wrote, or written by a newer version.
    #[error("not a sealed value of a known format")]
    Malformed,
    /// Sealed under a master key that this keyring does not hold.
    #[error("sealed under master key {0}, which is not in the keyring")]
    UnknownKey(KeyId),
    /// Changed, or sealed for another row, column, purpose or version.
    #[error("the sealed value does not belong here or was changed")]
    Refused,
}

impl Keyring {
    /// Seals a value for the one place that `context` names, under the active master key.
    #[must_use]
    pub fn seal(&self, context: &Context<'_>, plaintext: &[u8], entropy: &dyn Entropy) -> Vec<u8> {
        let master = self.active_master();
        let nonce: [u8; NONCE] = entropy.bytes();
        let mut out = Vec::with_capacity(HEADER + NONCE + plaintext.len() + 16);
        out.push(VERSION);
        out.extend_from_slice(&master.id().bytes());
        let associated = context.associated(&out);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(plaintext);
        master.sealing(context.purpose, |key| encrypt(key, nonce, &associated, out, HEADER + NONCE))
    }

    /// Opens a sealed value in the place it was sealed for.
    ///
    /// # Errors
    /// [`SealError`]: other bytes, an unknown master key, or a value that belongs elsewhere.
    pub fn open(&self, context: &Context<'_>, sealed: &[u8]) -> Result<Secret<Vec<u8>>, SealError> {
        let (header, rest) = sealed.split_first_chunk::<HEADER>().ok_or(SealError::Malformed)?;
        let (nonce, text) = rest.split_first_chunk::<NONCE>().ok_or(SealError::Malformed)?;
        let id = key_id(header).ok_or(SealError::Malformed)?;
        let master = self.master(id).ok_or(SealError::UnknownKey(id))?;
        let associated = context.associated(header);
        master.sealing(context.purpose, |key| decrypt(key, *nonce, &associated, text)).ok_or(SealError::Refused)
    }

    /// Whether a sealed value should be opened and sealed again: it is not under the active master key.
    #[must_use]
    pub fn needs_reseal(&self, sealed: &[u8]) -> bool {
        sealed.first_chunk::<HEADER>().and_then(key_id) != Some(self.active_id())
    }
}

fn key_id(header: &[u8; HEADER]) -> Option<KeyId> {
    let [version, id @ ..] = *header;
    (version == VERSION).then_some(KeyId::from_bytes(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Purpose;
    use kernel::SystemEntropy;

    fn place(purpose: Purpose) -> Context<'static> {
        Context { purpose, table: "users", key: &["pool-a", "ana"], column: "secret", version: 1 }
    }

    #[test]
    fn a_sealed_value_opens_where_it_was_sealed_and_reads_like_noise() {
        let ring = Keyring::draw(&SystemEntropy);
        let sealed = ring.seal(&place(Purpose::TotpSeed), b"the seed of ana", &SystemEntropy);
        assert_eq!(ring.open(&place(Purpose::TotpSeed), &sealed).unwrap().reveal(), b"the seed of ana");
        assert!(!sealed.windows(4).any(|w| w == b"seed"));
        assert_ne!(sealed, ring.seal(&place(Purpose::TotpSeed), b"the seed of ana", &SystemEntropy));
    }

    #[test]
    fn st_17_every_kind_of_sealed_value_is_refused_in_another_row_user_column_table_version_and_purpose() {
        let ring = Keyring::draw(&SystemEntropy);
        for purpose in Purpose::ALL {
            let home = place(*purpose);
            let sealed = ring.seal(&home, b"value", &SystemEntropy);
            assert!(ring.open(&home, &sealed).is_ok());
            let moved = [
                Context { key: &["pool-a", "bob"], ..home },
                Context { key: &["pool-b", "ana"], ..home },
                Context { key: &["pool-aana"], ..home },
                Context { key: &["pool-a", "ana", ""], ..home },
                Context { key: &["pool-", "aana"], ..home },
                Context { table: "devices", ..home },
                Context { column: "other", ..home },
                Context { version: 2, ..home },
            ];
            for elsewhere in moved {
                assert_eq!(ring.open(&elsewhere, &sealed).unwrap_err(), SealError::Refused, "{elsewhere:?}");
            }
            for other in Purpose::ALL.iter().filter(|o| *o != purpose) {
                let elsewhere = Context { purpose: *other, ..home };
                assert_eq!(ring.open(&elsewhere, &sealed).unwrap_err(), SealError::Refused, "{other:?}");
            }
        }
    }

    #[test]
    fn st_17_one_changed_or_missing_byte_is_refused() {
        let ring = Keyring::draw(&SystemEntropy);
        let home = place(Purpose::ClientSecret);
        let sealed = ring.seal(&home, b"value", &SystemEntropy);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(ring.open(&home, &changed).is_err(), "byte {at}");
            assert!(ring.open(&home, &sealed[..at]).is_err(), "cut at {at}");
        }
        let mut longer = sealed;
        longer.push(0);
        assert_eq!(ring.open(&home, &longer).unwrap_err(), SealError::Refused);
    }

    #[test]
    fn another_keyring_says_which_key_is_missing() {
        let (ring, other) = (Keyring::draw(&SystemEntropy), Keyring::draw(&SystemEntropy));
        let home = place(Purpose::Outbox);
        let sealed = ring.seal(&home, b"value", &SystemEntropy);
        assert_eq!(other.open(&home, &sealed).unwrap_err(), SealError::UnknownKey(ring.active_id()));
        assert_eq!(ring.open(&home, b"").unwrap_err(), SealError::Malformed);
    }
}
