//! Sign-in engine: from a first identifier to tokens, one challenge at a time.
//!
//! Knows: flows, factors, challenges, lockout, masking. Never knows: HTTP, SQL, which API asked.
//! To add a factor: a file beside `password.rs`, its challenge in `answer.rs`, its place in `Next`.

mod answer;
mod change_password;
mod finish;
mod gates;
mod lock;
mod new_password;
mod parameters;
mod password;
mod proof;
mod refresh;
mod session;
mod srp;
mod start;
mod subject;
mod trial;

pub use accounts::Door;
pub use answer::Answer;
pub use parameters::Parameters;
pub use start::Start;

use accounts::Accounts;
use contract::cognito_idp::types::ChallengeNameType;
use indexmap::IndexMap;
use kernel::Secret;
use tokens::{TokenSet, Tokens};

/// The sign-in engine.
#[derive(Debug, Clone)]
pub struct Signin {
    accounts: Accounts,
    tokens: Tokens,
}

/// What a call ends with.
#[derive(Debug)]
pub enum Step {
    /// Something more is asked.
    Challenge(Challenge),
    /// Signed in.
    Tokens(TokenSet),
}

/// What is asked next.
#[derive(Debug)]
pub struct Challenge {
    /// Its name.
    pub name: ChallengeNameType,
    /// What the client needs to answer it.
    pub parameters: IndexMap<String, String>,
    /// To be sent back with the answer; good once.
    pub session: Secret<String>,
}

impl Signin {
    /// Puts the engine together.
    #[must_use]
    pub fn new(accounts: Accounts, tokens: Tokens) -> Self {
        // A few milliseconds of tables that else the first person to sign in would wait for.
        crypto::srp::prepare();
        Self { accounts, tokens }
    }
}
