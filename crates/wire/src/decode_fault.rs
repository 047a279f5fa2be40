//! Why bytes could not be read. The sentence names places and types, never what the caller sent: that may be a password.

use contract::{ErrorMeta, Fault};

/// A request that is no request of its operation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DecodeFault {
    /// The error of the dialect, `SerializationException` or `MalformedInput`.
    pub kind: &'static ErrorMeta,
    /// What is wrong and where.
    pub message: String,
}

impl DecodeFault {
    pub(crate) fn new(kind: &'static ErrorMeta, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

impl From<DecodeFault> for Fault {
    fn from(fault: DecodeFault) -> Self {
        Fault::new(fault.kind, fault.message)
    }
}
