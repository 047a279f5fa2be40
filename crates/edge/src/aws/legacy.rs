//! Services of the other two dialects, known and not served yet: refused in their own words.

use super::refuse;
use crate::answer;
use crate::body;
use crate::front::Asking;
use crate::told::Told;
use axum::body::Body;
use contract::{Fault, OperationMeta, Service};
use http::{Request, Response};
use std::sync::LazyLock;
use std::time::Duration;
use wire::aws_query::{self, Form};
use wire::rest_json::{self, Routes};

/// Largest form: policies are the longest thing in one, 131,072 characters before escaping.
const FORM_BYTES_MAX: usize = kernel::limits::BODY_BYTES_MAX;

/// STS and IAM: a form that names an action.
pub(super) async fn query(request: Request<Body>, asking: &Asking, time: Duration) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let (service, told, fault) = match body::read(body, FORM_BYTES_MAX, time, &asking.memory).await {
        Err(no_body) => (Service::Sts, Told::op("query"), refuse::no_body(no_body)),
        Ok(bytes) => match Form::read(parts.uri.query().unwrap_or_default(), &bytes) {
            Err(fault) => (Service::Sts, Told::op("query"), fault.into()),
            Ok(form) => match action(&form) {
                Some(meta) => (meta.service, Told::op(meta.name), refuse::not_implemented(meta.name)),
                None => (Service::Sts, Told::op("query"), aws_query::no_such_action(&form)),
            },
        },
    };
    let reply = aws_query::refuse(service, &fault, &asking.request_id.to_string());
    answer::reply(reply, told.refused(fault.kind.code))
}

/// The action, in the service whose version the form names.
fn action(form: &Form) -> Option<&'static OperationMeta> {
    [Service::Sts, Service::Iam].into_iter().find_map(|service| {
        let right = form.version().is_none_or(|version| version == aws_query::version(service));
        if right { service.meta().operation(form.action()?) } else { None }
    })
}

/// Cognito Sync: operations by method and path.
pub(super) async fn rest_json(request: Request<Body>) -> Response<Body> {
    static ROUTES: LazyLock<Routes> =
        LazyLock::new(|| Routes::new(Service::CognitoSync.meta().operations.iter().copied()));
    let (told, fault) = match ROUTES.find(request.method().as_str(), request.uri().path()) {
        Some(found) => (Told::op(found.meta.name), refuse::not_implemented(found.meta.name)),
        None => (Told::op("sync"), Fault::new(&rest_json::UNKNOWN_OPERATION, "")),
    };
    answer::reply(rest_json::refuse(&fault), told.refused(fault.kind.code))
}
