//! What is served: module trees and dispatch tables, from the operation files present.

use super::names::snake;
use super::output::{Files, files_below};
use crate::facts::Facts;
use anyhow::bail;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// A crate that serves operations.
pub(crate) struct Room {
    /// The crate, `directory`.
    pub krate: &'static str,
    /// The services it serves, each with the name of its table: `cognito-idp`, `SERVED`.
    pub services: &'static [(&'static str, &'static str)],
    /// The state its operations work on.
    pub state: &'static str,
}

/// Every crate that serves operations.
pub(crate) const ROOMS: [Room; 3] = [
    Room { krate: "directory", services: &[("cognito-idp", "SERVED")], state: "Directory" },
    Room { krate: "access", services: &[("iam", "SERVED_IAM"), ("sts", "SERVED_STS")], state: "Access" },
    Room { krate: "identity", services: &[("cognito-identity", "SERVED")], state: "Identity" },
];

impl Room {
    /// Its services by name.
    pub(crate) fn services(&self) -> impl Iterator<Item = &'static str> {
        self.services.iter().map(|(service, _)| *service)
    }
}

/// An operation file.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Present {
    /// Its folder below `ops/`.
    pub noun: String,
    /// Its module, `admin_disable_user`.
    pub module: String,
}

/// The operation files of a crate, sorted.
pub(crate) fn present(root: &Path, room: &Room) -> Vec<Present> {
    let ops = root.join("crates").join(room.krate).join("src/ops");
    let below = files_below(&ops);
    let mut found: Vec<Present> = below
        .iter()
        .filter_map(|path| {
            let noun = path
                .parent()?
                .strip_prefix(&ops)
                .ok()?
                .to_str()
                .filter(|noun| !noun.is_empty() && !noun.contains('/'))?;
            let module =
                path.file_name()?.to_str()?.strip_suffix(".rs").filter(|m| *m != "mod" && !m.ends_with("_test"))?;
            Some(Present { noun: noun.to_owned(), module: module.to_owned() })
        })
        .collect();
    found.sort();
    found
}

/// Writes `ops/**/mod.rs` and `table.rs` of every room that has an operation.
pub(crate) fn write_all(root: &Path, files: &mut Files) -> anyhow::Result<()> {
    for room in &ROOMS {
        let present = present(root, room);
        if present.is_empty() {
            continue;
        }
        let mut tables = Vec::new();
        for (service, table) in room.services {
            let facts = Facts::committed(service)?;
            let known: Vec<String> = facts.operations.keys().map(|name| snake(name)).collect();
            tables.push(Table { service, name: table, known });
        }
        if let Some(stray) = present.iter().find(|operation| tables.iter().all(|table| !table.holds(operation))) {
            bail!(
                "crates/{}/src/ops/{}/{}.rs is named after no operation of {}",
                room.krate,
                stray.noun,
                stray.module,
                named(room)
            );
        }
        // A service without an operation yet has no table.
        tables.retain(|table| present.iter().any(|operation| table.holds(operation)));
        write_room(room, &tables, &present, files);
    }
    Ok(())
}

/// The operations of one service of a room.
struct Table {
    service: &'static str,
    name: &'static str,
    known: Vec<String>,
}

impl Table {
    fn holds(&self, operation: &Present) -> bool {
        self.known.contains(&operation.module)
    }
}

/// `iam and sts`.
fn named(room: &Room) -> String {
    room.services().collect::<Vec<_>>().join("` and `")
}

fn write_room(room: &Room, tables: &[Table], present: &[Present], files: &mut Files) {
    let src = format!("crates/{}/src", room.krate);
    let mut nouns: BTreeMap<&str, String> = BTreeMap::new();
    for operation in present {
        let _ = writeln!(nouns.entry(&operation.noun).or_default(), "pub mod {};", operation.module);
    }
    let tree: String = nouns.keys().map(|noun| format!("pub mod {noun};\n")).collect();
    files.put(
        format!("{src}/ops/mod.rs"),
        &format!("//! The operations of `{}` that are served, by noun.\n\n{tree}", named(room)),
    );
    for (noun, mods) in &nouns {
        files.put(
            format!("{src}/ops/{noun}/mod.rs"),
            &format!("//! Operations on {}.\n\n{mods}", noun.replace('_', " ")),
        );
    }
    files.put(format!("{src}/table.rs"), &table(room, tables, present));
}

fn table(room: &Room, tables: &[Table], present: &[Present]) -> String {
    let state = room.state;
    let mut contracts: Vec<String> = tables.iter().map(|table| table.service.replace('-', "_")).collect();
    contracts.sort();
    let lists: String = tables.iter().map(|table| list(state, table, present)).collect();
    format!(
        "//! What `{services}` serves here: one entry per file below `ops/`.\n\n\
         use crate::{{{state}, ops}};\nuse contract::{{Fault, FromValue, Misshapen, ToValue, Value, {contracts}}};\n\
         use kernel::BoxFuture;\nuse model::{{Caller, Served}};\n\n\
         /// After decoding and checking, a value that does not fit its type is our bug.\n\
         fn misshapen(error: Misshapen) -> Fault {{\n    Fault::new(&contract::fault::common::INTERNAL_FAILURE, \"Internal error\").because(error)\n}}\n\n\
         macro_rules! served {{\n    ($contract:ident $noun:ident::$operation:ident) => {{{{\n        \
         fn run<'a>(state: &'a {state}, caller: &'a Caller, input: Value) -> BoxFuture<'a, Result<Value, Fault>> {{\n            \
         Box::pin(async move {{\n                let input = $contract::$operation::Input::from_value(input).map_err(misshapen)?;\n                \
         ops::$noun::$operation::run(state, caller, input).await.map(ToValue::to_value)\n            }})\n        }}\n        \
         Served {{ meta: &$contract::$operation::META, run }}\n    }}}};\n}}\n{lists}",
        services = named(room),
        contracts = contracts.join(", "),
    )
}

fn list(state: &str, table: &Table, present: &[Present]) -> String {
    let contract = table.service.replace('-', "_");
    let held = present.iter().filter(|operation| table.holds(operation));
    let mut entries: Vec<String> =
        held.map(|op| format!("    served!({contract} {}::{}),\n", op.noun, op.module)).collect();
    entries.sort();
    format!(
        "\n/// Every operation of `{}` that is served.\npub static {}: &[Served<{state}>] = &[\n{}];\n",
        table.service,
        table.name,
        entries.concat()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_found_by_their_files_and_tests_are_not_operations() {
        let root = std::env::temp_dir().join(format!("served-{}", std::process::id()));
        let ops = root.join("crates/directory/src/ops");
        std::fs::create_dir_all(ops.join("users")).unwrap();
        for file in ["mod.rs", "users/mod.rs", "users/get_user.rs", "users/get_user_test.rs", "users/delete_user.rs"] {
            std::fs::write(ops.join(file), "").unwrap();
        }
        let modules: Vec<String> = present(&root, &ROOMS[0]).into_iter().map(|op| op.module).collect();
        assert_eq!(modules, ["delete_user", "get_user"]);

        let mut files = Files::default();
        write_all(&root, &mut files).unwrap();
        let table = files.text("crates/directory/src/table.rs").unwrap();
        assert!(
            table.contains("served!(cognito_idp users::delete_user),\n    served!(cognito_idp users::get_user),"),
            "{table}"
        );

        std::fs::write(ops.join("users/no_such_operation.rs"), "").unwrap();
        assert!(write_all(&root, &mut Files::default()).is_err());
        std::fs::remove_dir_all(&root).unwrap();
    }
}
