//! Refusals in the contract's vocabulary: one sentence for the caller, a cause for us.

use std::error::Error;
use std::fmt;

/// An error shape of a service's model.
#[derive(Debug, PartialEq, Eq)]
pub struct ErrorMeta {
    /// Shape name, `NotAuthorizedException`.
    pub name: &'static str,
    /// Code on the wire: the shape name, or the model's own code in Query services (`NoSuchEntity`).
    pub code: &'static str,
    /// HTTP status.
    pub status: u16,
    /// The server's fault rather than the caller's.
    pub server: bool,
}

/// A refusal or failure that is answered to the caller.
pub struct Fault {
    /// Which error of the contract.
    pub kind: &'static ErrorMeta,
    /// The sentence for the caller. Part of the interface.
    pub message: String,
    /// `reasonCode` of InvalidParameterException.
    pub reason: Option<String>,
    /// Why policies said no, sealed: what DecodeAuthorizationMessage opens.
    pub encoded: Option<Box<str>>,
    cause: Option<Box<dyn Error + Send + Sync>>,
    audit: Option<Box<str>>,
}

impl Fault {
    /// A refusal with its sentence.
    pub fn new(kind: &'static ErrorMeta, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), reason: None, encoded: None, cause: None, audit: None }
    }

    /// Keeps what went wrong below, for the log line only.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Carries the sealed reasons of a denial.
    #[must_use]
    pub fn with_reasons(self, encoded: Option<String>) -> Self {
        Self { encoded: encoded.map(String::into_boxed_str), ..self }
    }

    /// Why the caller is refused, where the sentence hides it: for the log line only. Nothing secret may stand in it.
    #[must_use]
    pub fn audited(mut self, reason: impl Into<String>) -> Self {
        self.audit = Some(reason.into().into_boxed_str());
        self
    }

    /// What operators are told about a refusal.
    #[must_use]
    pub fn audit(&self) -> Option<&str> {
        self.audit.as_deref()
    }

    /// What went wrong below.
    #[must_use]
    pub fn cause(&self) -> Option<&(dyn Error + Send + Sync)> {
        self.cause.as_deref()
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fault")
            .field("kind", &self.kind.name)
            .field("message", &self.message)
            .field("cause", &self.cause)
            .finish()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.name, self.message)
    }
}

impl Error for Fault {}

/// Errors that every JSON service answers although no model lists them (user-pools.md 1.8).
pub mod common {
    use super::ErrorMeta;

    macro_rules! common {
        ($($(#[$doc:meta])* $name:ident = $code:literal $status:literal),* $(,)?) => {
            $($(#[$doc])* pub static $name: ErrorMeta =
                ErrorMeta { name: $code, code: $code, status: $status, server: $status >= 500 };)*
        };
    }
    common! {
        /// No such operation.
        UNKNOWN_OPERATION = "UnknownOperationException" 400,
        /// The body is no JSON, or a value has the wrong JSON type.
        SERIALIZATION = "SerializationException" 400,
        /// A signed operation was called without a signature.
        MISSING_AUTHENTICATION_TOKEN = "MissingAuthenticationTokenException" 400,
        /// Unknown access key or bad session token.
        UNRECOGNIZED_CLIENT = "UnrecognizedClientException" 400,
        /// The signature does not fit the request.
        INVALID_SIGNATURE = "InvalidSignatureException" 400,
        /// The Authorization header is malformed.
        INCOMPLETE_SIGNATURE = "IncompleteSignatureException" 400,
        /// The session of temporary credentials has ended.
        EXPIRED_TOKEN = "ExpiredTokenException" 400,
        /// The policy says no.
        ACCESS_DENIED = "AccessDeniedException" 400,
        /// Too many requests, said by the front end.
        THROTTLING = "ThrottlingException" 400,
        /// The body is larger than the route allows.
        REQUEST_TOO_LARGE = "RequestEntityTooLargeException" 413,
        /// The operation exists in the contract and is not built yet.
        NOT_IMPLEMENTED = "NotImplementedException" 501,
        /// Something broke on our side.
        INTERNAL_FAILURE = "InternalErrorException" 500,
    }
}
