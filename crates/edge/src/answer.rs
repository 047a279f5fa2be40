//! Answers as HTTP: a dialect's reply, and refusals of the frame itself.

use crate::aws::cors;
use crate::told::Told;
use axum::body::Body;
use contract::{Fault, Service};
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use wire::Reply;

/// The sentence for failures of ours. What really happened stands in the log line, beside the request id.
pub(crate) const INTERNAL: &str = "Internal server error";

/// Carries what DecodeAuthorizationMessage opens. A header of ours: clients compare the sentence, so it stays the
/// service's own.
const ENCODED: HeaderName = HeaderName::from_static("x-cognate-authorization-message");

/// A reply of one of the AWS dialects; pages of any origin may read it (user-pools.md 1.9).
pub(crate) fn reply(reply: Reply, told: Told) -> Response<Body> {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(reply.content_type));
    for (name, value) in reply.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    cors::open(headers);
    response.extensions_mut().insert(told);
    response
}

/// The dialect an answer is spoken in.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Spoken {
    /// AWS JSON 1.1.
    Json,
    /// XML, which names its service and repeats the request's id.
    Query {
        /// Whose XML it is.
        service: Service,
        /// The id the answer repeats.
        request_id: uuid::Uuid,
    },
}

/// A fault in AWS JSON, which is also how the frame itself refuses.
pub(crate) fn fault(fault: &Fault, told: Told) -> Response<Body> {
    fault_in(&Spoken::Json, fault, told)
}

/// A fault in the dialect of the service that was asked.
pub(crate) fn fault_in(spoken: &Spoken, fault: &Fault, mut told: Told) -> Response<Body> {
    if told.cause.is_none() {
        let broke = fault.cause().filter(|_| fault.kind.server).map(causes);
        told.cause = broke.or_else(|| fault.audit().map(str::to_owned));
    }
    let mut refused = match spoken {
        Spoken::Json => reply(wire::aws_json::refuse(fault), told.refused(fault.kind.name)),
        Spoken::Query { service, request_id } => {
            let refusal = wire::aws_query::refuse(*service, fault, &request_id.to_string());
            reply(refusal, told.refused(fault.kind.code))
        }
    };
    if let Some(encoded) = fault.encoded.as_deref().and_then(|text| HeaderValue::from_str(text).ok()) {
        refused.headers_mut().insert(ENCODED, encoded);
    }
    refused
}

/// An error and what it came from, in one line.
pub(crate) fn causes(error: &(dyn std::error::Error + Send + Sync)) -> String {
    let mut line = error.to_string();
    let mut below = error.source();
    while let Some(cause) = below {
        line.push_str(": ");
        line.push_str(&cause.to_string());
        below = cause.source();
    }
    line
}
