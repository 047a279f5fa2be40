//! Who is the caller, and may he: signatures against access keys and session tokens, and the policy check.
//!
//! Knows: access keys, sessions, regions, principals, what they may do. Never knows: HTTP types, the body's meaning, how a refusal is worded.
//! To add a kind of principal: a variant of `model::Principal`, its proof in `authenticate`, its rights in `rights.rs`. To add a
//! condition key: a line in `surroundings.rs`.

mod assume;
mod claim;
mod denial;
mod ended;
mod keys;
mod permit;
mod proof;
mod regions;
mod resource;
mod rights;
mod surroundings;
mod uses;

pub use assume::{Assumption, ConditionKeys};
pub use claim::{Claim, body_sha256, is_signed};
pub use denial::{Denial, open_denial};
pub use ended::{SessionsOf, end_sessions};
pub use keys::{AccessKeys, KnownKey, NewKey, StoredKeys, context as key_context};
pub use permit::NotPermitted;
pub use proof::{Authority, Estate, Proved, Unproven};
pub use regions::Regions;
