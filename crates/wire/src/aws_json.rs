//! AWS JSON 1.1, the dialect of user pools and identity pools (user-pools.md 1).

use crate::DecodeFault;
use crate::json;
use crate::reply::{Reply, error_headers};
use contract::{Fault, Kind, OperationMeta, OutputKind, Shape, Value};

/// `Content-Type` of requests and answers.
pub const CONTENT_TYPE: &str = "application/x-amz-json-1.1";

/// Reads a request body along the operation's input shape. No bytes are `{}`, null is absent, unknown members are passed over.
///
/// # Errors
/// `SerializationException` for what is no JSON object, has a wrong type, repeats a name, or is too deep or too large.
/// The sentence names the place and never quotes what was sent.
pub fn decode(input: &'static Shape, body: &[u8]) -> Result<Value, DecodeFault> {
    json::read(input, body)
}

/// Writes the body of a successful answer: nothing for operations without an output shape, `{}` for an empty one (UP-5).
#[must_use]
pub fn encode(meta: &OperationMeta, output: &Value) -> Vec<u8> {
    match (meta.output_kind, meta.output.map(|shape| &shape.kind), output) {
        (OutputKind::Empty, ..) => Vec::new(),
        (OutputKind::Object, Some(Kind::Struct { members }), Value::Struct(places)) => {
            let mut out = Vec::with_capacity(json::room(members, places));
            json::push_members(&mut out, members, places);
            out
        }
        _ => b"{}".to_vec(),
    }
}

/// Turns a fault into the answer clients branch on: `__type` and `message` in the body, the code again in a header (1.5, 1.6).
#[must_use]
pub fn refuse(fault: &Fault) -> Reply {
    Reply {
        status: fault.kind.status,
        content_type: CONTENT_TYPE,
        headers: error_headers(fault.kind.name, &fault.message),
        body: error_body(fault),
    }
}

/// `{"__type":…,"message":…}`; a fault without a sentence, as for an unknown target, has only its type (1.8).
pub(crate) fn error_body(fault: &Fault) -> Vec<u8> {
    let mut out = b"{\"__type\":".to_vec();
    json::push_text(&mut out, fault.kind.name);
    if !fault.message.is_empty() {
        out.extend_from_slice(b",\"message\":");
        json::push_text(&mut out, &fault.message);
    }
    if let Some(reason) = &fault.reason {
        out.extend_from_slice(b",\"reasonCode\":");
        json::push_text(&mut out, reason);
    }
    out.push(b'}');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{SAMPLE, filled};
    use contract::fault::common::{INTERNAL_FAILURE, UNKNOWN_OPERATION};
    use contract::{Auth, ErrorMeta, Service};

    static REFUSED: ErrorMeta =
        ErrorMeta { name: "NotAuthorizedException", code: "NotAuthorizedException", status: 400, server: false };

    const fn operation(output: Option<&'static Shape>, output_kind: OutputKind) -> OperationMeta {
        OperationMeta {
            service: Service::CognitoIdp,
            name: "Sample",
            auth: Auth::Public,
            method: "POST",
            uri: "/",
            input: &SAMPLE,
            output,
            result_wrapper: None,
            output_kind,
            errors: &[],
        }
    }

    #[test]
    fn up_05_no_output_shape_is_no_body_and_an_empty_one_is_two_braces() {
        assert_eq!(encode(&operation(None, OutputKind::Empty), &Value::Struct(vec![])), b"");
        assert_eq!(encode(&operation(Some(&SAMPLE), OutputKind::EmptyObject), &Value::Struct(vec![])), b"{}");
        assert_eq!(encode(&operation(Some(&SAMPLE), OutputKind::Object), &filled(&[])), b"{}");
        let on = filled(&[("On", Value::Bool(true))]);
        assert_eq!(encode(&operation(Some(&SAMPLE), OutputKind::Object), &on), br#"{"On":true}"#);
    }

    #[test]
    fn an_error_names_its_code_in_body_and_header() {
        let reply = refuse(&Fault::new(&REFUSED, "Incorrect username or password."));
        assert_eq!(reply.status, 400);
        assert_eq!(reply.body, br#"{"__type":"NotAuthorizedException","message":"Incorrect username or password."}"#);
        assert_eq!(
            reply.headers,
            [
                ("x-amzn-ErrorType", "NotAuthorizedException:".to_owned()),
                ("x-amzn-ErrorMessage", "Incorrect username or password.".to_owned())
            ]
        );
        assert_eq!(refuse(&Fault::new(&INTERNAL_FAILURE, "")).status, 500);
    }

    #[test]
    fn a_sentence_that_is_no_header_travels_in_the_body_alone() {
        let reply = refuse(&Fault::new(&REFUSED, "bad value\r\nSet-Cookie: a=\"b\""));
        assert_eq!(reply.headers.len(), 1);
        assert_eq!(reply.body, br#"{"__type":"NotAuthorizedException","message":"bad value\r\nSet-Cookie: a=\"b\""}"#);
    }

    #[test]
    fn up_01_an_unknown_target_has_a_type_and_no_sentence() {
        assert_eq!(refuse(&Fault::new(&UNKNOWN_OPERATION, "")).body, br#"{"__type":"UnknownOperationException"}"#);
    }

    #[test]
    fn the_reason_code_stands_beside_the_message() {
        let mut fault = Fault::new(&REFUSED, "no");
        fault.reason = Some("why".to_owned());
        assert_eq!(refuse(&fault).body, br#"{"__type":"NotAuthorizedException","message":"no","reasonCode":"why"}"#);
    }
}
