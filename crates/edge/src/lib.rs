//! HTTP: listeners, the AWS front door, key sets, the operator's pages. The only crate that serves it.
//!
//! Knows: sockets, TLS, headers, dialects' outsides, what one request may cost, the log line. Never knows: what an operation does, SQL.
//! To add a route: a router beside `well_known.rs`, merged by the server; to add a service: an `AwsService`.

mod answer;
pub mod aws;
mod body;
mod front;
pub mod fuzzing;
pub mod inbox;
pub mod listener;
mod loopback;
mod memory;
pub mod metrics;
pub mod operator;
mod proxies;
mod throttle;
mod told;
pub mod well_known;

pub use front::{Asking, Front, Straight};
pub use listener::{CertificateFiles, Limits, Listener, Peer, Tls, Workers};
pub use loopback::LoopbackOnly;
pub use memory::Budget;
pub use metrics::Metrics;
pub use proxies::TrustedProxies;
pub use throttle::{Kept, RetryAfter, SourceRate, Sources, Throttle, Whose};
