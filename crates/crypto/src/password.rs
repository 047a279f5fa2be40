//! A password as it is stored: a verifier that serves SRP and plain passwords, or an Argon2id hash for plain ones only.
//!
//! The bytes go into the database sealed ([`crate::Purpose::PasswordVerifier`]), never bare.

use crate::argon2id::{self, Hash};
use crate::framing::{put, take};
use crate::kdf::sha256;
use crate::srp::{Identity, Powers, Salt, Verifier};
use kernel::Secret;
use kernel::limits::PASSWORD_CHARS_MAX;

const VERSION: u8 = 1;
const SRP: u8 = 1;
const ARGON2ID: u8 = 2;

/// Why there is no stored password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Longer than [`PASSWORD_CHARS_MAX`]; refused before any hashing (ST-23).
    #[error("longer than any password may be")]
    TooLong,
    /// Not bytes that [`StoredPassword::to_bytes`] wrote, or a hash beyond our caps.
    #[error("not a stored password of a known format")]
    Malformed,
}

/// What is kept of one password.
#[derive(Debug, Clone)]
pub enum StoredPassword {
    /// Serves SRP proofs and plain passwords.
    Srp(Box<SrpPassword>),
    /// Serves plain passwords only.
    Argon2id(Hash),
}

/// A verifier and the names it was made for, which may differ from today's (clone, import under a new id).
#[derive(Debug, Clone)]
pub struct SrpPassword {
    /// The pool name that is hashed into the verifier.
    pub pool_name: String,
    /// The user id that is hashed into the verifier.
    pub user_id: String,
    /// The salt; sent to clients.
    pub salt: Salt,
    /// The verifier.
    pub verifier: Verifier,
    /// Its powers, once a first SRP sign-in has worked them out.
    pub powers: Option<Powers>,
}

impl SrpPassword {
    /// The names that are hashed into the verifier.
    #[must_use]
    pub fn identity(&self) -> Identity<'_> {
        Identity { pool_name: &self.pool_name, user_id: &self.user_id }
    }

    /// Whether clients of today's names can prove this password by SRP.
    #[must_use]
    pub fn is_of(&self, today: Identity<'_>) -> bool {
        self.identity() == today
    }
}

impl StoredPassword {
    /// Makes the verifier of a new password. One exponentiation: for the password threads.
    ///
    /// # Errors
    /// [`PasswordError::TooLong`].
    pub fn make_srp(identity: Identity<'_>, password: &str, salt: Salt) -> Result<Self, PasswordError> {
        refuse_long(password)?;
        let verifier = Verifier::of(identity, password, &salt);
        Ok(Self::srp(identity, salt, verifier, None))
    }

    /// Hashes a new password with Argon2id. About 16 ms and 19 MiB: for the password threads.
    ///
    /// # Errors
    /// [`PasswordError::TooLong`].
    pub fn make_argon2id(password: &str, salt: Salt) -> Result<Self, PasswordError> {
        refuse_long(password)?;
        Hash::make(password, &salt).map(Self::Argon2id).ok_or(PasswordError::Malformed)
    }

    /// A stored password that nothing opens, the same for the same seed and as costly to try as a real one:
    /// what an unknown name is checked against.
    #[must_use]
    pub fn decoy_srp(identity: Identity<'_>, seed: &[u8; 32]) -> Self {
        let mut salt: Salt = [0; 16];
        for (to, from) in salt.iter_mut().zip(sha256(&[b"salt decoy", seed])) {
            *to = from;
        }
        Self::srp(identity, salt, Verifier::decoy(seed), Some(Powers::decoy(seed)))
    }

    /// As [`StoredPassword::decoy_srp`], for pools that keep Argon2id.
    #[must_use]
    pub fn decoy_argon2id(seed: &[u8; 32]) -> Self {
        Self::Argon2id(Hash::decoy(seed))
    }

    /// Whether this is the password. As slow as making it: for the password threads. Too long a text never is.
    #[must_use]
    pub fn accepts(&self, password: &str) -> bool {
        if refuse_long(password).is_err() {
            return false;
        }
        match self {
            Self::Srp(srp) => srp.verifier.accepts(srp.identity(), password, &srp.salt),
            Self::Argon2id(hash) => hash.accepts(password),
        }
    }

    /// The verifier, where there is one.
    #[must_use]
    pub const fn as_srp(&self) -> Option<&SrpPassword> {
        match self {
            Self::Srp(srp) => Some(srp),
            Self::Argon2id(_) => None,
        }
    }

    /// For sealing.
    #[must_use]
    pub fn to_bytes(&self) -> Secret<Vec<u8>> {
        let mut out = Vec::with_capacity(256 + Verifier::BYTES + Powers::BYTES);
        match self {
            Self::Srp(srp) => {
                out.extend_from_slice(&[VERSION, SRP]);
                put(&mut out, srp.pool_name.as_bytes());
                put(&mut out, srp.user_id.as_bytes());
                put(&mut out, &srp.salt);
                put(&mut out, srp.verifier.to_bytes().reveal());
                if let Some(powers) = &srp.powers {
                    put(&mut out, powers.to_bytes().reveal());
                }
            }
            Self::Argon2id(hash) => {
                out.extend_from_slice(&[VERSION, ARGON2ID]);
                put(&mut out, hash.to_phc().reveal().as_bytes());
            }
        }
        Secret::new(out)
    }

    /// Reads [`StoredPassword::to_bytes`].
    ///
    /// # Errors
    /// [`PasswordError::Malformed`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PasswordError> {
        read(bytes).ok_or(PasswordError::Malformed)
    }

    fn srp(identity: Identity<'_>, salt: Salt, verifier: Verifier, powers: Option<Powers>) -> Self {
        let (pool_name, user_id) = (identity.pool_name.to_owned(), identity.user_id.to_owned());
        Self::Srp(Box::new(SrpPassword { pool_name, user_id, salt, verifier, powers }))
    }
}

fn read(bytes: &[u8]) -> Option<StoredPassword> {
    let ([version, kind], mut rest) = bytes.split_first_chunk::<2>()?;
    let stored = match (*version, *kind) {
        (VERSION, SRP) => StoredPassword::Srp(Box::new(SrpPassword {
            pool_name: text(take(&mut rest)?)?,
            user_id: text(take(&mut rest)?)?,
            salt: take(&mut rest)?.try_into().ok()?,
            verifier: Verifier::from_bytes(take(&mut rest)?)?,
            powers: if rest.is_empty() { None } else { Some(Powers::from_bytes(take(&mut rest)?)?) },
        })),
        (VERSION, ARGON2ID) => StoredPassword::Argon2id(Hash::parse_phc(&text(take(&mut rest)?)?)?),
        _ => return None,
    };
    rest.is_empty().then_some(stored)
}

fn text(bytes: &[u8]) -> Option<String> {
    std::str::from_utf8(bytes).ok().map(str::to_owned)
}

/// ST-23: the length is looked at before any hash. Bytes first, so that a megabyte is not even counted.
fn refuse_long(password: &str) -> Result<(), PasswordError> {
    let too_long = password.len() > 4 * PASSWORD_CHARS_MAX || password.chars().count() > PASSWORD_CHARS_MAX;
    if too_long { Err(PasswordError::TooLong) } else { Ok(()) }
}

/// What a new Argon2id hash costs, for reports.
pub const ARGON2ID_COST: &str = argon2id::COST;

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{EntropyExt, SystemEntropy};

    const WHO: Identity<'_> = Identity { pool_name: "EXAMPLE1a", user_id: "janedoe" };

    fn both(password: &str) -> [StoredPassword; 2] {
        let salt = SystemEntropy.bytes();
        [StoredPassword::make_srp(WHO, password, salt).unwrap(), StoredPassword::make_argon2id(password, salt).unwrap()]
    }

    #[test]
    fn a_stored_password_survives_being_bytes_and_accepts_only_itself() {
        for stored in both("Corr3ct-Hörse") {
            let again = StoredPassword::from_bytes(stored.to_bytes().reveal()).unwrap();
            assert!(again.accepts("Corr3ct-Hörse"));
            assert!(!again.accepts("corr3ct-Hörse") && !again.accepts("") && !again.accepts("Corr3ct-Hörse\0"));
        }
    }

    #[test]
    fn powers_travel_with_the_verifier() {
        let [StoredPassword::Srp(mut srp), _] = both("p") else { panic!("the first is SRP") };
        srp.powers = Some(srp.verifier.powers());
        let bytes = StoredPassword::Srp(srp.clone()).to_bytes();
        let again = StoredPassword::from_bytes(bytes.reveal()).unwrap();
        let powers = again.as_srp().unwrap().powers.as_ref().unwrap();
        assert_eq!(powers.to_bytes().reveal(), srp.verifier.powers().to_bytes().reveal());
        assert!(srp.is_of(WHO) && !srp.is_of(Identity { user_id: "other", ..WHO }));
    }

    #[test]
    fn st_23_more_than_256_characters_never_reach_a_hash() {
        let (longest, longer) = ("ü".repeat(256), "ü".repeat(257));
        assert_eq!(StoredPassword::make_srp(WHO, &longer, [0; 16]).unwrap_err(), PasswordError::TooLong);
        assert_eq!(StoredPassword::make_argon2id(&longer, [0; 16]).unwrap_err(), PasswordError::TooLong);
        // A verifier made elsewhere of the longer text would accept it, were it asked.
        let verifier = Verifier::of(WHO, &longer, &[0; 16]);
        assert!(!StoredPassword::srp(WHO, [0; 16], verifier, None).accepts(&longer));
        assert!(StoredPassword::make_srp(WHO, &longest, [0; 16]).unwrap().accepts(&longest));
    }

    #[test]
    fn damaged_bytes_are_refused() {
        for stored in both("p") {
            let bytes = stored.to_bytes().expose();
            for at in (0..bytes.len()).step_by(7) {
                assert!(StoredPassword::from_bytes(&bytes[..at]).is_err(), "cut at {at}");
            }
            let longer = [bytes.as_slice(), b"x"].concat();
            assert!(StoredPassword::from_bytes(&longer).is_err());
        }
        for strange in [&[][..], &[1], &[1, 3], &[2, 1], &[1, 2, 0, 0, 0, 0, 0, 0, 0, 0]] {
            assert_eq!(StoredPassword::from_bytes(strange).unwrap_err(), PasswordError::Malformed);
        }
    }

    #[test]
    fn au_33_a_decoy_is_stable_and_accepts_nothing() {
        let decoy = StoredPassword::decoy_srp(WHO, &[3; 32]);
        assert_eq!(decoy.to_bytes().reveal(), StoredPassword::decoy_srp(WHO, &[3; 32]).to_bytes().reveal());
        assert_ne!(decoy.to_bytes().reveal(), StoredPassword::decoy_srp(WHO, &[4; 32]).to_bytes().reveal());
        assert!(!decoy.accepts("") && !StoredPassword::decoy_argon2id(&[3; 32]).accepts(""));
    }
}
