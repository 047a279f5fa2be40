//! Identity pools: identities of guests and of people, and the credentials they are given for a while.
//!
//! Knows: how an operation's request becomes rows and calls on the stairs, and how their outcome becomes its answer.
//! Never knows: HTTP, SQL, how a token is verified or a policy decided. To add an operation: a file under `ops/<noun>/`
//! named after it, its tests beside it, `cargo xtask codegen`; nothing else is edited by hand.

mod developers;
mod explain;
mod guests;
mod identities;
mod listing;
pub mod ops;
mod pools;
mod proofs;
mod providers;
mod questions;
mod refused;
mod resolution;
mod role_settings;
mod say;
mod search;
mod selection;
mod table;
mod tag_maps;
mod tags;
mod trust_lint;
mod whom;

pub use explain::{LoginExplanation, LoginQuestion, Step, logins_of};
pub use search::IdentitySearch;
pub use table::SERVED;
pub use trust_lint::{WeakRole, Weakness, trusts_any_pool};

use authority::Authority;
use crypto::Keyring;
use federation::Federation;
use kernel::{Clock, Entropy};
use model::Aliases;
use std::sync::Arc;
use store::Store;
use tokens::IdentityTokens;

/// What the operations of identity pools lean on.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The database.
    pub store: Store,
    /// What seals the tokens of lists and the secrets of sessions.
    pub keyring: Arc<Keyring>,
    /// Compiled policies.
    pub policies: Arc<iam::Cache>,
    /// Who is the caller, which roles there are, and may he.
    pub authority: Arc<Authority>,
    /// Whose tokens are believed.
    pub federation: Federation,
    /// The tokens that identities are given.
    pub tokens: IdentityTokens,
    /// Who vouches for identities, as trust policies know it.
    pub issuer: iam::PrincipalIds,
    /// The names a user pool of ours goes by.
    pub aliases: Aliases,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}
