//! Cryptography: what may be read, proved or signed, and by whom, as values in and values out.
//!
//! Knows: the keyring and sealing, password verifiers (SRP-6a, Argon2id), signed tokens, SigV4, constant time, and the
//! bounded threads on which slow arithmetic runs. Never knows: HTTP, SQL, the present moment, which operation asks.
//! To add a kind of sealed value: a line in `keyring/purpose.rs`, which its tests then carry through every move.

mod argon2id;
mod framing;
pub mod fuzzing;
pub mod jose;
mod kdf;
pub mod keyring;
pub mod offload;
mod password;
mod secret_hash;
pub mod sigv4;
pub mod srp;
#[cfg(test)]
mod wycheproof_test;

pub use argon2id::Hash as Argon2idHash;
pub use keyring::{
    Context, Keyring, KeyringError, MacPurpose, OpenedToken, Purpose, SealError, TokenError, TokenPurpose,
};
pub use password::{ARGON2ID_COST, PasswordError, SrpPassword, StoredPassword};
pub use secret_hash::{constant_time_eq, secret_hash, secret_hash_matches};
