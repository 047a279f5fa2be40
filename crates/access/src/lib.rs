//! IAM and STS: who is in the account, what they may do, and the credentials they take for a while.
//!
//! Knows: how an operation's request becomes rows and calls on the stairs, and how their outcome becomes its answer.
//! Never knows: HTTP, SQL, how a policy is decided. To add an operation: a file under `ops/<noun>/` named after it, its
//! tests beside it, `cargo xtask codegen`; nothing else is edited by hand.

mod attachments;
mod authorization;
mod boundaries;
mod documents;
mod empty;
mod groups;
mod inline;
mod keys;
mod listing;
mod metadata;
pub mod ops;
mod policies;
mod providers;
mod refused;
mod roles;
mod say;
mod simulation;
mod sts;
mod table;
mod tags;
mod trust;
mod users;
mod whom;

pub use table::{SERVED_IAM, SERVED_STS};

use authority::Authority;
use crypto::Keyring;
use federation::Federation;
use kernel::{Clock, Entropy};
use std::sync::Arc;
use store::Store;

/// What the operations of IAM and STS lean on.
#[derive(Debug, Clone)]
pub struct Access {
    /// The database.
    pub store: Store,
    /// What seals the secrets of keys and the markers of lists.
    pub keyring: Arc<Keyring>,
    /// Compiled policies.
    pub policies: Arc<iam::Cache>,
    /// Who is the caller, and may he.
    pub authority: Arc<Authority>,
    /// Whose tokens are believed.
    pub federation: Federation,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}
