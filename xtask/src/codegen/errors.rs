//! `errors.rs` and `fault.rs` of a service: its error vocabulary and a constructor for each word.

use super::names::{shout, snake};
use super::service::Service;
use crate::facts::ErrorFacts;
use std::fmt::Write;

/// The errors as tables.
pub(crate) fn table(service: &Service) -> String {
    let mut body = format!("//! Errors of `{}`.\n\nuse crate::fault::ErrorMeta;\n\n", service.facts.service);
    for (name, error) in errors(service) {
        let _ = writeln!(
            body,
            "/// `{name}`, HTTP {}.\npub static {}: ErrorMeta = ErrorMeta {{ name: {name:?}, code: {:?}, status: {}, server: {} }};",
            error.status,
            shout(stem(name)),
            error.code,
            error.status,
            error.fault || error.status >= 500
        );
    }
    let list: Vec<String> = errors(service).map(|(name, _)| format!("&{}", shout(stem(name)))).collect();
    let _ = writeln!(body, "\n/// All of them, by name.\npub static ALL: &[&ErrorMeta] = &[{}];", list.join(", "));
    body
}

/// A constructor for each.
pub(crate) fn constructors(service: &Service) -> String {
    let mut body =
        format!("//! Refusals of `{}`.\n\nuse super::errors;\nuse crate::fault::Fault;\n\n", service.facts.service);
    for (name, _) in errors(service) {
        let _ = writeln!(
            body,
            "/// A `{name}` with its sentence.\npub fn {}(message: impl Into<String>) -> Fault {{ Fault::new(&errors::{}, message) }}\n",
            snake(stem(name)),
            shout(stem(name))
        );
    }
    body
}

fn errors(service: &Service) -> impl Iterator<Item = (&str, &ErrorFacts)> {
    service.facts.shapes.iter().filter_map(|(name, shape)| Some((name.as_str(), shape.error.as_ref()?)))
}

/// The name without the word every error ends in.
pub(crate) fn stem(name: &str) -> &str {
    name.strip_suffix("Exception").unwrap_or(name)
}
