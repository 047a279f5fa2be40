//! One service of the contract on its way to Rust: its facts with overrides applied, and what types it becomes.

use super::output::Files;
use super::{authorisation, errors, names, operations, shapes, types};
use crate::facts::{Facts, MemberFacts, OperationFacts, SERVICES, ShapeFacts};
use anyhow::{Context, bail};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Deviations from the model, each with its reason (`contract/overrides.json`).
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Overrides {
    shapes: BTreeMap<String, ShapeOverride>,
    operations: BTreeMap<String, OperationOverride>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ShapeOverride {
    pattern: String,
    check: Option<String>,
    reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OperationOverride {
    auth: String,
    reason: String,
}

/// A service, ready to be written.
pub(crate) struct Service {
    /// Its facts, overrides applied.
    pub facts: Facts,
    /// Its module, `cognito_idp`.
    pub module: String,
    /// Patterns matched by a function of `contract::pattern`.
    pub by_hand: BTreeMap<String, String>,
    /// Structures that become the `Input` or `Output` of one operation and nothing else.
    pub own: BTreeSet<String>,
}

/// Writes every service and the list of them.
pub(crate) fn write_all(files: &mut Files) -> anyhow::Result<()> {
    let path = crate::root().join("contract/overrides.json");
    let text = std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
    let mut overrides: BTreeMap<String, Overrides> = serde_json::from_str(&text).context("contract/overrides.json")?;
    let mut services = Vec::new();
    let mut asked = authorisation::read()?;
    for (name, _) in SERVICES {
        let service = Service::new(Facts::committed(name)?, overrides.remove(name).unwrap_or_default())?;
        service.write(files).with_context(|| format!("generate {name}"))?;
        let table = authorisation::table(&service, &asked.remove(name).unwrap_or_default())?;
        files.put(format!("crates/contract/src/{}/authorisation.rs", service.module), &table);
        services.push(service);
    }
    files.put("crates/contract/tests/typed/operations.rs", &operations::typed(&services));
    if let Some(name) = overrides.keys().chain(asked.keys()).next() {
        bail!("contract/overrides.json or authorisation.json names a service {name} that is not in the contract");
    }
    Ok(())
}

impl Service {
    /// Applies the overrides.
    pub(crate) fn new(mut facts: Facts, overrides: Overrides) -> anyhow::Result<Self> {
        let mut by_hand = BTreeMap::new();
        for (name, change) in overrides.shapes {
            if change.reason.is_empty() {
                bail!("override of {name} gives no reason");
            }
            let shape = facts.shapes.get_mut(&name).with_context(|| format!("override of unknown shape {name}"))?;
            if let Some(check) = change.check {
                by_hand.insert(change.pattern.clone(), check);
            }
            shape.pattern = Some(change.pattern);
        }
        for (name, change) in overrides.operations {
            if change.reason.is_empty() {
                bail!("override of {name} gives no reason");
            }
            let operation =
                facts.operations.get_mut(&name).with_context(|| format!("override of unknown operation {name}"))?;
            operation.auth = change.auth;
        }
        let module = facts.service.replace('-', "_");
        let own = own_structures(&facts);
        Ok(Self { facts, module, by_hand, own })
    }

    fn write(&self, files: &mut Files) -> anyhow::Result<()> {
        let dir = format!("crates/contract/src/{}", self.module);
        files.own(dir.clone());
        files.put(format!("{dir}/mod.rs"), &operations::module(self));
        files.put(format!("{dir}/operations.rs"), &operations::table(self));
        files.put(format!("{dir}/ops/mod.rs"), &operations::list(self));
        for (name, operation) in &self.facts.operations {
            let text = operations::file(self, name, operation).with_context(|| format!("operation {name}"))?;
            files.put(format!("{dir}/ops/{}.rs", names::snake(name)), &text);
        }
        files.put(format!("{dir}/shapes.rs"), &shapes::tables(self)?);
        files.put(format!("{dir}/patterns.rs"), &shapes::patterns(self)?);
        files.put(format!("{dir}/types.rs"), &types::structures(self)?);
        files.put(format!("{dir}/enums.rs"), &types::enums(self)?);
        files.put(format!("{dir}/errors.rs"), &errors::table(self));
        files.put(format!("{dir}/fault.rs"), &errors::constructors(self));
        Ok(())
    }

    /// The facts of a shape.
    pub(crate) fn shape(&self, name: &str) -> anyhow::Result<&ShapeFacts> {
        self.facts.shapes.get(name).with_context(|| format!("no shape {name}"))
    }

    /// Structures and their members that become Rust types, errors and documents left out.
    pub(crate) fn structures(&self) -> impl Iterator<Item = (&String, &[MemberFacts])> {
        let is_type = |shape: &ShapeFacts| shape.error.is_none() && !shape.document;
        self.facts
            .shapes
            .iter()
            .filter(move |(_, shape)| is_type(shape))
            .filter_map(|(name, shape)| Some((name, shape.members.as_deref()?)))
    }

    /// The Rust type of a shape; `types` is how the module of shared types is reached (`types::` or nothing).
    pub(crate) fn rust_type(&self, name: &str, withheld: bool, types: &str) -> anyhow::Result<String> {
        let shape = self.shape(name)?;
        let withheld = withheld || shape.sensitive;
        let secret = |plain: &str| if withheld { format!("Secret<{plain}>") } else { plain.to_owned() };
        let inner =
            |part: &Option<String>| self.rust_type(part.as_deref().context("no member shape")?, withheld, types);
        Ok(match shape.kind.as_str() {
            "structure" if shape.document => "serde_json::Value".to_owned(),
            "structure" => format!("{types}{}", names::type_name(name)),
            "string" if !shape.values.is_empty() => format!("{types}{}", names::type_name(name)),
            "string" => secret("String"),
            "blob" => secret("Vec<u8>"),
            "integer" | "long" => "i64".to_owned(),
            "float" | "double" => "f64".to_owned(),
            "boolean" => "bool".to_owned(),
            "timestamp" => "Time".to_owned(),
            "list" => format!("Vec<{}>", inner(&shape.member)?),
            "map" => format!("IndexMap<String, {}>", inner(&shape.value)?),
            other => bail!("shape {name} is of unknown type {other}"),
        })
    }

    /// Whether a value can be made of nothing: no enum is required anywhere inside.
    pub(crate) fn has_default(&self, name: &str) -> bool {
        let Ok(shape) = self.shape(name) else { return false };
        match shape.kind.as_str() {
            "structure" => self.facts.members(name).iter().filter(|m| m.required).all(|m| self.has_default(&m.shape)),
            "string" => shape.values.is_empty(),
            _ => true,
        }
    }

    /// Whether a secret lies inside, which has no equality.
    pub(crate) fn has_secret(&self, name: &str, withheld: bool) -> bool {
        let Ok(shape) = self.shape(name) else { return false };
        let withheld = withheld || shape.sensitive;
        match shape.kind.as_str() {
            "structure" => self.facts.members(name).iter().any(|m| self.has_secret(&m.shape, withheld)),
            "string" => withheld && shape.values.is_empty(),
            "blob" => withheld,
            _ => [&shape.member, &shape.value].into_iter().flatten().any(|part| self.has_secret(part, withheld)),
        }
    }
}

/// Structures named once, as the input or the output of one operation.
fn own_structures(facts: &Facts) -> BTreeSet<String> {
    let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
    let ends = |operation: &'_ OperationFacts| [operation.input.clone(), operation.output.clone()];
    let ends: Vec<String> = facts.operations.values().flat_map(ends).flatten().collect();
    let inner = facts.shapes.values().flat_map(|shape| {
        let members = shape.members.iter().flatten().map(|m| m.shape.as_str());
        members.chain([&shape.member, &shape.key, &shape.value].into_iter().flatten().map(String::as_str))
    });
    for name in ends.iter().map(String::as_str).chain(inner) {
        *uses.entry(name).or_default() += 1;
    }
    ends.iter().filter(|name| uses.get(name.as_str()) == Some(&1)).cloned().collect()
}
