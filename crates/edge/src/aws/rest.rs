//! Cognito Sync: known, not served yet; refused in its own words.

use super::refuse;
use crate::answer;
use crate::told::Told;
use axum::body::Body;
use contract::{Fault, Service};
use http::{Request, Response};
use std::sync::LazyLock;
use wire::rest_json::{self, Routes};

/// Operations by method and path.
pub(super) async fn unserved(request: Request<Body>) -> Response<Body> {
    static ROUTES: LazyLock<Routes> =
        LazyLock::new(|| Routes::new(Service::CognitoSync.meta().operations.iter().copied()));
    let (told, fault) = match ROUTES.find(request.method().as_str(), request.uri().path()) {
        Some(found) => (Told::op(found.meta.name), refuse::not_implemented(found.meta.name)),
        None => (Told::op("sync"), Fault::new(&rest_json::UNKNOWN_OPERATION, "")),
    };
    answer::reply(rest_json::refuse(&fault), told.refused(fault.kind.code))
}
