//! A person's password as stored: sealed, with a generation that moves at every change.

use kernel::{Sub, Time, UserPoolId};

/// The sealed verifier of one person.
#[derive(Debug, Clone)]
pub struct Credential {
    /// The pool.
    pub pool: UserPoolId,
    /// The person.
    pub sub: Sub,
    /// Moves at every change; a proof made against an older generation opens nothing.
    pub generation: i64,
    /// The sealed stored password (`crypto::StoredPassword`).
    pub sealed: Vec<u8>,
    /// A temporary password ends here.
    pub expires: Option<Time>,
    /// When it was set.
    pub set: Time,
}

/// An earlier password, kept only where the pool's policy asks what was used before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetiredPassword {
    /// The pool.
    pub pool: UserPoolId,
    /// The person.
    pub sub: Sub,
    /// The generation it had while it was in use, as [`RetiredPassword::key`] spells it.
    pub generation: String,
    /// The sealed stored password, bound to this row.
    pub sealed: Vec<u8>,
    /// When it was replaced.
    pub retired: Time,
}

impl RetiredPassword {
    /// A generation as part of a row's key: texts of one length sort like the numbers they spell.
    #[must_use]
    pub fn key(generation: i64) -> String {
        format!("{generation:020}")
    }
}
