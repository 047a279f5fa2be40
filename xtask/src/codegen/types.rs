//! `types.rs` and `enums.rs` of a service, and the structures inside operation files.

use super::names::{shout, snake, type_name, variant};
use super::service::Service;
use crate::facts::MemberFacts;
use anyhow::bail;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Structures that operations share.
pub(crate) fn structures(service: &Service) -> anyhow::Result<String> {
    let mut body = String::new();
    let mut seen = BTreeMap::new();
    for (name, _) in service.structures().filter(|(name, _)| !service.own.contains(*name)) {
        if let Some(other) = seen.insert(type_name(name), name) {
            bail!("shapes {other} and {name} want the same type name");
        }
        body.push_str(&structure(service, name, &type_name(name), &format!("`{name}`."), "")?);
    }
    let has_enums = service.facts.shapes.values().any(|shape| !shape.values.is_empty());
    let enums = if has_enums { "pub use super::enums::*;\n" } else { "" };
    Ok(format!("//! Structures of `{}` that operations share.\n\n{enums}{}{body}", service.facts.service, uses(&body)))
}

/// The imports a body of structures needs.
pub(crate) fn uses(body: &str) -> String {
    let candidates = [
        ("shapes::", "use super::shapes;\n"),
        ("structure!", "use crate::generate::structure;\n"),
        ("IndexMap<", "use indexmap::IndexMap;\n"),
        ("Secret<", "use kernel::Secret;\n"),
        ("Time>", "use kernel::Time;\n"),
        (": Time,", "use kernel::Time;\n"),
    ];
    let mut lines: Vec<&str> =
        candidates.iter().filter(|(word, _)| body.contains(word)).map(|(_, line)| *line).collect();
    lines.dedup();
    format!("{}\n", lines.concat())
}

/// One structure under the name `rust`.
pub(crate) fn structure(service: &Service, name: &str, rust: &str, doc: &str, types: &str) -> anyhow::Result<String> {
    let members = service.facts.members(name);
    let withheld = service.shape(name)?.sensitive;
    let mut derives = vec!["Debug", "Clone"];
    if service.has_default(name) {
        derives.push("Default");
    }
    if !service.has_secret(name, false) {
        derives.push("PartialEq");
    }
    let mut fields = String::new();
    let mut places = Vec::new();
    for member in members {
        let plain = service.rust_type(&member.shape, withheld, types)?;
        let (how, kind) = if member.required { ("need", plain) } else { ("maybe", format!("Option<{plain}>")) };
        let field = snake(&member.name);
        writeln!(fields, "/// {}\npub {field}: {kind},", describe(service, member)?)?;
        places.push(format!("{how} {field}"));
    }
    let places = places.join(", ");
    let shape = shout(name);
    let (open, close) = if members.is_empty() { ("", "") } else { ("\n", "\n") };
    Ok(format!(
        "/// {doc}\n#[derive({})]\npub struct {rust} {{{open}{fields}{close}}}\nstructure!({rust} = shapes::{shape} {{ {places} }});\n\n",
        derives.join(", ")
    ))
}

/// The facts about a member in one line.
fn describe(service: &Service, member: &MemberFacts) -> anyhow::Result<String> {
    let shape = service.shape(&member.shape)?;
    let mut text = format!("`{}`", member.shape);
    if member.required {
        text.push_str(", required");
    }
    if member.deprecated {
        text.push_str(", deprecated");
    }
    let unit = match shape.kind.as_str() {
        "string" => " characters",
        "blob" => " bytes",
        "list" | "map" => " entries",
        _ => "",
    };
    match (shape.min, shape.max) {
        (Some(min), Some(max)) if min == max => write!(text, "; {min}{unit}")?,
        (Some(min), Some(max)) => write!(text, "; {min} to {max}{unit}")?,
        (Some(min), None) => write!(text, "; {min} or more{unit}")?,
        (None, Some(max)) => write!(text, "; at most {max}{unit}")?,
        (None, None) => {}
    }
    if let Some(pattern) = &shape.pattern {
        write!(text, "; `{pattern}`")?;
    }
    text.push('.');
    Ok(text)
}

/// Closed sets of values.
pub(crate) fn enums(service: &Service) -> anyhow::Result<String> {
    let mut body = String::new();
    let enums = service.facts.shapes.iter().filter(|(_, shape)| !shape.values.is_empty());
    for (name, shape) in enums {
        let mut seen = BTreeMap::new();
        let mut variants = Vec::new();
        for value in &shape.values {
            let variant = variant(value);
            if let Some(other) = seen.insert(variant.clone(), value) {
                bail!("values {other} and {value} of {name} want the same variant name");
            }
            variants.push(format!("    {variant} = {value:?},\n"));
        }
        write!(body, "text_enum!({} {{\n{}}});\n\n", type_name(name), variants.concat())?;
    }
    let import = if body.is_empty() { "" } else { "use crate::generate::text_enum;\n\n" };
    Ok(format!("//! Closed sets of values of `{}`.\n\n{import}{body}", service.facts.service))
}
