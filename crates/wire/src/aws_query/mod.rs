//! The Query dialect of STS and IAM: forms in, XML out (credentials-and-iam.md 2 and 3).

mod decode;
mod form;
mod xml;

pub use decode::decode;
pub use form::Form;

use crate::Reply;
use crate::scalar;
use contract::{ErrorMeta, Fault, Kind, OperationMeta, Service, Value};
use xml::Xml;

/// `Content-Type` of answers.
pub const CONTENT_TYPE: &str = "text/xml";

macro_rules! common {
    ($($(#[$doc:meta])* $name:ident = $code:literal $status:literal),* $(,)?) => {
        $($(#[$doc])* pub static $name: ErrorMeta = ErrorMeta { name: $code, code: $code, status: $status, server: false };)*
    };
}
common! {
    /// The form cannot be read, or a value has the wrong type.
    MALFORMED_INPUT = "MalformedInput" 400,
    /// No such action in this version.
    INVALID_ACTION = "InvalidAction" 400,
    /// The form names no action.
    MISSING_ACTION = "MissingAction" 400,
}

/// The namespace of a service's XML.
#[must_use]
pub fn namespace(service: Service) -> &'static str {
    match service {
        Service::Iam => "https://iam.amazonaws.com/doc/2010-05-08/",
        _ => "https://sts.amazonaws.com/doc/2011-06-15/",
    }
}

/// The API version a service expects in `Version`.
#[must_use]
pub fn version(service: Service) -> &'static str {
    match service {
        Service::Iam => "2010-05-08",
        _ => "2011-06-15",
    }
}

/// Longest piece of a caller's action that an error repeats.
const ACTION_SHOWN_MAX: usize = 128;

/// The refusal of an action that is not served, or of a form that names none (CR-34).
#[must_use]
pub fn no_such_action(form: &Form) -> Fault {
    let Some(action) = form.action() else {
        return Fault::new(&MISSING_ACTION, "The request must contain the parameter Action");
    };
    let shown: String = action.chars().take(ACTION_SHOWN_MAX).collect();
    let version: String = form.version().unwrap_or("").chars().take(ACTION_SHOWN_MAX).collect();
    Fault::new(&INVALID_ACTION, format!("Could not find operation {shown} for version {version}"))
}

/// Writes a successful answer: `<OpResponse><OpResult>…</OpResult><ResponseMetadata>…`.
#[must_use]
pub fn encode(meta: &OperationMeta, output: &Value, request_id: &str) -> Vec<u8> {
    let mut xml = Xml::default();
    let response = format!("{}Response", meta.name);
    xml.open_in(&response, namespace(meta.service));
    if let (Some(Kind::Struct { members }), Value::Struct(places)) = (meta.output.map(|shape| &shape.kind), output) {
        if let Some(wrapper) = meta.result_wrapper {
            xml.open(wrapper);
        }
        xml.members(members, places);
        if let Some(wrapper) = meta.result_wrapper {
            xml.close(wrapper);
        }
    }
    xml.open("ResponseMetadata");
    xml.leaf("RequestId", request_id);
    xml.close("ResponseMetadata");
    xml.close(&response);
    xml.into_bytes()
}

/// Turns a fault into the XML that Query clients read; the model's own code names it (`NoSuchEntity`).
#[must_use]
pub fn refuse(service: Service, fault: &Fault, request_id: &str) -> Reply {
    let mut xml = Xml::default();
    xml.open_in("ErrorResponse", namespace(service));
    xml.open("Error");
    xml.leaf("Type", if fault.kind.server { "Receiver" } else { "Sender" });
    xml.leaf("Code", fault.kind.code);
    xml.leaf("Message", &fault.message);
    xml.close("Error");
    xml.leaf("RequestId", request_id);
    xml.close("ErrorResponse");
    Reply { status: fault.kind.status, content_type: CONTENT_TYPE, headers: Vec::new(), body: xml.into_bytes() }
}

#[cfg(test)]
mod tests;
