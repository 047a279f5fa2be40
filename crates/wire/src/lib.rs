//! Bytes to contract values and back, in the three dialects of the AWS services: JSON 1.1, Query/XML and REST-JSON.
//!
//! Knows: the dialects, their errors, and what a stranger's bytes may cost. Never knows: an operation by name, HTTP types, what is allowed.
//! To add a dialect: a module beside `aws_json` over the shapes of `contract`, a stage in `examples/oracle.rs`, a body in `fuzzing`.

pub mod aws_json;
pub mod aws_query;
mod budget;
mod decode_fault;
pub mod fuzzing;
mod json;
mod percent;
mod place;
mod reply;
pub mod rest_json;
#[cfg(test)]
mod sample;
mod scalar;
mod stamps;

pub use decode_fault::DecodeFault;
pub use reply::Reply;
