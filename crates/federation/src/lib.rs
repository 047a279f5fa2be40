//! Foreign proofs: whether a token of another issuer, or of a pool of ours, says what it seems to say.
//!
//! Knows: discovery documents, key sets and how long they are believed, audiences, lifetimes. Never knows: roles, trust
//! policies, which operation asks.
//! To add a provider of identity pools: `login.rs`. To add a rule about claims: `claims.rs`; about what issuers publish: `document.rs`, with a seed in `corpus`.

mod claims;
mod document;
mod error;
pub mod fuzzing;
mod issuers;
mod login;
mod login_error;
#[cfg(feature = "testing")]
pub mod testing;
mod verify;

pub use error::ForeignTokenError;
pub use login::{OWN_KEY, VerifiedLogin};
pub use login_error::{LoginError, LoginFault};
pub use verify::{Provider, Verified};

use issuers::Issuers;
use kernel::Clock;
use model::Aliases;
use outbound::Fetcher;
use std::fmt;
use std::sync::Arc;
use store::Store;
use tokens::{IdentityTokens, Tokens};

/// Verifies foreign tokens. Cheap to clone; what issuers published is remembered.
#[derive(Clone)]
pub struct Federation {
    issuers: Arc<Issuers>,
    store: Store,
    tokens: Tokens,
    identity_tokens: IdentityTokens,
    aliases: Aliases,
    clock: Arc<dyn Clock>,
}

/// What it leans on.
#[derive(Debug)]
pub struct Parts {
    /// Brings what issuers publish.
    pub fetcher: Fetcher,
    /// Which providers the account trusts, which pools are ours.
    pub store: Store,
    /// Knows the tokens of our own pools.
    pub tokens: Tokens,
    /// Knows the tokens of our own identity pools.
    pub identity_tokens: IdentityTokens,
    /// The present.
    pub clock: Arc<dyn Clock>,
}

impl Federation {
    /// Puts it together.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let Parts { fetcher, store, tokens, identity_tokens, clock } = parts;
        let aliases = identity_tokens.aliases();
        Self { issuers: Arc::new(Issuers::new(fetcher)), store, tokens, identity_tokens, aliases, clock }
    }
}

impl fmt::Debug for Federation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Federation").field("issuers", &self.issuers).finish_non_exhaustive()
    }
}
