//! Browsers call the API directly, from pages of any origin (user-pools.md 1.9).
//!
//! `*` is safe here: nothing at this door is authorised by a cookie.

use crate::told::Told;
use axum::body::Body;
use http::{HeaderMap, HeaderValue, Response, header};

const EXPOSED: HeaderValue = HeaderValue::from_static("x-amzn-RequestId, x-amzn-ErrorType, x-amzn-ErrorMessage, Date");
const METHODS: HeaderValue = HeaderValue::from_static("POST, OPTIONS");
const ACCEPTED: HeaderValue = HeaderValue::from_static(
    "content-type, x-amz-target, x-amz-user-agent, amz-sdk-invocation-id, amz-sdk-request, authorization, x-amz-date, \
     x-amz-security-token, x-amz-content-sha256, x-amzn-trace-id, cache-control",
);
const TWO_DAYS: HeaderValue = HeaderValue::from_static("172800");

/// Lets any page read the answer and its error headers.
pub(crate) fn open(headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
}

/// The answer to the question a browser asks before the call.
pub(crate) async fn preflight() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    open(headers);
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, ACCEPTED);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, TWO_DAYS);
    response.extensions_mut().insert(Told::op("preflight"));
    response
}
