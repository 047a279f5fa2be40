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
