//! What happened to identities, for whoever keeps something by them.

use kernel::{AccountId, IdentityId, IdentityPoolId, Time};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Something that happened, written in the transaction in which it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainEvent {
    /// Its own id, drawn.
    pub id: Uuid,
    /// Whose pool.
    pub account: AccountId,
    /// In which pool.
    pub pool: IdentityPoolId,
    /// What.
    pub kind: EventKind,
    /// When.
    pub at: Time,
}

/// What happened. Providers are named, subjects are not: the row outlives the login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EventKind {
    /// An identity was made, with logins of these providers; none for a guest.
    Created {
        /// Which.
        identity: IdentityId,
        /// Canonical keys.
        providers: Vec<String>,
    },
    /// Logins were linked to an identity.
    Linked {
        /// Which.
        identity: IdentityId,
        /// Canonical keys.
        providers: Vec<String>,
    },
    /// Logins were taken from an identity.
    Unlinked {
        /// Which.
        identity: IdentityId,
        /// Canonical keys.
        providers: Vec<String>,
    },
    /// An identity became part of another and is disabled.
    Merged {
        /// Which is gone.
        identity: IdentityId,
        /// Which is left.
        into: IdentityId,
    },
    /// An identity was deleted.
    Deleted {
        /// Which.
        identity: IdentityId,
    },
    /// The pool was deleted with all that is in it.
    PoolDeleted,
}
