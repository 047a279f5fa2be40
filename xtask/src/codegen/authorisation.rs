//! What policies are asked about each signed operation: `contract/authorisation.json` on its way to Rust.

use super::service::Service;
use anyhow::{Context, bail};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The file as it lies: service, operation, entry.
pub(crate) type Table = BTreeMap<String, BTreeMap<String, Entry>>;

/// One operation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    resource: String,
    request_tags: Option<String>,
    tag_keys: Option<String>,
    #[serde(default)]
    keys: BTreeMap<String, String>,
    #[serde(default)]
    passes: Vec<String>,
}

/// Reads the file.
pub(crate) fn read() -> anyhow::Result<Table> {
    let path = crate::root().join("contract/authorisation.json");
    let text = std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
    serde_json::from_str(&text).context("contract/authorisation.json")
}

/// The table of one service. Every signed operation has an entry, nothing else has one, and every member is one.
pub(crate) fn table(service: &Service, entries: &BTreeMap<String, Entry>) -> anyhow::Result<String> {
    let mut rows = String::new();
    for (name, operation) in &service.facts.operations {
        let signed = matches!(operation.auth.as_str(), "signed" | "signed_or_public");
        match entries.get(name) {
            Some(entry) if signed => {
                let members = service.facts.members(operation.input.as_deref().unwrap_or_default());
                let members: Vec<&str> = members.iter().map(|member| member.name.as_str()).collect();
                let row = row(&service.facts.service, name, entry, &members);
                rows.push_str(&row.with_context(|| format!("contract/authorisation.json: {name}"))?);
            }
            Some(_) => bail!("contract/authorisation.json: {name} is not signed"),
            None if signed => bail!("contract/authorisation.json does not say what policies are asked about {name}"),
            None => {}
        }
    }
    if let Some(stray) = entries.keys().find(|name| !service.facts.operations.contains_key(*name)) {
        bail!("contract/authorisation.json names an unknown operation {stray}");
    }
    Ok(format!(
        "//! What policies are asked about the signed operations of `{}`.\n\n\
         use crate::authorisation::{{Authorisation, Resource}};\n\n\
         /// Every signed operation, sorted by name.\npub static AUTHORISATION: &[(&str, Authorisation)] = &[\n{rows}];\n",
        service.facts.service
    ))
}

fn row(service: &str, name: &str, entry: &Entry, members: &[&str]) -> anyhow::Result<String> {
    let named = |member: &String| -> anyhow::Result<String> {
        let first = member.split('.').next().unwrap_or_default();
        if members.contains(&first) { Ok(format!("{member:?}")) } else { bail!("no member {first}") }
    };
    let maybe = |member: &Option<String>| match member {
        Some(member) => Ok(format!("Some({})", named(member)?)),
        None => anyhow::Ok("None".to_owned()),
    };
    let mut keys = String::new();
    for (key, member) in &entry.keys {
        write!(keys, "({key:?}, {}), ", named(member)?)?;
    }
    let passes = entry.passes.iter().map(named).collect::<anyhow::Result<Vec<_>>>()?.join(", ");
    Ok(format!(
        "    ({name:?}, Authorisation {{ action: \"{service}:{name}\", resource: {}, request_tags: {}, tag_keys: {}, keys: &[{keys}], passes: &[{passes}] }}),\n",
        resource(&entry.resource, members)?,
        maybe(&entry.request_tags)?,
        maybe(&entry.tag_keys)?,
    ))
}

fn resource(text: &str, members: &[&str]) -> anyhow::Result<String> {
    let words: Vec<&str> = text.split(' ').collect();
    if let Some(stray) = words.iter().skip(1).find(|word| !members.contains(*word)) {
        bail!("no member {stray}");
    }
    let new = |kind: &str, name: &str, path: Option<&str>| format!("Resource::New({kind:?}, {name:?}, {path:?})");
    Ok(match words.as_slice() {
        ["none"] => "Resource::Unasked".to_owned(),
        ["*"] => "Resource::Any".to_owned(),
        ["arn", member] => format!("Resource::Arn({member:?})"),
        ["trusting", member] => format!("Resource::Trusting({member:?})"),
        ["userpool", id] => format!("Resource::UserPool({id:?})"),
        ["userpool-of-client", id] => format!("Resource::UserPoolOfClient({id:?})"),
        ["identitypool", id] => format!("Resource::IdentityPool({id:?})"),
        ["identity", pool, id] => format!("Resource::Identity({pool:?}, {id:?})"),
        ["dataset", pool, id, name] => format!("Resource::Dataset({pool:?}, {id:?}, {name:?})"),
        ["user", name] => format!("Resource::User({name:?})"),
        ["group", name] => format!("Resource::Group({name:?})"),
        ["role", name] => format!("Resource::Role({name:?})"),
        ["federated-user", name] => format!("Resource::FederatedUser({name:?})"),
        [kind, name] if kind.starts_with("new-") => new(kind.trim_start_matches("new-"), name, None),
        [kind, name, path] if kind.starts_with("new-") => new(kind.trim_start_matches("new-"), name, Some(path)),
        _ => bail!("unknown resource {text}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(resource: &str) -> Entry {
        let (request_tags, tag_keys, keys, passes) = (None, None, BTreeMap::new(), Vec::new());
        Entry { resource: resource.to_owned(), request_tags, tag_keys, keys, passes }
    }

    #[test]
    fn an_entry_names_members_that_exist() {
        let members = ["RoleName", "Path"];
        let row = row("iam", "CreateRole", &entry("new-role RoleName Path"), &members).unwrap();
        assert!(row.contains("action: \"iam:CreateRole\""), "{row}");
        assert!(row.contains("Resource::New(\"role\", \"RoleName\", Some(\"Path\"))"), "{row}");
        assert!(super::row("iam", "CreateRole", &entry("role Name"), &members).is_err());
        assert!(super::row("iam", "CreateRole", &entry("rolle RoleName"), &members).is_err());
        let passing = Entry { passes: vec!["Rules.*.RoleARN".to_owned()], ..entry("*") };
        assert!(super::row("iam", "CreateRole", &passing, &members).is_err());
    }
}
