//! The operations of a service: a file for each, the table of all.

use super::errors::stem;
use super::names::{shout, snake, type_name};
use super::service::Service;
use super::settings;
use super::types::{structure, uses};
use crate::facts::OperationFacts;
use anyhow::bail;
use std::fmt::Write;

/// `mod.rs` of the service.
pub(crate) fn module(service: &Service) -> String {
    format!(
        "//! The contract of `{}` (API version {}, {}).\n\n\
         pub mod authorisation;\npub mod enums;\npub mod errors;\npub mod fault;\npub mod operations;\npub mod ops;\npub mod patterns;\npub mod shapes;\npub mod types;\n\n\
         pub use ops::*;\n",
        service.facts.service, service.facts.api_version, service.facts.source
    )
}

/// `ops/mod.rs`.
pub(crate) fn list(service: &Service) -> String {
    let mut mods: Vec<String> =
        service.facts.operations.keys().map(|name| format!("pub mod {};\n", snake(name))).collect();
    mods.sort();
    let mods = mods.concat();
    format!("//! The operations of `{}`, one file each.\n\n{mods}", service.facts.service)
}

/// `operations.rs`.
pub(crate) fn table(service: &Service) -> String {
    let facts = &service.facts;
    let metas: String = facts.operations.keys().map(|name| format!("&super::{}::META,\n", snake(name))).collect();
    format!(
        "//! All operations of `{name}`.\n\nuse super::authorisation::AUTHORISATION;\nuse crate::shape::{{OperationMeta, Service, ServiceMeta}};\n\n\
         /// Every operation, sorted by name.\npub static OPERATIONS: &[&OperationMeta] = &[{metas}];\n\n\
         /// What is known about the service itself.\npub static SERVICE: ServiceMeta = ServiceMeta {{ service: Service::{variant}, name: {name:?}, \
         protocol: {protocol:?}, api_version: {version:?}, target_prefix: {prefix:?}, xml_namespace: {namespace:?}, operations: OPERATIONS, authorisation: AUTHORISATION }};\n\n\
         /// The operation of that name.\n#[must_use]\npub fn find(name: &str) -> Option<&'static OperationMeta> {{ SERVICE.operation(name) }}\n",
        name = facts.service,
        variant = service_variant(&facts.service),
        protocol = facts.protocol,
        version = facts.api_version,
        prefix = facts.target_prefix,
        namespace = facts.xml_namespace,
    )
}

/// Every operation as a type, for the tests that take each of them both ways.
pub(crate) fn typed(services: &[Service]) -> String {
    let paths = services.iter().flat_map(|service| {
        service.facts.operations.keys().map(move |name| format!("contract::{}::{}", service.module, snake(name)))
    });
    let paths: Vec<String> = paths.collect();
    format!(
        "//! Every operation of every service.\n\n/// Each with both ways between values and its types.\n\
         pub static OPERATIONS: &[super::Typed] = super::typed![\n{},\n];\n",
        paths.join(",\n")
    )
}

fn service_variant(name: &str) -> String {
    name.split('-').map(type_name).collect()
}

/// The file of one operation.
pub(crate) fn file(service: &Service, name: &str, operation: &OperationFacts) -> anyhow::Result<String> {
    let mut input = end(service, operation.input.as_deref(), "Input", "The request")?;
    input.push_str(&settings::conversion(service, operation.input.as_deref().unwrap_or_default())?);
    let output = end(service, operation.output.as_deref(), "Output", "The answer")?;
    let meta = meta(service, name, operation)?;
    let body = format!(
        "/// The operation as a type.\n#[derive(Debug, Clone, Copy)]\npub struct Op;\n\n\
         impl Operation for Op {{\n    type Input = Input;\n    type Output = Output;\n    const META: &'static OperationMeta = &META;\n}}\n\n\
         {input}\n{output}\n{meta}"
    );
    let mut uses = uses(&body).replace("super::shapes", "super::super::shapes");
    if body.contains(" types::") || body.contains("<types::") {
        uses.insert_str(0, "use super::super::types;\n");
    }
    if body.contains("&errors::") {
        uses.insert_str(0, "use super::super::errors;\n");
    }
    Ok(format!(
        "//! `{name}` of `{}`: {}.\n\nuse crate::Operation;\nuse crate::shape::{{Auth, OperationMeta, OutputKind, Service}};\n{uses}\n{body}",
        service.facts.service,
        auth_words(&operation.auth)?
    ))
}

/// `Input` or `Output`: a structure of its own, a shared one, or an empty one where the model names none.
fn end(service: &Service, shape: Option<&str>, rust: &str, doc: &str) -> anyhow::Result<String> {
    Ok(match shape {
        Some(shape) if service.own.contains(shape) => {
            structure(service, shape, rust, &format!("{doc}, `{shape}`."), "types::")?
        }
        Some(shape) => format!("/// {doc}, `{shape}`.\npub type {rust} = types::{};\n", type_name(shape)),
        None => format!(
            "/// {doc}: the model names none.\n#[derive(Debug, Clone, Default, PartialEq)]\npub struct {rust} {{}}\n\
             crate::generate::structure!({rust} = crate::shape::NOTHING {{}});\n"
        ),
    })
}

fn meta(service: &Service, name: &str, operation: &OperationFacts) -> anyhow::Result<String> {
    let shape = |shape: &Option<String>| shape.as_deref().map(|shape| format!("&shapes::{}", shout(shape)));
    let errors: Vec<String> = operation.errors.iter().map(|error| format!("&errors::{}", shout(stem(error)))).collect();
    let kind = match operation.output_kind.as_str() {
        "empty" => "Empty",
        "empty_object" => "EmptyObject",
        "object" => "Object",
        other => bail!("unknown output kind {other}"),
    };
    let mut text =
        String::from("/// What is known about the operation.\npub static META: OperationMeta = OperationMeta {\n");
    writeln!(
        text,
        "service: Service::{},\nname: {name:?},\nauth: Auth::{},",
        service_variant(&service.facts.service),
        auth(&operation.auth)?
    )?;
    writeln!(text, "method: {:?},\nuri: {:?},", operation.method, operation.uri)?;
    writeln!(text, "input: {},", shape(&operation.input).unwrap_or_else(|| "&crate::shape::NOTHING".to_owned()))?;
    writeln!(
        text,
        "output: {},",
        shape(&operation.output).map_or("None".to_owned(), |shape| format!("Some({shape})"))
    )?;
    writeln!(text, "result_wrapper: {:?},\noutput_kind: OutputKind::{kind},", operation.result_wrapper)?;
    writeln!(text, "errors: &[{}],\n}};", errors.join(", "))?;
    Ok(text)
}

fn auth(kind: &str) -> anyhow::Result<&'static str> {
    Ok(match kind {
        "signed" => "Signed",
        "token" => "Token",
        "token_or_session" => "TokenOrSession",
        "public" => "Public",
        "signed_or_public" => "SignedOrPublic",
        other => bail!("unknown auth kind {other}"),
    })
}

fn auth_words(kind: &str) -> anyhow::Result<&'static str> {
    Ok(match kind {
        "signed" => "signed by SigV4",
        "token" => "carries an access token",
        "token_or_session" => "carries an access token or a challenge session",
        "public" => "public",
        "signed_or_public" => "signed or public",
        other => bail!("unknown auth kind {other}"),
    })
}
