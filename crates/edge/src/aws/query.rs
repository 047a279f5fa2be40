//! Forms: STS and IAM. Which operation is meant stands in the body, so it is read first.

use super::dispatch::{Arrival, Dispatch};
use super::{AwsDoor, long, refuse};
use crate::answer::{self, Spoken};
use crate::body;
use crate::front::Asking;
use crate::told::Told;
use axum::body::Body;
use contract::{Fault, Service};
use http::request::Parts;
use http::{Request, Response};
use wire::aws_query::{self, Form};

/// Largest form: policies are the longest thing in one, 131,072 characters before escaping.
const FORM_BYTES_MAX: usize = kernel::limits::BODY_BYTES_MAX;

/// Answers a form that names an action.
pub(super) async fn answer(door: &AwsDoor, request: Request<Body>, asking: &Asking) -> Response<Body> {
    let (parts, body) = request.into_parts();
    match read(&parts, body, door, asking).await {
        Ok((bytes, form)) => {
            let found = door.services.iter().find_map(|service| Some((service, service.asked(&form)?)));
            match found {
                Some((service, entry)) => {
                    let dispatch = Dispatch { door, service, entry, asking };
                    dispatch.answer(Arrival::Form { parts, bytes, form }).await
                }
                None => refused(aws_query::no_such_action(&form), asking),
            }
        }
        Err(fault) => refused(fault, asking),
    }
}

async fn read(parts: &Parts, body: Body, door: &AwsDoor, asking: &Asking) -> Result<(bytes::Bytes, Form), Fault> {
    let pieces = body::read(body, FORM_BYTES_MAX, door.body_timeout, &asking.memory).await.map_err(refuse::no_body)?;
    let bytes = long::whole(door, pieces).await?;
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let form = long::read(door, &bytes, move |bytes| Form::read(&query, bytes)).await??;
    Ok((bytes, form))
}

/// Nobody knows whom the form was for: STS answers.
fn refused(fault: Fault, asking: &Asking) -> Response<Body> {
    let spoken = Spoken::Query { service: Service::Sts, request_id: asking.request_id };
    answer::fault_in(&spoken, &refuse::as_query(fault), Told::op("query"))
}
