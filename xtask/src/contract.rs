//! `cargo xtask contract PATH_TO_BOTOCORE`: reduces botocore's service models to facts in `contract/*.json`.

#![allow(clippy::indexing_slicing, reason = "indexing a JSON value answers null for what is not there")]

use crate::facts::{ErrorFacts, Facts, MemberFacts, OperationFacts, Pagination, SERVICES, ShapeFacts};
use anyhow::{Context, bail};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Writes the facts of every service.
pub(crate) fn run(args: &[&str]) -> anyhow::Result<()> {
    let [path] = args else { bail!("usage: cargo xtask contract PATH_TO_BOTOCORE") };
    let selected = selected()?;
    for facts in reduce_all(Path::new(path))? {
        let wanted = selected.get(&facts.service).map(Vec::as_slice).unwrap_or_default();
        if let Some(missing) = wanted.iter().find(|name| !facts.operations.contains_key(*name)) {
            bail!("the model of {} has no operation {missing}, yet contract/selected.json names it", facts.service);
        }
        let text = pretty(&serde_json::to_value(&facts)?);
        let file = crate::root().join("contract").join(format!("{}.json", facts.service));
        std::fs::write(&file, text).with_context(|| format!("write {}", file.display()))?;
        println!("{:<18} {:>3} operations {:>4} shapes", facts.service, facts.operations.len(), facts.shapes.len());
    }
    Ok(())
}

/// The facts of every service of the contract, from a botocore.
pub(crate) fn reduce_all(botocore: &Path) -> anyhow::Result<Vec<Facts>> {
    let data = data_dir(botocore)?;
    let version = version(&data);
    let selected =
        std::fs::read_to_string(crate::root().join("contract/selected.json")).context("contract/selected.json")?;
    let selected: BTreeMap<String, Vec<String>> = serde_json::from_str(&selected)?;
    SERVICES
        .iter()
        .map(|(service, partly)| {
            let dir = newest_version(&data.join(service))?;
            let model = read_model(&dir, "service-2")?;
            let pages = read_model(&dir, "paginators-1").unwrap_or(Value::Null);
            let only = partly.then(|| selected.get(*service).cloned().unwrap_or_default());
            reduce(service, &version, &model, &pages, only.as_deref()).with_context(|| format!("reduce {service}"))
        })
        .collect()
}

/// The operations that are taken from services of which only a part is served.
fn selected() -> anyhow::Result<BTreeMap<String, Vec<String>>> {
    let text =
        std::fs::read_to_string(crate::root().join("contract/selected.json")).context("contract/selected.json")?;
    serde_json::from_str(&text).context("contract/selected.json")
}

/// Accepts the directory that holds `botocore/`, the package itself, or its `data`.
fn data_dir(path: &Path) -> anyhow::Result<PathBuf> {
    ["botocore/data", "data", ""]
        .iter()
        .map(|below| path.join(below))
        .find(|dir| dir.join("cognito-idp").is_dir())
        .with_context(|| format!("no service models below {}", path.display()))
}

/// `__version__` of the package the data lies in.
fn version(data: &Path) -> String {
    let init = data.parent().map(|p| p.join("__init__.py")).and_then(|p| std::fs::read_to_string(p).ok());
    let version = init.as_deref().and_then(|text| {
        let line = text.lines().find(|l| l.starts_with("__version__"))?;
        line.split(['\'', '"']).nth(1).map(str::to_owned)
    });
    format!("botocore {}", version.unwrap_or_else(|| "unknown".to_owned()))
}

fn newest_version(service: &Path) -> anyhow::Result<PathBuf> {
    let entries = std::fs::read_dir(service).with_context(|| format!("list {}", service.display()))?;
    let mut dirs: Vec<PathBuf> = entries.filter_map(Result::ok).map(|e| e.path()).filter(|p| p.is_dir()).collect();
    dirs.sort();
    dirs.pop().with_context(|| format!("no version below {}", service.display()))
}

/// A model file, plain or compressed.
fn read_model(dir: &Path, name: &str) -> anyhow::Result<Value> {
    let plain = dir.join(format!("{name}.json"));
    let text = if plain.exists() {
        std::fs::read_to_string(&plain)?
    } else {
        let packed = dir.join(format!("{name}.json.gz"));
        let bytes = std::fs::read(&packed).with_context(|| format!("read {}", packed.display()))?;
        let mut text = String::new();
        flate2::read::GzDecoder::new(bytes.as_slice()).read_to_string(&mut text)?;
        text
    };
    Ok(serde_json::from_str(&text)?)
}

/// Reduces one model. `only` names the operations that are taken, all when `None`.
pub(crate) fn reduce(
    service: &str,
    source: &str,
    model: &Value,
    pages: &Value,
    only: Option<&[String]>,
) -> anyhow::Result<Facts> {
    let meta = &model["metadata"];
    let all = model["operations"].as_object().context("operations")?;
    let mut facts = Facts {
        service: service.to_owned(),
        source: source.to_owned(),
        api_version: text(meta, "apiVersion").context("apiVersion")?,
        protocol: text(meta, "protocol").context("protocol")?,
        target_prefix: text(meta, "targetPrefix"),
        xml_namespace: text(meta, "xmlNamespace"),
        operations: BTreeMap::new(),
        shapes: BTreeMap::new(),
    };
    let mut reached = BTreeSet::new();
    for (name, raw) in all.iter().filter(|(name, _)| only.is_none_or(|only| only.contains(name))) {
        let operation = operation(model, pages, name, raw)?;
        reached.extend(operation.input.iter().chain(&operation.output).chain(&operation.errors).cloned());
        facts.operations.insert(name.clone(), operation);
    }
    while let Some(name) = reached.pop_first() {
        if facts.shapes.contains_key(&name) {
            continue;
        }
        let shape = shape(&name, &model["shapes"][&name]).with_context(|| format!("shape {name}"))?;
        reached.extend(shape.members.iter().flatten().map(|m| m.shape.clone()));
        reached.extend([&shape.member, &shape.key, &shape.value].into_iter().flatten().cloned());
        facts.shapes.insert(name, shape);
    }
    Ok(facts)
}

fn text(value: &Value, key: &str) -> Option<String> {
    value[key].as_str().map(str::to_owned)
}

fn flag(value: &Value, key: &str) -> bool {
    value[key].as_bool().unwrap_or(false)
}

fn operation(model: &Value, pages: &Value, name: &str, raw: &Value) -> anyhow::Result<OperationFacts> {
    let input = text(&raw["input"], "shape");
    let output = text(&raw["output"], "shape");
    let output_kind = match &output {
        None => "empty",
        Some(shape) if model["shapes"][shape]["members"].as_object().is_none_or(serde_json::Map::is_empty) => {
            "empty_object"
        }
        Some(_) => "object",
    };
    let page = &pages["pagination"][name];
    let pagination = page.is_object().then(|| Pagination {
        input_token: page["input_token"].clone(),
        output_token: page["output_token"].clone(),
        result_key: page["result_key"].clone(),
        limit_key: text(page, "limit_key"),
        more_results: text(page, "more_results"),
    });
    let errors = raw["errors"].as_array().into_iter().flatten().filter_map(|e| text(e, "shape")).collect();
    Ok(OperationFacts {
        auth: auth(raw, input.as_ref().map_or(&Value::Null, |shape| &model["shapes"][shape])).to_owned(),
        method: text(&raw["http"], "method").context("http.method")?,
        uri: text(&raw["http"], "requestUri").context("http.requestUri")?,
        result_wrapper: text(&raw["output"], "resultWrapper"),
        input,
        output,
        output_kind: output_kind.to_owned(),
        pagination,
        errors,
    })
}

/// How an operation is authorised: by the noauth trait and by whether an access token is asked for.
fn auth(raw: &Value, input: &Value) -> &'static str {
    let unsigned = raw["authtype"] == "none"
        || raw["auth"].as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == "smithy.api#noAuth"));
    if !unsigned {
        return "signed";
    }
    let has = |member: &str| input["members"].get(member).is_some();
    let needs = |member: &str| input["required"].as_array().is_some_and(|r| r.iter().any(|name| name == member));
    match (has("AccessToken"), needs("AccessToken"), has("Session")) {
        (true, true, _) => "token",
        (true, false, true) => "token_or_session",
        _ => "public",
    }
}

fn shape(name: &str, raw: &Value) -> anyhow::Result<ShapeFacts> {
    let required: Vec<&str> = raw["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let members = raw["members"].as_object().map(|members| {
        let member = |(name, raw): (&String, &Value)| -> anyhow::Result<MemberFacts> {
            Ok(MemberFacts {
                shape: text(raw, "shape").context("member without shape")?,
                required: required.contains(&name.as_str()),
                deprecated: flag(raw, "deprecated"),
                location: text(raw, "location"),
                location_name: text(raw, "locationName"),
                name: name.clone(),
            })
        };
        members.iter().map(member).collect::<anyhow::Result<Vec<_>>>()
    });
    Ok(ShapeFacts {
        kind: text(raw, "type").context("no type")?,
        sensitive: flag(raw, "sensitive"),
        document: flag(raw, "document"),
        union: flag(raw, "union"),
        flattened: flag(raw, "flattened"),
        min: raw["min"].as_i64(),
        max: raw["max"].as_i64(),
        pattern: text(raw, "pattern"),
        timestamp_format: text(raw, "timestampFormat"),
        values: raw["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect(),
        member: text(&raw["member"], "shape"),
        item_name: text(&raw["member"], "locationName"),
        key: text(&raw["key"], "shape"),
        value: text(&raw["value"], "shape"),
        error: flag(raw, "exception").then(|| error(name, raw)),
        members: members.transpose()?,
    })
}

fn error(name: &str, raw: &Value) -> ErrorFacts {
    let fault = flag(raw, "fault");
    let status = raw["error"]["httpStatusCode"].as_u64().and_then(|s| u16::try_from(s).ok());
    ErrorFacts {
        code: text(&raw["error"], "code").unwrap_or_else(|| name.to_owned()),
        status: status.unwrap_or(if fault { 500 } else { 400 }),
        fault,
    }
}

/// JSON with one line per entry, as long as it fits: small differences make small diffs.
pub(crate) fn pretty(value: &Value) -> String {
    let mut out = String::new();
    lay_out(value, 0, &mut out);
    out.push('\n');
    out
}

const LINE_CHARS_MAX: usize = 160;

fn lay_out(value: &Value, indent: usize, out: &mut String) {
    let line = value.to_string();
    let empty_or_plain = match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        _ => true,
    };
    if empty_or_plain || (indent >= 4 && line.len() + indent <= LINE_CHARS_MAX) {
        out.push_str(&line);
        return;
    }
    let pad = " ".repeat(indent + 2);
    let (open, close) = if value.is_array() { ('[', ']') } else { ('{', '}') };
    out.push(open);
    let mut first = true;
    let mut separate = |out: &mut String| {
        out.push_str(if first { "\n" } else { ",\n" });
        out.push_str(&pad);
        first = false;
    };
    for item in value.as_array().into_iter().flatten() {
        separate(out);
        lay_out(item, indent + 2, out);
    }
    for (key, item) in value.as_object().into_iter().flatten() {
        separate(out);
        out.push_str(&Value::from(key.as_str()).to_string());
        out.push_str(": ");
        lay_out(item, indent + 2, out);
    }
    out.push('\n');
    out.push_str(&" ".repeat(indent));
    out.push(close);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn model() -> Value {
        json!({
            "metadata": {"apiVersion": "1", "protocol": "json", "targetPrefix": "T"},
            "operations": {
                "Get": {"http": {"method": "POST", "requestUri": "/"}, "input": {"shape": "GetIn"}, "output": {"shape": "GetOut"},
                        "errors": [{"shape": "Gone"}], "documentation": "prose"},
                "Enter": {"http": {"method": "POST", "requestUri": "/"}, "input": {"shape": "EnterIn"}, "authtype": "none"},
                "Verify": {"http": {"method": "POST", "requestUri": "/"}, "input": {"shape": "VerifyIn"}, "auth": ["smithy.api#noAuth"]},
                "Show": {"http": {"method": "POST", "requestUri": "/"}, "input": {"shape": "ShowIn"}, "authtype": "none"}
            },
            "shapes": {
                "GetIn": {"type": "structure", "required": ["Id"], "members": {"Id": {"shape": "Id", "documentation": "prose"}}},
                "GetOut": {"type": "structure", "members": {}},
                "EnterIn": {"type": "structure", "members": {"Name": {"shape": "Id"}}},
                "VerifyIn": {"type": "structure", "members": {"AccessToken": {"shape": "Id"}, "Session": {"shape": "Id"}}},
                "ShowIn": {"type": "structure", "required": ["AccessToken"], "members": {"AccessToken": {"shape": "Id"}}},
                "Id": {"type": "string", "min": 1, "max": 9, "sensitive": true, "documentation": "prose"},
                "Gone": {"type": "structure", "members": {}, "exception": true, "fault": true},
                "Unreached": {"type": "string"}
            }
        })
    }

    #[test]
    fn a_model_is_reduced_to_facts_without_prose() {
        let facts = reduce("s", "botocore 0", &model(), &Value::Null, None).unwrap();
        let auth = |name: &str| facts.operations.get(name).unwrap().auth.clone();
        assert_eq!(
            [auth("Get"), auth("Enter"), auth("Verify"), auth("Show")],
            ["signed", "public", "token_or_session", "token"]
        );
        assert_eq!(facts.operations.get("Get").unwrap().output_kind, "empty_object");
        assert_eq!(facts.operations.get("Show").unwrap().output_kind, "empty");
        assert_eq!(
            facts.shapes.get("Gone").unwrap().error,
            Some(ErrorFacts { code: "Gone".to_owned(), status: 500, fault: true })
        );
        assert!(!facts.shapes.contains_key("Unreached"));
        let text = pretty(&serde_json::to_value(&facts).unwrap());
        assert!(!text.contains("prose"), "{text}");
        assert!(text.contains("\"Id\": {\"type\":\"string\",\"sensitive\":true,\"min\":1,\"max\":9}"), "{text}");
        let again: Facts = serde_json::from_str(&text).unwrap();
        assert_eq!(again, facts);
    }

    #[test]
    fn a_selection_takes_what_it_names_and_what_that_reaches() {
        let facts = reduce("s", "botocore 0", &model(), &Value::Null, Some(&["Enter".to_owned()])).unwrap();
        assert_eq!(facts.operations.keys().collect::<Vec<_>>(), ["Enter"]);
        assert_eq!(facts.shapes.keys().collect::<Vec<_>>(), ["EnterIn", "Id"]);
    }

    #[test]
    fn the_committed_facts_have_the_operations_we_promise() {
        let count = |service: &str| Facts::committed(service).unwrap().operations.len();
        assert_eq!(SERVICES.map(|(service, _)| count(service)), [141, 23, 17, 9, 100]);
    }
}
