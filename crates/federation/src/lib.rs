//! Foreign proofs: whether a token of another issuer, or of a pool of ours, says what it seems to say.
//!
//! Knows: discovery documents, key sets and how long they are believed, audiences, lifetimes. Never knows: roles, trust
//! policies, which operation asks.
//! To add a rule about claims: `claims.rs`; about what issuers publish: `document.rs`, with a seed in `corpus`.

mod claims;
mod document;
mod error;
pub mod fuzzing;
mod issuers;
#[cfg(feature = "testing")]
pub mod testing;
mod verify;

pub use error::ForeignTokenError;
pub use verify::{Provider, Verified};

use issuers::Issuers;
use kernel::Clock;
use outbound::Fetcher;
use std::fmt;
use std::sync::Arc;
use tokens::Tokens;

/// Verifies foreign tokens. Cheap to clone; what issuers published is remembered.
#[derive(Clone)]
pub struct Federation {
    issuers: Arc<Issuers>,
    tokens: Tokens,
    clock: Arc<dyn Clock>,
}

impl Federation {
    /// Puts it together: `fetcher` brings what issuers publish, `tokens` knows those of our own pools.
    #[must_use]
    pub fn new(fetcher: Fetcher, tokens: Tokens, clock: Arc<dyn Clock>) -> Self {
        Self { issuers: Arc::new(Issuers::new(fetcher)), tokens, clock }
    }
}

impl fmt::Debug for Federation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Federation").field("issuers", &self.issuers).finish_non_exhaustive()
    }
}
