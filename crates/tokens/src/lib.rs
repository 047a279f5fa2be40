//! Tokens: what a sign-in hands out, how it is recognised when it comes back, and how it ends.
//!
//! Knows: claims, signing keys, refresh families, revocation. Never knows: HTTP, how a person proved who they are.
//! To add a claim: `claims.rs` and its line in the exact-claims test.

mod access;
pub mod aws_session;
mod claims;
mod discovery;
mod id_token;
pub mod identity_token;
#[cfg(test)]
mod identity_token_test;
mod issue;
mod issuer;
mod keys;
mod openid_keys;
mod policy_names;
mod refresh;
mod revoke;
mod rotate;
mod signing;
mod stock;
#[cfg(test)]
mod stranger_test;

pub use access::Bearer;
pub use id_token::{IdBearer, IdTokenError};
pub use identity_token::{IdentityClaims, IdentityIssuing, IdentityTokens};
pub use issue::{Holder, Opened, TokenSet};
pub use issuer::{Issuer, IssuerStyle};
pub use keys::key_context;
pub use openid_keys::openid_key_context;
pub use policy_names::PolicyNames;
pub use signing::{PUBLISHED_AHEAD, Rotation, Withdrawal};
pub use stock::stock_context;

use crypto::Keyring;
use crypto::offload::CryptoPool;
use kernel::{Clock, Entropy};
use std::sync::Arc;
use store::Store;
use tokio::sync::Notify;

/// The token engine. Cheap to clone; all state is in the database, prepared keys are cached.
#[derive(Debug, Clone)]
pub struct Tokens {
    store: Store,
    keyring: Arc<Keyring>,
    crypto: Arc<CryptoPool>,
    issuer: Issuer,
    keys: Arc<keys::KeyCache>,
    stock_taken: Arc<Notify>,
    stock_filled: Arc<Notify>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

/// What the token engine leans on.
#[derive(Debug)]
pub struct Parts {
    /// The database.
    pub store: Store,
    /// Unseals signing keys.
    pub keyring: Arc<Keyring>,
    /// Threads that sign.
    pub crypto: Arc<CryptoPool>,
    /// How issuers are spelled.
    pub issuer: Issuer,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}

impl Tokens {
    /// Puts the engine together.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let Parts { store, keyring, crypto, issuer, clock, entropy } = parts;
        Self {
            store,
            keyring,
            crypto,
            issuer,
            keys: Arc::default(),
            stock_taken: Arc::default(),
            stock_filled: Arc::default(),
            clock,
            entropy,
        }
    }

    /// How issuers are spelled.
    #[must_use]
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }
}
