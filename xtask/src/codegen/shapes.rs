//! `shapes.rs` and `patterns.rs` of a service: the static tables that codecs and checks read.

use super::names::{lower_camel, shout, type_name};
use super::patterns::{by_hand, matcher, raw};
use super::service::Service;
use crate::facts::{MemberFacts, ShapeFacts};
use anyhow::{Context, bail};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The shapes.
pub(crate) fn tables(service: &Service) -> anyhow::Result<String> {
    let mut body = String::new();
    let mut seen = BTreeMap::new();
    let patterns = pattern_names(service);
    for (name, shape) in service.facts.shapes.iter().filter(|(_, shape)| shape.error.is_none()) {
        if let Some(other) = seen.insert(shout(name), name) {
            bail!("shapes {other} and {name} want the same name");
        }
        let kind = kind(service, name, shape, &patterns).with_context(|| format!("shape {name}"))?;
        writeln!(
            body,
            "/// `{name}`.\npub static {}: Shape = Shape {{ name: {name:?}, sensitive: {}, kind: {kind} }};",
            shout(name),
            shape.sensitive
        )?;
    }
    let mut head = format!("//! Shapes of `{}`.\n\n", service.facts.service);
    let uses = [
        ("Location::", "use crate::shape::Location;\n"),
        ("patterns::", "use super::patterns;\n"),
        ("enums::", "use super::enums;\n"),
    ];
    for (word, line) in uses {
        if body.contains(word) {
            head.push_str(line);
        }
    }
    head.push_str("use crate::shape::{Kind, Shape};\n");
    for how in ["may", "need"] {
        if body.contains(&format!(" {how}(")) || body.contains(&format!("[{how}(")) {
            writeln!(head, "use crate::shape::{how};")?;
        }
    }
    Ok(format!("{head}\n{body}"))
}

/// The patterns, each compiled once however many shapes share it.
pub(crate) fn patterns(service: &Service) -> anyhow::Result<String> {
    let mut body = String::new();
    for (pattern, name) in pattern_names(service) {
        let matches = match service.by_hand.get(pattern) {
            Some(check) => by_hand(check),
            None => matcher(pattern)?,
        };
        writeln!(
            body,
            "/// `{pattern}`.\npub static {name}: Pattern = Pattern {{ text: {}, matches: {matches} }};",
            raw(pattern)
        )?;
    }
    let allow = "#![allow(clippy::manual_is_ascii_check)] // classes are spelled as the contract spells them";
    let mut head = format!("//! Patterns of `{}`.\n\n{allow}\n\n", service.facts.service);
    if body.contains("LazyLock") {
        head.push_str("use crate::pattern::compile;\nuse std::sync::LazyLock;\n");
    }
    if body.contains("stranger(") {
        head.push_str("use crate::pattern::stranger;\n");
    }
    if !body.is_empty() {
        head.push_str("use crate::pattern::{Matcher, Pattern};\n");
    }
    Ok(format!("{head}\n{body}"))
}

/// A pattern goes by the name of the first shape that has it.
fn pattern_names(service: &Service) -> BTreeMap<&str, String> {
    let mut names = BTreeMap::new();
    for (name, shape) in service.facts.shapes.iter().filter(|(_, shape)| shape.error.is_none()) {
        if let Some(pattern) = &shape.pattern {
            names.entry(pattern.as_str()).or_insert_with(|| shout(name));
        }
    }
    names
}

fn kind(
    service: &Service,
    name: &str,
    shape: &ShapeFacts,
    patterns: &BTreeMap<&str, String>,
) -> anyhow::Result<String> {
    let (min, max) = (bound(shape.min), bound(shape.max));
    let part = |part: &Option<String>| part.as_deref().map(reference).context("no member shape");
    Ok(match shape.kind.as_str() {
        "structure" if shape.document => "Kind::Document".to_owned(),
        "structure" => {
            let members = service.facts.members(name).iter().map(member);
            format!("Kind::Struct {{ members: &[{}] }}", members.collect::<Vec<_>>().join(", "))
        }
        "string" => {
            let pattern = shape.pattern.as_deref().and_then(|p| patterns.get(p));
            let pattern = pattern.map_or("None".to_owned(), |name| format!("Some(&patterns::{name})"));
            let enums =
                if shape.values.is_empty() { "&[]".to_owned() } else { format!("enums::{}::NAMES", type_name(name)) };
            format!("Kind::Text {{ min: {min}, max: {max}, pattern: {pattern}, enums: {enums} }}")
        }
        "blob" => format!("Kind::Blob {{ min: {min}, max: {max} }}"),
        "integer" | "long" => format!("Kind::Int {{ min: {min}, max: {max}, long: {} }}", shape.kind == "long"),
        "float" | "double" => "Kind::Float".to_owned(),
        "boolean" => "Kind::Bool".to_owned(),
        "timestamp" => {
            let iso = match shape.timestamp_format.as_deref() {
                Some(format) => format == "iso8601",
                None => service.facts.protocol == "query",
            };
            format!("Kind::Time {{ iso: {iso} }}")
        }
        "list" => format!(
            "Kind::List {{ member: {}, min: {min}, max: {max}, item_name: {:?}, flattened: {} }}",
            part(&shape.member)?,
            shape.item_name.as_deref().unwrap_or("member"),
            shape.flattened
        ),
        "map" => format!(
            "Kind::Map {{ key: {}, value: {}, min: {min}, max: {max} }}",
            part(&shape.key)?,
            part(&shape.value)?
        ),
        other => bail!("unknown type {other}"),
    })
}

fn member(member: &MemberFacts) -> String {
    let how = if member.required { "need" } else { "may" };
    let mut text = format!("{how}({:?}, {:?}, {})", member.name, lower_camel(&member.name), reference(&member.shape));
    let place = match member.location.as_deref() {
        Some("uri") => Some("Uri"),
        Some("querystring") => Some("Query"),
        Some("header") => Some("Header"),
        Some("statusCode") => Some("Status"),
        _ => None,
    };
    let wire = member.location_name.as_deref();
    if place.is_some() || wire.is_some_and(|wire| wire != member.name) {
        let _ = write!(text, ".at(Location::{}, {:?})", place.unwrap_or("Body"), wire.unwrap_or(&member.name));
    }
    text
}

fn reference(shape: &str) -> String {
    format!("&{}", shout(shape))
}

fn bound(bound: Option<i64>) -> String {
    format!("{bound:?}")
}
