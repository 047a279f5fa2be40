//! A REST request into a value: each member from where it travels.

use super::Found;
use crate::place::{Step, located};
use crate::{DecodeFault, json, percent, scalar};
use contract::fault::common::SERIALIZATION;
use contract::{Kind, Location, Member, Value};
use std::borrow::Cow;

/// Reads a request along the input shape of the operation found. `header` gives a header by its name, in any case.
///
/// # Errors
/// `SerializationException` as in JSON 1.1, and for labels, query and header values of the wrong type.
pub fn decode<'h>(
    found: &Found<'_>,
    query: &str,
    header: impl Fn(&str) -> Option<&'h str>,
    body: &[u8],
) -> Result<Value, DecodeFault> {
    let Kind::Struct { members } = &found.meta.input.kind else { return Ok(Value::Struct(Vec::new())) };
    let in_body = members.iter().any(|member| member.location == Location::Body);
    // A body nobody reads is not worth an error; proxies add `{}` or a stray line to GET and DELETE.
    let value = json::read(found.meta.input, if in_body { body } else { b"" })?;
    let Value::Struct(mut places) = value else { return Ok(value) };
    let asked = parameters(query)?;
    for (member, place) in members.iter().zip(&mut places) {
        let text = match member.location {
            Location::Uri => label(found, member)?,
            Location::Query => asked.iter().find(|(name, _)| *name == member.wire_name).map(|(_, value)| value.clone()),
            Location::Header => header(member.wire_name).map(Cow::Borrowed),
            Location::Body | Location::Status | Location::Payload => continue,
        };
        *place = text.map(|text| read(member, &text)).transpose()?;
    }
    Ok(Value::Struct(places))
}

fn label<'p>(found: &Found<'p>, member: &Member) -> Result<Option<Cow<'p, str>>, DecodeFault> {
    let raw = found.labels.iter().find(|(name, _)| *name == member.wire_name);
    raw.map(|(_, raw)| percent::decode_label(raw))
        .transpose()
        .map_err(|_| refusal("The path is not valid percent-encoded UTF-8"))
}

type Parameters<'q> = Vec<(Cow<'q, str>, Cow<'q, str>)>;

fn parameters(query: &str) -> Result<Parameters<'_>, DecodeFault> {
    let asked: Parameters<'_> = percent::pairs(query)
        .collect::<Result<_, _>>()
        .map_err(|_| refusal("The query string is not valid percent-encoded UTF-8"))?;
    let mut names: Vec<&str> = asked.iter().map(|(name, _)| name.as_ref()).collect();
    names.sort_unstable();
    if names.is_sorted_by(|a, b| a < b) { Ok(asked) } else { Err(refusal("A parameter is given twice")) }
}

fn read(member: &Member, text: &str) -> Result<Value, DecodeFault> {
    scalar::read(member.shape, text).ok_or_else(|| {
        let problem = format!("The value can not be converted to {}", scalar::wanted(member.shape));
        refusal(located(problem, [Step::Member(member.camel)]))
    })
}

fn refusal(message: impl Into<String>) -> DecodeFault {
    DecodeFault::new(&SERIALIZATION, message)
}
