//! The front door of the AWS services: one address, `/`, the operation named by a header (user-pools.md 1) or by a form
//! (credentials-and-iam.md 2).

mod claimed;
pub(crate) mod cors;
pub mod desk;
mod dispatch;
mod door;
mod identity;
mod long;
mod query;
mod refuse;
mod rest;
mod service;
mod sight;

pub use door::{AwsDoor, router};
pub use service::AwsService;
