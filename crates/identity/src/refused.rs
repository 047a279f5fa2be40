//! What ends a transaction block early, in the words of identity pools.

use contract::Fault;
use contract::cognito_identity::fault;
use store::StoreError;

/// A fault, or what the database could not do as the fault it is for callers of identity pools.
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
            StoreError::Busy | StoreError::Conflict => fault::too_many_requests("Rate exceeded").into(),
            other => fault::internal_error("Internal error").because(other).into(),
        }
    }
}

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        *refused.0
    }
}
