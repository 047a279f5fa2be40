//! Refusals of the door itself, in the words of the JSON services (user-pools.md 1.8, credentials-and-iam.md 5).

use crate::answer;
use crate::body::NoBody;
use authority::Unproven;
use contract::fault::common;
use contract::{ErrorMeta, Fault, Service};
use crypto::offload::PoolError;
use crypto::sigv4::{Family, SigError};

static REQUEST_TIMEOUT: ErrorMeta =
    ErrorMeta { name: "RequestTimeoutException", code: "RequestTimeoutException", status: 408, server: false };

static VALIDATION: ErrorMeta =
    ErrorMeta { name: "ValidationException", code: "ValidationException", status: 400, server: false };

pub(super) fn not_implemented(operation: &str) -> Fault {
    Fault::new(&common::NOT_IMPLEMENTED, format!("{operation} is not implemented by this version of Cognate."))
}

/// This listener answers no signed operations (DESIGN 5).
pub(super) fn administration_elsewhere(operation: &str) -> Fault {
    Fault::new(
        &common::ACCESS_DENIED,
        format!("{operation} is not answered at this address: signed administration is on the operator's listener."),
    )
}

/// A rate is used up (security-messaging.md 10).
pub(super) fn too_many_requests() -> Fault {
    Fault::new(&contract::cognito_idp::errors::TOO_MANY_REQUESTS, "Rate exceeded")
}

/// What every kind of overload is told (RL-14).
fn overloaded() -> Fault {
    Fault::new(&contract::cognito_idp::errors::TOO_MANY_REQUESTS, "Too many requests")
}

pub(super) fn no_body(why: NoBody) -> Fault {
    match why {
        NoBody::TooLarge => Fault::new(&common::REQUEST_TOO_LARGE, "The request is larger than this operation allows."),
        NoBody::TooSlow => Fault::new(&REQUEST_TIMEOUT, "The request was not received completely in time."),
        NoBody::NoRoom => overloaded(),
        NoBody::Broken => Fault::new(&common::SERIALIZATION, "The request body could not be read."),
    }
}

/// Nobody could begin to read it in time, or reading it broke.
pub(super) fn unread(why: PoolError) -> Fault {
    match why {
        PoolError::Overloaded => overloaded(),
        PoolError::Stopped | PoolError::Panicked => {
            Fault::new(&common::INTERNAL_FAILURE, answer::INTERNAL).because(why)
        }
    }
}

/// A request that its contract does not allow. Identity pools have a name of their own for it (identity-pools.md 1).
pub(super) fn invalid(service: Service, message: String) -> Fault {
    let kind = match service {
        Service::CognitoIdentity => &VALIDATION,
        _ => &contract::cognito_idp::errors::INVALID_PARAMETER,
    };
    Fault::new(kind, message)
}

/// The kind is the JSON services'; [`as_query`] turns it where the other dialect is spoken.
pub(super) fn unproven(why: Unproven, family: Family) -> Fault {
    match why {
        Unproven::Refused(error) => Fault::new(kind(&error), error.message(family)),
        Unproven::Busy => overloaded(),
        broken @ Unproven::Unavailable(_) => Fault::new(&common::INTERNAL_FAILURE, answer::INTERNAL).because(broken),
    }
}

macro_rules! in_query {
    ($($json:path => $code:literal $status:literal,)*) => {
        /// What the Query services call an error that every service knows (credentials-and-iam.md 5).
        fn query_kind(kind: &'static ErrorMeta) -> &'static ErrorMeta {
            $(
                if std::ptr::eq(kind, &$json) {
                    static KIND: ErrorMeta =
                        ErrorMeta { name: $code, code: $code, status: $status, server: $status >= 500 };
                    return &KIND;
                }
            )*
            kind
        }
    };
}
in_query! {
    common::MISSING_AUTHENTICATION_TOKEN => "MissingAuthenticationToken" 403,
    common::UNRECOGNIZED_CLIENT => "InvalidClientTokenId" 403,
    common::INVALID_SIGNATURE => "SignatureDoesNotMatch" 403,
    common::INCOMPLETE_SIGNATURE => "IncompleteSignature" 400,
    common::EXPIRED_TOKEN => "ExpiredToken" 403,
    common::ACCESS_DENIED => "AccessDenied" 403,
    common::INTERNAL_FAILURE => "InternalFailure" 500,
    contract::cognito_idp::errors::INVALID_PARAMETER => "ValidationError" 400,
    contract::cognito_idp::errors::TOO_MANY_REQUESTS => "Throttling" 400,
}

/// The same refusal for a client that reads XML.
pub(super) fn as_query(mut fault: Fault) -> Fault {
    fault.kind = query_kind(fault.kind);
    fault
}

/// The error by its code: the table of codes is the signature's, that of statuses and names the contract's.
fn kind(error: &SigError) -> &'static ErrorMeta {
    let known = [
        &common::MISSING_AUTHENTICATION_TOKEN,
        &common::UNRECOGNIZED_CLIENT,
        &common::INCOMPLETE_SIGNATURE,
        &common::INVALID_SIGNATURE,
        &common::EXPIRED_TOKEN,
    ];
    let code = error.code(Family::Json);
    known.into_iter().find(|kind| kind.code == code).unwrap_or(&common::ACCESS_DENIED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_doubt_about_a_signature_has_its_own_error() {
        for error in [
            SigError::Missing,
            SigError::Incomplete(String::new()),
            SigError::UnknownKey,
            SigError::SessionExpired,
            SigError::BadSignature,
            SigError::OutOfScope(String::new()),
        ] {
            for family in [Family::Json, Family::Query] {
                let fault = unproven(Unproven::Refused(error.clone()), family);
                let fault = if family == Family::Query { as_query(fault) } else { fault };
                assert_eq!((fault.kind.code, fault.kind.status), (error.code(family), error.status(family)));
                assert_eq!(fault.message, error.message(family));
            }
        }
    }

    #[test]
    fn rl_14_a_busy_database_is_no_outage() {
        let told = |family| unproven(Unproven::Busy, family);
        let json = told(Family::Json);
        assert_eq!((json.kind.code, json.kind.status), ("TooManyRequestsException", 400));
        let query = as_query(told(Family::Query));
        assert_eq!((query.kind.code, query.kind.status), ("Throttling", 400));
    }
}
