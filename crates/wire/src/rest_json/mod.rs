//! The REST-JSON dialect of Cognito Sync: operations by method and path, members in path, query, headers and body (sync.md 1).

mod decode;
mod routes;

pub use decode::decode;
pub use routes::{Found, Routes};

use crate::reply::{Reply, error_headers, header_safe};
use crate::{aws_json, json, scalar};
use contract::{ErrorMeta, Fault, Kind, Location, OperationMeta, OutputKind, Value};

/// `Content-Type` of requests and answers.
pub const CONTENT_TYPE: &str = "application/json";

/// No operation has this method and path. In this dialect that is a 404, where JSON 1.1 says 400.
pub static UNKNOWN_OPERATION: ErrorMeta =
    ErrorMeta { name: "UnknownOperationException", code: "UnknownOperationException", status: 404, server: false };

/// Writes a successful answer: headers and status from their members, everything else in the body.
#[must_use]
pub fn encode(meta: &OperationMeta, output: &Value) -> Reply {
    let mut reply = Reply { status: 200, content_type: CONTENT_TYPE, headers: Vec::new(), body: Vec::new() };
    let (Some(Kind::Struct { members }), Value::Struct(places)) = (meta.output.map(|shape| &shape.kind), output) else {
        if meta.output_kind != OutputKind::Empty {
            reply.body = b"{}".to_vec();
        }
        return reply;
    };
    for (member, value) in members.iter().zip(places) {
        match (member.location, value) {
            (Location::Status, Some(Value::Int(status))) => reply.status = u16::try_from(*status).unwrap_or(200),
            (Location::Header, Some(value)) => {
                reply
                    .headers
                    .extend(scalar::write(value).filter(|text| header_safe(text)).map(|text| (member.wire_name, text)));
            }
            _ => {}
        }
    }
    json::push_members(&mut reply.body, members, places);
    reply
}

/// Turns a fault into an answer. Old clients read only the header, others only the body: the code stands in both.
#[must_use]
pub fn refuse(fault: &Fault) -> Reply {
    Reply {
        status: fault.kind.status,
        content_type: CONTENT_TYPE,
        headers: error_headers(fault.kind.name, &fault.message),
        body: aws_json::error_body(fault),
    }
}

#[cfg(test)]
mod tests;
