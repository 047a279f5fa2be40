//! The keyring: master keys that live outside the database, and everything that is sealed or recognised with them.
//!
//! A master key is changed in two phases, so that no node ever meets a value it cannot open:
//! [`Keyring::add`] and distribute (the key opens but does not seal yet), then [`Keyring::activate`] and distribute
//! (new values use it), then re-seal what [`Keyring::needs_reseal`] points at, then [`Keyring::retire`] the old one.

pub(crate) mod master;
mod purpose;
mod sealed;
mod source;
mod text;
mod token;

pub use master::KeyId;
pub use purpose::{Context, MacPurpose, Purpose, TokenPurpose};
pub use sealed::SealError;
pub use source::Source;
pub use token::{OpenedToken, TokenError};

use crate::kdf::{self, Key32};
use aws_lc_rs::hmac;
use kernel::{Entropy, EntropyExt, Secret};
use master::{Master, derive};
use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// Why there is no keyring.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// A line of the text is wrong.
    #[error("keyring, line {line}: {why}")]
    Malformed {
        /// Counted from 1.
        line: usize,
        /// What is wrong; never the line itself.
        why: &'static str,
    },
    /// Something is missing as a whole.
    #[error("the keyring lacks {0}")]
    Incomplete(&'static str),
    /// Others may read the file.
    #[error("{} has mode {mode:o} and holds the master keys: `chmod 600` it", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file system said no.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file or program.
        path: PathBuf,
        /// What it said.
        #[source]
        error: std::io::Error,
    },
    /// The command that should print the keyring did not.
    #[error("{} {why}", program.display())]
    Command {
        /// The program.
        program: PathBuf,
        /// What happened.
        why: &'static str,
    },
    /// No such key, or the active one where another is meant.
    #[error("master key {0} cannot be used for this: it is not in the keyring or is the active one")]
    NoSuchKey(KeyId),
}

/// Several master keys, one of them active, and the root of the message authentication codes.
///
/// A keyring never changes: rotation gives a new one, which takes the old one's place.
#[derive(Clone)]
pub struct Keyring {
    masters: Vec<Arc<Master>>,
    active: Arc<Master>,
    mac_root: Secret<Key32>,
    mac_prk: hmac::Key,
    macs: Arc<HashMap<MacPurpose, hmac::Key>>,
    fingerprint: [u8; 16],
}

impl Keyring {
    /// A new keyring with one master key.
    #[must_use]
    pub fn draw(entropy: &dyn Entropy) -> Self {
        let master = Arc::new(Master::new(Secret::new(entropy.bytes())));
        Self::with(vec![Arc::clone(&master)], master, Secret::new(entropy.bytes()))
    }

    /// First phase of a rotation: a new key that opens and does not seal yet. Distribute this keyring to every node.
    #[must_use]
    pub fn add(&self, entropy: &dyn Entropy) -> (Self, KeyId) {
        let master = Arc::new(Master::new(Secret::new(entropy.bytes())));
        let id = master.id();
        let mut masters = self.masters.clone();
        masters.push(master);
        (Self { masters, ..self.clone() }, id)
    }

    /// Second phase: from now on `id` seals. Only when every node holds the keyring of the first phase.
    ///
    /// # Errors
    /// [`KeyringError::NoSuchKey`].
    pub fn activate(&self, id: KeyId) -> Result<Self, KeyringError> {
        let active = self.masters.iter().find(|m| m.id() == id).ok_or(KeyringError::NoSuchKey(id))?;
        Ok(Self { active: Arc::clone(active), ..self.clone() })
    }

    /// Last phase: `id` is forgotten. Only when nothing sealed under it is left, tokens of clients included.
    ///
    /// # Errors
    /// [`KeyringError::NoSuchKey`], also for the active key.
    pub fn retire(&self, id: KeyId) -> Result<Self, KeyringError> {
        if id == self.active_id() || self.master(id).is_none() {
            return Err(KeyringError::NoSuchKey(id));
        }
        let masters = self.masters.iter().filter(|m| m.id() != id).cloned().collect();
        Ok(Self { masters, ..self.clone() })
    }

    /// The key that seals.
    #[must_use]
    pub fn active_id(&self) -> KeyId {
        self.active.id()
    }

    /// All keys that open, the active one included.
    pub fn key_ids(&self) -> impl Iterator<Item = KeyId> + '_ {
        self.masters.iter().map(|m| m.id())
    }

    /// HMAC-SHA-256 over the parts, each behind its length, under a key of this purpose.
    ///
    /// The key comes from the keyring's `mac` root and not from a master key, and rotation leaves that root alone:
    /// what was recognised before a rotation is recognised after it.
    #[must_use]
    pub fn mac(&self, purpose: MacPurpose, parts: &[&[u8]]) -> [u8; 32] {
        let mut input = Vec::with_capacity(128);
        for part in parts {
            crate::framing::put(&mut input, part);
        }
        let tag = match self.macs.get(&purpose) {
            Some(key) => hmac::sign(key, &input),
            None => hmac::sign(&mac_key(&self.mac_prk, purpose), &input),
        };
        kdf::digest32(tag.as_ref())
    }

    /// Whether `tag` is [`Keyring::mac`] of the parts; in constant time.
    #[must_use]
    pub fn mac_matches(&self, purpose: MacPurpose, parts: &[&[u8]], tag: &[u8]) -> bool {
        aws_lc_rs::constant_time::verify_slices_are_equal(&self.mac(purpose, parts), tag).is_ok()
    }

    /// Names the keyring, not its masters: equal before and after a rotation, different for every other keyring.
    /// The database keeps it and so tells at start whether this is its keyring.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        data_encoding::HEXLOWER.encode(&self.fingerprint)
    }

    fn assemble(masters: Vec<Arc<Master>>, active: KeyId, mac_root: Secret<Key32>) -> Option<Self> {
        let active = masters.iter().find(|m| m.id() == active).cloned()?;
        Some(Self::with(masters, active, mac_root))
    }

    fn with(masters: Vec<Arc<Master>>, active: Arc<Master>, mac_root: Secret<Key32>) -> Self {
        let mac_prk = kdf::extract(b"cognate mac root v1", mac_root.reveal());
        let macs = MacPurpose::ALL.iter().map(|purpose| (*purpose, mac_key(&mac_prk, *purpose))).collect();
        let named = derive(&mac_prk, &["fingerprint"]);
        let mut fingerprint = [0u8; 16];
        for (to, from) in fingerprint.iter_mut().zip(named) {
            *to = from;
        }
        Self { masters, active, mac_root, mac_prk, macs: Arc::new(macs), fingerprint }
    }

    fn active_master(&self) -> &Master {
        &self.active
    }

    fn master(&self, id: KeyId) -> Option<&Master> {
        self.masters.iter().find(|m| m.id() == id).map(Arc::as_ref)
    }
}

fn mac_key(prk: &hmac::Key, purpose: MacPurpose) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, &derive(prk, &["mac", purpose.label()]))
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<KeyId> = self.key_ids().collect();
        f.debug_struct("Keyring").field("active", &self.active_id()).field("keys", &ids).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{SystemEntropy, Time};
    use std::time::Duration;

    const PLACE: Context<'_> = Context { purpose: Purpose::TotpSeed, table: "t", key: &["1"], column: "c", version: 1 };

    #[test]
    fn a_rotation_in_two_phases_never_leaves_a_node_unable_to_open() {
        let before = Keyring::draw(&SystemEntropy);
        let (distributed, id) = before.add(&SystemEntropy);
        let old = distributed.seal(&PLACE, b"v", &SystemEntropy);
        assert!(before.open(&PLACE, &old).is_ok(), "a node of the phase before reads what this phase writes");
        assert!(!distributed.needs_reseal(&old));

        let active = distributed.activate(id).unwrap();
        let new = active.seal(&PLACE, b"v", &SystemEntropy);
        assert!(distributed.open(&PLACE, &new).is_ok(), "a node of the phase before reads what this phase writes");
        assert!(active.open(&PLACE, &old).is_ok());
        assert!(active.needs_reseal(&old) && !active.needs_reseal(&new) && active.needs_reseal(b""));

        let retired = active.retire(before.active_id()).unwrap();
        assert!(retired.open(&PLACE, &new).is_ok());
        assert_eq!(retired.open(&PLACE, &old).unwrap_err(), SealError::UnknownKey(before.active_id()));
        assert!(retired.retire(id).is_err(), "the active key stays");
        assert!(retired.activate(before.active_id()).is_err());
    }

    #[test]
    fn a_client_s_text_outlives_a_rotation_until_its_key_is_retired() {
        let before = Keyring::draw(&SystemEntropy);
        let now = Time::from_secs(1_000_000);
        let text =
            before.seal_token(TokenPurpose::Session, &["a"], now + Duration::from_secs(9), b"p", now, &SystemEntropy);
        let (distributed, id) = before.add(&SystemEntropy);
        let active = distributed.activate(id).unwrap();
        assert!(active.open_token(TokenPurpose::Session, &["a"], &text, now).is_ok());
        let retired = active.retire(before.active_id()).unwrap();
        let after = retired.open_token(TokenPurpose::Session, &["a"], &text, now);
        assert_eq!(after.unwrap_err(), TokenError::Garbage);
    }

    #[test]
    fn codes_and_fingerprint_stay_the_same_through_a_rotation() {
        let before = Keyring::draw(&SystemEntropy);
        let (added, id) = before.add(&SystemEntropy);
        let after = added.activate(id).unwrap().retire(before.active_id()).unwrap();
        let after = Keyring::parse(after.to_text().reveal()).unwrap();
        let parts: &[&[u8]] = &[b"pool", b"123456"];
        assert_eq!(before.mac(MacPurpose::Code, parts), after.mac(MacPurpose::Code, parts));
        assert!(after.mac_matches(MacPurpose::Code, parts, &before.mac(MacPurpose::Code, parts)));
        assert_eq!(before.fingerprint(), after.fingerprint());
        assert_ne!(before.fingerprint(), Keyring::draw(&SystemEntropy).fingerprint());
    }

    #[test]
    fn a_mac_depends_on_purpose_and_on_where_its_parts_end() {
        let ring = Keyring::draw(&SystemEntropy);
        let code = ring.mac(MacPurpose::Code, &[b"ab", b"c"]);
        assert_ne!(code, ring.mac(MacPurpose::Code, &[b"a", b"bc"]));
        assert_ne!(code, ring.mac(MacPurpose::Code, &[b"abc"]));
        for other in MacPurpose::ALL.iter().filter(|o| **o != MacPurpose::Code) {
            assert_ne!(code, ring.mac(*other, &[b"ab", b"c"]));
        }
        assert!(!ring.mac_matches(MacPurpose::Code, &[b"ab", b"c"], &code[..31]));
    }

    #[test]
    fn st_34_a_keyring_prints_ids_and_no_key() {
        let ring = Keyring::draw(&SystemEntropy);
        let printed = format!("{ring:?}");
        assert!(printed.contains(&ring.active_id().to_string()));
        for word in ring.to_text().reveal().split_whitespace().filter(|w| w.len() == 44) {
            assert!(!printed.contains(word));
        }
    }
}
