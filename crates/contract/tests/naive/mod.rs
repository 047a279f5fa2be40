//! The constraints once more, read from `contract/*.json` by someone who has not seen `check.rs`: slow, plain, from JSON to sentence.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use serde_json::Value as Json;
use std::collections::HashMap;

/// The facts of a service with the overrides laid over them.
pub struct Naive {
    shapes: Json,
    operations: Json,
    patterns: HashMap<String, regex::Regex>,
}

impl Naive {
    pub fn of(service: &str) -> Self {
        let read = |name: &str| -> Json {
            let path = format!("{}/../../contract/{name}.json", env!("CARGO_MANIFEST_DIR"));
            serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
        };
        let mut facts = read(service);
        for (shape, change) in read("overrides")[service]["shapes"].as_object().into_iter().flatten() {
            facts["shapes"][shape]["pattern"] = change["pattern"].clone();
        }
        let patterns = facts["shapes"].as_object().unwrap().values().filter_map(|shape| shape["pattern"].as_str());
        let patterns = patterns.filter_map(|pattern| Some((pattern.to_owned(), regex(pattern)?))).collect();
        Self { shapes: facts["shapes"].take(), operations: facts["operations"].take(), patterns }
    }

    /// What the service says about a request; `None` when it is content.
    pub fn sentence(&self, operation: &str, request: &Json) -> Option<String> {
        let mut clauses = Vec::new();
        if let Some(shape) = self.operations[operation]["input"].as_str() {
            self.structure(shape, request, "", self.sensitive(shape), &mut clauses);
        }
        let word = if clauses.len() == 1 { "error" } else { "errors" };
        (!clauses.is_empty()).then(|| format!("{} validation {word} detected: {}", clauses.len(), clauses.join("; ")))
    }

    fn sensitive(&self, shape: &str) -> bool {
        self.shapes[shape]["sensitive"] == true
    }

    fn kind(&self, shape: &str) -> &str {
        match &self.shapes[shape] {
            facts if facts["document"] == true => "document",
            facts => facts["type"].as_str().unwrap(),
        }
    }

    fn structure(&self, shape: &str, value: &Json, prefix: &str, hidden: bool, clauses: &mut Vec<String>) {
        for member in self.shapes[shape]["members"].as_array().unwrap() {
            let name = member["name"].as_str().unwrap();
            let inner = member["shape"].as_str().unwrap();
            let place = format!("{prefix}{}{}", name[..1].to_lowercase(), &name[1..]);
            let hidden = hidden || self.sensitive(inner);
            match value.get(member["location_name"].as_str().unwrap_or(name)) {
                None if member["required"] == true => {
                    clauses
                        .push(format!("Value null at '{place}' failed to satisfy constraint: Member must not be null"));
                }
                None => {}
                Some(value) => {
                    let shown = if hidden { None } else { self.show(inner, value) };
                    let shown = shown.map_or(String::new(), |text| format!("'{text}' "));
                    for rule in self.broken(inner, value) {
                        clauses.push(format!("Value {shown}at '{place}' failed to satisfy constraint: {rule}"));
                    }
                    self.deeper(inner, value, &place, hidden, clauses);
                }
            }
        }
    }

    /// Structures further down, through lists and maps.
    fn deeper(&self, shape: &str, value: &Json, place: &str, hidden: bool, clauses: &mut Vec<String>) {
        match self.kind(shape) {
            "structure" => self.structure(shape, value, &format!("{place}."), hidden, clauses),
            "list" => {
                let member = self.shapes[shape]["member"].as_str().unwrap();
                for (at, item) in value.as_array().unwrap().iter().enumerate() {
                    self.deeper(
                        member,
                        item,
                        &format!("{place}.{}.member", at + 1),
                        hidden || self.sensitive(member),
                        clauses,
                    );
                }
            }
            "map" => {
                let inner = self.shapes[shape]["value"].as_str().unwrap();
                for (key, item) in value.as_object().unwrap() {
                    self.deeper(inner, item, &format!("{place}.{key}.value"), hidden || self.sensitive(inner), clauses);
                }
            }
            _ => {}
        }
    }

    /// The rules of a shape that a value breaks.
    fn broken(&self, shape: &str, value: &Json) -> Vec<String> {
        let rules = self.rules(shape);
        rules.into_iter().filter(|(rule, _)| !self.obeys(shape, rule, value)).map(|(_, text)| text).collect()
    }

    fn fine(&self, shape: &str, value: &Json) -> bool {
        self.broken(shape, value).is_empty()
    }

    /// The rules of a shape: their name in the facts, and the sentence.
    fn rules(&self, shape: &str) -> Vec<(&'static str, String)> {
        let facts = &self.shapes[shape];
        let number = matches!(self.kind(shape), "integer" | "long");
        let what = if number { "value" } else { "length" };
        let mut rules = Vec::new();
        if let Some(max) = facts["max"].as_i64() {
            rules.push(("max", format!("Member must have {what} less than or equal to {max}")));
        }
        if let Some(min) = facts["min"].as_i64() {
            rules.push(("min", format!("Member must have {what} greater than or equal to {min}")));
        }
        if let Some(pattern) = facts["pattern"].as_str() {
            rules.push(("pattern", format!("Member must satisfy regular expression pattern: {pattern}")));
        }
        if let Some(values) = facts["enum"].as_array() {
            let values: Vec<&str> = values.iter().map(|value| value.as_str().unwrap()).collect();
            rules.push(("enum", format!("Member must satisfy enum value set: [{}]", values.join(", "))));
        }
        for part in ["member", "key", "value"] {
            let inner: Vec<String> = facts[part]
                .as_str()
                .map(|inner| self.rules(inner))
                .into_iter()
                .flatten()
                .map(|(_, text)| text)
                .collect();
            if !inner.is_empty() {
                rules.push((part, format!("Member must satisfy constraint: [{}]", inner.join(", "))));
            }
        }
        // A structure's own members are not its rules.
        if self.kind(shape) == "structure" { Vec::new() } else { rules }
    }

    fn obeys(&self, shape: &str, rule: &str, value: &Json) -> bool {
        let facts = &self.shapes[shape];
        let size = match self.kind(shape) {
            "string" => value.as_str().unwrap().chars().count() as i64,
            "blob" => data_encoding::BASE64.decode(value.as_str().unwrap().as_bytes()).unwrap().len() as i64,
            "list" => value.as_array().unwrap().len() as i64,
            "map" => value.as_object().unwrap().len() as i64,
            _ => value.as_i64().unwrap_or_default(),
        };
        match rule {
            "max" => size <= facts["max"].as_i64().unwrap(),
            "min" => size >= facts["min"].as_i64().unwrap(),
            "enum" => facts["enum"].as_array().unwrap().contains(value),
            "pattern" => self.fits(facts["pattern"].as_str().unwrap(), value.as_str().unwrap()),
            "member" => value.as_array().unwrap().iter().all(|item| self.fine(facts["member"].as_str().unwrap(), item)),
            "key" => value
                .as_object()
                .unwrap()
                .keys()
                .all(|key| self.fine(facts["key"].as_str().unwrap(), &Json::from(key.as_str()))),
            "value" => {
                value.as_object().unwrap().values().all(|item| self.fine(facts["value"].as_str().unwrap(), item))
            }
            other => panic!("unknown rule {other}"),
        }
    }

    fn fits(&self, pattern: &str, text: &str) -> bool {
        match pattern {
            r"^[0-9A-Za-z\.\-_]*(?<!\.)$" => {
                text.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c)) && !text.ends_with('.')
            }
            // UP-8: too long is told by the pattern as well.
            r"^[\S]+.*[\S]+$" if text.chars().count() > 256 => false,
            _ => self.patterns[pattern].is_match(text),
        }
    }

    /// How a value is told; `None` when it must not be.
    fn show(&self, shape: &str, value: &Json) -> Option<String> {
        let facts = &self.shapes[shape];
        if self.sensitive(shape) {
            return None;
        }
        Some(match self.kind(shape) {
            "blob" | "document" => return None,
            "list" => {
                let member = facts["member"].as_str()?;
                let items = value.as_array()?.iter().map(|item| self.show(member, item)).collect::<Option<Vec<_>>>()?;
                format!("[{}]", items.join(", "))
            }
            "map" => {
                let inner = facts["value"].as_str()?;
                let entry = |(key, item): (&String, &Json)| Some(format!("{key}={}", self.show(inner, item)?));
                format!("{{{}}}", value.as_object()?.iter().map(entry).collect::<Option<Vec<_>>>()?.join(", "))
            }
            "structure" => {
                let mut entries = Vec::new();
                for member in facts["members"].as_array()? {
                    let name = member["name"].as_str()?;
                    if let Some(value) = value.get(member["location_name"].as_str().unwrap_or(name)) {
                        entries.push(format!(
                            "{}{}={}",
                            name[..1].to_lowercase(),
                            &name[1..],
                            self.show(member["shape"].as_str()?, value)?
                        ));
                    }
                }
                format!("{{{}}}", entries.join(", "))
            }
            "string" => value.as_str()?.to_owned(),
            _ => value.to_string(),
        })
    }
}

/// Java's ASCII classes by plain replacement; nothing for the two patterns that look around.
fn regex(pattern: &str) -> Option<regex::Regex> {
    let inside = pattern.replace(r"\w", "0-9A-Za-z_").replace(r"\d", "0-9");
    // Outside of brackets the same escapes need brackets of their own.
    let outside = pattern.replace(r":\d+:", ":[0-9]+:").replace(r"::\d+:", "::[0-9]+:");
    let text = match pattern {
        r"\d+" => "[0-9]+".to_owned(),
        r"\d{12}" => "[0-9]{12}".to_owned(),
        _ if outside != pattern => outside,
        _ => inside,
    };
    let mut text = text
        .replace(r"\s", r"\t\n\x0B\x0C\r ")
        .replace(r"[\S]", r"[^\t\n\x0B\x0C\r ]")
        .replace(r"\/", "/")
        .replace(r"\:", ":");
    while let Some(at) = text.find(r"\u") {
        text = format!("{}\\x{{{}}}{}", &text[..at], &text[at + 2..at + 6], &text[at + 6..]);
    }
    regex::Regex::new(&format!(r"\A(?:{text})\z")).ok()
}
