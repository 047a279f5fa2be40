//! A value into JSON text along its shape, member by member in the order of the model.
//!
//! Total on purpose: values come from generated types and fit their shapes; one that does not is written as what it is.

use crate::stamps::push_epoch;
use contract::{Kind, Location, Member, Shape, Value};
use data_encoding::BASE64;

/// Writes an object of the members that travel in the body.
pub(crate) fn push_members(out: &mut Vec<u8>, members: &[Member], places: &[Option<Value>]) {
    out.push(b'{');
    let mut first = true;
    for (member, value) in members.iter().zip(places) {
        if let (Location::Body, Some(value)) = (member.location, value) {
            separate(out, &mut first);
            push_text(out, member.wire_name);
            out.push(b':');
            push_value(out, member.shape, value);
        }
    }
    out.push(b'}');
}

/// About as many bytes as that takes where most of it is text on the two upper floors: an answer with a token is not copied
/// while it grows.
pub(crate) fn room(members: &[Member], places: &[Option<Value>]) -> usize {
    fn of(value: &Value) -> usize {
        match value {
            Value::Text(text) => text.len() + 3,
            Value::Blob(bytes) => bytes.len() / 3 * 4 + 7,
            Value::Struct(places) => places.iter().flatten().map(|inner| 24 + of_leaf(inner)).sum(),
            _ => 24,
        }
    }
    fn of_leaf(value: &Value) -> usize {
        if let Value::Text(text) = value { text.len() + 3 } else { 64 }
    }
    let member = |(member, value): (&Member, &Option<Value>)| Some(member.wire_name.len() + 4 + of(value.as_ref()?));
    64 + members.iter().zip(places).filter_map(member).sum::<usize>()
}

/// Writes a string with its quotes.
pub(crate) fn push_text(out: &mut Vec<u8>, text: &str) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    let mut rest = text.as_bytes();
    while let Some(at) = first_special(rest) {
        let (plain, special) = rest.split_at(at);
        out.extend_from_slice(plain);
        let Some((byte, after)) = special.split_first() else { break };
        push_escape(out, *byte);
        rest = after;
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

/// Where the first byte is that does not stand for itself. Nearly none does: tokens are looked through eight bytes at once.
fn first_special(text: &[u8]) -> Option<usize> {
    let special = |byte: &u8| *byte < 0x20 || matches!(byte, b'"' | b'\\');
    let (words, _) = text.as_chunks::<8>();
    let start = words.iter().take_while(|word| !any_special(u64::from_ne_bytes(**word))).count() * 8;
    text.get(start..)?.iter().position(special).map(|at| start + at)
}

/// Whether one of eight bytes is below a blank, a quote or a backslash. (A byte that a borrow reaches may seem to be one only
/// beside one that is.)
const fn any_special(word: u64) -> bool {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES << 7;
    let below = word.wrapping_sub(ONES * 0x20) & !word;
    let (quote, backslash) = (word ^ (ONES * b'"' as u64), word ^ (ONES * b'\\' as u64));
    let zero = (quote.wrapping_sub(ONES) & !quote) | (backslash.wrapping_sub(ONES) & !backslash);
    (below | zero) & HIGH != 0
}

fn push_escape(out: &mut Vec<u8>, byte: u8) {
    match byte {
        b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'\t' => out.extend_from_slice(b"\\t"),
        _ => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
    }
}

fn push_value(out: &mut Vec<u8>, shape: &Shape, value: &Value) {
    match value {
        Value::Bool(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
        Value::Int(value) => out.extend_from_slice(value.to_string().as_bytes()),
        Value::Float(value) => push_float(out, *value),
        Value::Text(value) => push_text(out, value),
        Value::Blob(bytes) => {
            out.push(b'"');
            out.extend_from_slice(BASE64.encode(bytes).as_bytes());
            out.push(b'"');
        }
        Value::Time(moment) => push_epoch(out, *moment),
        Value::Document(document) => out.extend_from_slice(document.to_string().as_bytes()),
        Value::List(items) => push_list(out, shape, items),
        Value::Map(entries) => push_map(out, shape, entries),
        Value::Struct(places) => match &shape.kind {
            Kind::Struct { members } => push_members(out, members, places),
            _ => out.extend_from_slice(b"{}"),
        },
    }
}

fn push_list(out: &mut Vec<u8>, shape: &Shape, items: &[Value]) {
    let inner = if let Kind::List { member, .. } = shape.kind { member } else { shape };
    out.push(b'[');
    let mut first = true;
    for item in items {
        separate(out, &mut first);
        push_value(out, inner, item);
    }
    out.push(b']');
}

fn push_map(out: &mut Vec<u8>, shape: &Shape, entries: &[(String, Value)]) {
    let inner = if let Kind::Map { value, .. } = shape.kind { value } else { shape };
    out.push(b'{');
    let mut first = true;
    for (key, value) in entries {
        separate(out, &mut first);
        push_text(out, key);
        out.push(b':');
        push_value(out, inner, value);
    }
    out.push(b'}');
}

/// JSON has no words for the three odd ones; the AWS dialects write them as text.
fn push_float(out: &mut Vec<u8>, value: f64) {
    let text = match value {
        v if v.is_nan() => "\"NaN\"".to_owned(),
        v if v.is_infinite() => if v > 0.0 { "\"Infinity\"" } else { "\"-Infinity\"" }.to_owned(),
        v => v.to_string(),
    };
    out.extend_from_slice(text.as_bytes());
}

fn separate(out: &mut Vec<u8>, first: &mut bool) {
    if !std::mem::take(first) {
        out.push(b',');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_that_needs_an_escape_is_found_wherever_it_stands() {
        for byte in 0..=u8::MAX {
            for at in 0..19 {
                let mut text = [b'a'; 19];
                text[at] = byte;
                let needs = byte < 0x20 || byte == b'"' || byte == b'\\';
                assert_eq!(first_special(&text), needs.then_some(at), "{byte} at {at}");
                // Beside it what a borrow could reach.
                if let Some(next) = text.get_mut(at + 1) {
                    *next = b' ';
                    assert_eq!(first_special(&text), needs.then_some(at), "{byte} at {at}, a blank behind");
                }
            }
        }
    }
}
