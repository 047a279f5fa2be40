//! What ends a transaction block early, in IAM's words.

use contract::iam::fault;
use contract::{ErrorMeta, Fault};
use store::StoreError;

/// Constraints and markers; botocore's model does not list it (credentials-and-iam.md 3).
pub static VALIDATION_ERROR: ErrorMeta =
    ErrorMeta { name: "ValidationError", code: "ValidationError", status: 400, server: false };
/// Clients come back by themselves.
static THROTTLING: ErrorMeta = ErrorMeta { name: "Throttling", code: "Throttling", status: 400, server: false };

/// The database has no room for one more now.
pub fn throttled() -> Fault {
    Fault::new(&THROTTLING, "Rate exceeded")
}

/// A fault, or what the database could not do as the fault it is for IAM's callers.
#[derive(Debug)]
pub struct Refused(Box<Fault>);

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self(Box::new(fault))
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy | StoreError::Conflict => throttled().into(),
            other => fault::service_failure("Something went wrong").because(other).into(),
        }
    }
}

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        *refused.0
    }
}
