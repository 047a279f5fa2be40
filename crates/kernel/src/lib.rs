//! The ground floor: ids, time, randomness, secrets, and the limits everybody shares.
//!
//! Knows: newtypes and the traits through which time and randomness come in. Never knows: I/O, HTTP, SQL.
//! To add an id: a line in `ids.rs` and its format test.

pub mod clock;
mod copies;
pub mod entropy;
pub mod ids;
pub mod limits;
pub mod secret;

pub use clock::{Clock, Stopwatch, SystemClock, Time};
pub use copies::Copies;
pub use entropy::{Entropy, EntropyExt, SystemEntropy};
pub use ids::{AccountId, ClientId, IdentityId, IdentityPoolId, Region, Sub, UserPoolId};
pub use secret::Secret;

/// A future that can cross threads; what table entries and transaction blocks return.
pub type BoxFuture<'a, T> = std::pin::Pin<Box<dyn std::future::Future<Output = T> + Send + 'a>>;
