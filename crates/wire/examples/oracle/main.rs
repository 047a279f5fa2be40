//! Our side of the comparison with botocore (`e2e/python/wire_oracle.py`): one JSON question per line in, one answer per line out.
//!
//! `decode` reads a request that botocore serialised and shows the value; `encode` and `refuse` write answers that
//! botocore parses. Both sides spell values alike (`spelling.rs`), so the comparison is plain equality.

mod spelling;

use contract::{ErrorMeta, Fault, OperationMeta, Service, ServiceMeta};
use data_encoding::BASE64;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::error::Error;
use std::io::{BufRead, Write};
use wire::rest_json::Routes;
use wire::{Reply, aws_json, aws_query, rest_json};

static SERVICES: &[&ServiceMeta] = &[
    &contract::cognito_idp::operations::SERVICE,
    &contract::cognito_identity::operations::SERVICE,
    &contract::cognito_sync::operations::SERVICE,
    &contract::sts::operations::SERVICE,
    &contract::iam::operations::SERVICE,
];

const REQUEST_ID: &str = "9c6a6f39-0e1b-4f2f-8f3a-3a1f7f0f7c11";

#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Question {
    Operations,
    Decode { service: String, operation: String, request: Request },
    Encode { service: String, operation: String, value: Json },
    Refuse { service: String, operation: String, error: String, message: String },
}

#[derive(Deserialize)]
struct Request {
    method: String,
    path: String,
    query: String,
    /// Names in lower case.
    headers: BTreeMap<String, String>,
    body: String,
}

type Answer = Result<Json, Box<dyn Error>>;

fn main() -> Result<(), Box<dyn Error>> {
    let routes = Routes::new(contract::cognito_sync::operations::SERVICE.operations.iter().copied());
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let answer = serde_json::from_str(&line?).map_err(Into::into).and_then(|question| answer(question, &routes));
        let answer = answer.unwrap_or_else(|error| json!({ "broken": error.to_string() }));
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn answer(question: Question, routes: &Routes) -> Answer {
    match question {
        Question::Operations => Ok(operations()),
        Question::Decode { service, operation, request } => decode(find(&service, &operation)?, &request, routes),
        Question::Encode { service, operation, value } => {
            let meta = find(&service, &operation)?;
            let value = spelling::value(meta.output.unwrap_or(&contract::shape::NOTHING), &value)?;
            Ok(shown(encode(meta, &value)))
        }
        Question::Refuse { service, operation, error, message } => {
            let meta = find(&service, &operation)?;
            Ok(shown(refuse(meta, &Fault::new(error_named(meta, &error)?, message))))
        }
    }
}

fn operations() -> Json {
    let named = |service: &&ServiceMeta| {
        let names: Vec<&str> = service.operations.iter().map(|meta| meta.name).collect();
        (service.name.to_owned(), json!(names))
    };
    Json::Object(SERVICES.iter().map(named).collect())
}

fn find(service: &str, operation: &str) -> Result<&'static OperationMeta, Box<dyn Error>> {
    let service = SERVICES.iter().find(|meta| meta.name == service).ok_or("no such service")?;
    service.operations.iter().copied().find(|meta| meta.name == operation).ok_or_else(|| "no such operation".into())
}

/// Errors of the model by shape name; those no model lists by theirs.
fn error_named(meta: &OperationMeta, name: &str) -> Result<&'static ErrorMeta, Box<dyn Error>> {
    use contract::fault::common::{ACCESS_DENIED, INTERNAL_FAILURE, NOT_IMPLEMENTED, SERIALIZATION, UNKNOWN_OPERATION};
    let common = [
        &ACCESS_DENIED,
        &INTERNAL_FAILURE,
        &NOT_IMPLEMENTED,
        &SERIALIZATION,
        &UNKNOWN_OPERATION,
        &aws_query::INVALID_ACTION,
        &aws_query::MALFORMED_INPUT,
    ];
    let known = meta.errors.iter().copied().chain(common);
    known.into_iter().find(|error| error.name == name).ok_or_else(|| "no such error".into())
}

fn decode(meta: &'static OperationMeta, request: &Request, routes: &Routes) -> Answer {
    let body = BASE64.decode(request.body.as_bytes())?;
    let value = match meta.service {
        Service::CognitoIdp | Service::CognitoIdentity => aws_json::decode(meta.input, &body),
        Service::Sts | Service::Iam => aws_query::Form::read(&request.query, &body).and_then(|form| {
            if form.action() == Some(meta.name) { aws_query::decode(meta.input, &form) } else { Err(not_it()) }
        }),
        Service::CognitoSync => match routes.find(&request.method, &request.path) {
            Some(found) if std::ptr::eq(found.meta, meta) => {
                let header = |name: &str| request.headers.get(&name.to_ascii_lowercase()).map(String::as_str);
                rest_json::decode(&found, &request.query, header, &body)
            }
            _ => Err(not_it()),
        },
    };
    Ok(match value {
        Ok(value) => json!({ "value": spelling::spelled(meta.input, &value) }),
        Err(fault) => json!({ "fault": fault.kind.code, "message": fault.message }),
    })
}

fn not_it() -> wire::DecodeFault {
    wire::DecodeFault { kind: &aws_query::INVALID_ACTION, message: "the request names another operation".to_owned() }
}

fn encode(meta: &OperationMeta, value: &contract::Value) -> Reply {
    let plain = |content_type, body| Reply { status: 200, content_type, headers: Vec::new(), body };
    match meta.service {
        Service::CognitoIdp | Service::CognitoIdentity => plain(aws_json::CONTENT_TYPE, aws_json::encode(meta, value)),
        Service::Sts | Service::Iam => plain(aws_query::CONTENT_TYPE, aws_query::encode(meta, value, REQUEST_ID)),
        Service::CognitoSync => rest_json::encode(meta, value),
    }
}

fn refuse(meta: &OperationMeta, fault: &Fault) -> Reply {
    match meta.service {
        Service::CognitoIdp | Service::CognitoIdentity => aws_json::refuse(fault),
        Service::Sts | Service::Iam => aws_query::refuse(meta.service, fault, REQUEST_ID),
        Service::CognitoSync => rest_json::refuse(fault),
    }
}

fn shown(reply: Reply) -> Json {
    let headers: BTreeMap<&str, String> = reply.headers.into_iter().collect();
    json!({
        "status": reply.status,
        "content_type": reply.content_type,
        "headers": headers,
        "body": BASE64.encode(&reply.body),
        "request_id": REQUEST_ID,
    })
}
