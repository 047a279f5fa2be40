//! The front door of the AWS services: one address, `POST /`, the operation named by a header (user-pools.md 1).

pub(crate) mod cors;
mod dispatch;
mod door;
mod legacy;
mod refuse;
mod service;
mod sight;

pub use door::{AwsDoor, router};
pub use service::JsonService;
