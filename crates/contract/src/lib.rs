//! The contract as data: operations, shapes, constraints, errors and auth kinds, and the types generated from them.
//!
//! Knows: what every operation of every served service looks like. Never knows: bytes, HTTP, what an operation does.
//! To add an operation: nothing here by hand; `cargo xtask contract` then `cargo xtask codegen`.

mod generate;

pub mod authorisation;
pub mod check;
pub mod cognito_identity;
pub mod cognito_idp;
pub mod cognito_sync;
pub mod fault;
pub mod iam;
pub mod json;
pub mod pattern;
pub mod reach;
pub mod shape;
pub mod sts;
pub mod value;

pub use fault::{ErrorMeta, Fault};
pub use shape::{Auth, Kind, Location, Member, OperationMeta, OutputKind, Service, ServiceMeta, Shape, Shaped};
pub use value::{Fields, FromValue, Misshapen, ToValue, Value};

/// An operation of a service, as a type: what goes in, what comes out, what is known about it.
pub trait Operation {
    /// The request.
    type Input: FromValue + ToValue + Send + 'static;
    /// The answer.
    type Output: FromValue + ToValue + Send + 'static;
    /// Name, auth kind, shapes, errors.
    const META: &'static OperationMeta;
}
