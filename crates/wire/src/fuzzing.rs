//! Bodies of the fuzz targets: any bytes in, never a panic, and what was read must survive being written and read again.
//!
//! A stable test replays the committed corpus and its mutations through the same functions (`tests/corpus.rs`).

use crate::rest_json::Routes;
use crate::{Reply, aws_json, aws_query, json, rest_json};
use contract::{Fault, Kind, OperationMeta, Shape, Value, cognito_identity, cognito_idp, cognito_sync, iam, sts};
use std::sync::LazyLock;

/// JSON 1.1: two bytes choose the operation, the rest is the body.
pub fn json(data: &[u8]) {
    let operations = [cognito_idp::operations::OPERATIONS, cognito_identity::operations::OPERATIONS];
    let (Some(meta), body) = chosen(&operations, data) else { return };
    match aws_json::decode(meta.input, body) {
        Ok(value) => assert!(again(meta.input, &value).as_ref() == Some(&value), "{} changed on its way", meta.name),
        Err(fault) => blames_the_caller(&aws_json::refuse(&fault.into())),
    }
}

/// Query: two bytes choose the operation, the rest is the form.
pub fn query(data: &[u8]) {
    let (Some(meta), body) = chosen(&[sts::operations::OPERATIONS, iam::operations::OPERATIONS], data) else { return };
    let read = aws_query::Form::read("", body).map(|form| {
        blames_the_caller(&aws_query::refuse(meta.service, &aws_query::no_such_action(&form), "id"));
        aws_query::decode(meta.input, &form)
    });
    if let Ok(Err(fault)) | Err(fault) = read {
        blames_the_caller(&aws_query::refuse(meta.service, &Fault::from(fault), "id"));
    }
}

/// REST-JSON: lines of method, path, query string and client context, then the body.
pub fn rest(data: &[u8]) {
    static ROUTES: LazyLock<Routes> =
        LazyLock::new(|| Routes::new(cognito_sync::operations::OPERATIONS.iter().copied()));
    let mut lines = data.splitn(5, |byte| *byte == b'\n');
    let mut line = || lines.next().and_then(|line| std::str::from_utf8(line).ok()).unwrap_or_default();
    let (method, path, query, context) = (line(), line(), line(), line());
    let Some(found) = ROUTES.find(method, path) else { return };
    let body = lines.next().unwrap_or_default();
    if let Err(fault) = rest_json::decode(&found, query, |_| Some(context), body) {
        blames_the_caller(&rest_json::refuse(&fault.into()));
    }
}

fn chosen<'d>(services: &[&[&'static OperationMeta]], data: &'d [u8]) -> (Option<&'static OperationMeta>, &'d [u8]) {
    let Some(([high, low], body)) = data.split_first_chunk() else { return (None, data) };
    let count: usize = services.iter().map(|service| service.len()).sum();
    let nth = usize::from(u16::from_be_bytes([*high, *low])) % count.max(1);
    (services.iter().copied().flatten().nth(nth).copied(), body)
}

/// RL-13: bytes that cannot be read are a 4xx, never ours.
fn blames_the_caller(reply: &Reply) {
    assert!((400..500).contains(&reply.status), "status {}", reply.status);
}

fn again(shape: &'static Shape, value: &Value) -> Option<Value> {
    let (Kind::Struct { members }, Value::Struct(places)) = (&shape.kind, value) else { return None };
    let mut out = Vec::new();
    json::push_members(&mut out, members, places);
    json::read(shape, &out).ok()
}
