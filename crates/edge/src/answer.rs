//! Answers as HTTP: a dialect's reply, and refusals of the frame itself.

use crate::aws::cors;
use crate::told::Told;
use axum::body::Body;
use contract::Fault;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use wire::Reply;

/// The sentence for failures of ours. What really happened stands in the log line, beside the request id.
pub(crate) const INTERNAL: &str = "Internal server error";

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

/// A fault in AWS JSON, which is also how the frame itself refuses.
pub(crate) fn fault(fault: &Fault, mut told: Told) -> Response<Body> {
    told = told.refused(fault.kind.name);
    if fault.kind.server && told.cause.is_none() {
        told.cause = fault.cause().map(causes);
    }
    reply(wire::aws_json::refuse(fault), told)
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
