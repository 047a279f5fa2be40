//! Who is the caller, and may he: signatures against access keys, and the seat of the policy check.
//!
//! Knows: access keys, regions, principals, what they may do. Never knows: HTTP types, the body's meaning, how a refusal is worded.
//! To add a kind of principal: a variant of `model::Principal`, its proof in `authenticate`, its rights in `authorise`.

mod claim;
mod keys;
mod permit;
mod proof;
mod regions;

pub use claim::Claim;
pub use keys::{AccessKeys, KnownKey, NewKey, StoredKeys, context as key_context};
pub use permit::Denied;
pub use proof::{Authority, Proved, Unproven};
pub use regions::Regions;
