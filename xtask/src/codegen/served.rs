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
    /// The service it serves, `cognito-idp`.
    pub service: &'static str,
    /// The state its operations work on.
    pub state: &'static str,
}

/// Every crate that serves operations.
pub(crate) const ROOMS: [Room; 1] = [Room { krate: "directory", service: "cognito-idp", state: "Directory" }];

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
        let facts = Facts::committed(room.service)?;
        let known: Vec<String> = facts.operations.keys().map(|name| snake(name)).collect();
        if let Some(stray) = present.iter().find(|operation| !known.contains(&operation.module)) {
            bail!(
                "crates/{}/src/ops/{}/{}.rs is named after no operation of {}",
                room.krate,
                stray.noun,
                stray.module,
                room.service
            );
        }
        write_room(room, &present, files);
    }
    Ok(())
}

fn write_room(room: &Room, present: &[Present], files: &mut Files) {
    let src = format!("crates/{}/src", room.krate);
    let mut nouns: BTreeMap<&str, String> = BTreeMap::new();
    for operation in present {
        let _ = writeln!(nouns.entry(&operation.noun).or_default(), "pub mod {};", operation.module);
    }
    let tree: String = nouns.keys().map(|noun| format!("pub mod {noun};\n")).collect();
    files.put(
        format!("{src}/ops/mod.rs"),
        &format!("//! The operations of `{}` that are served, by noun.\n\n{tree}", room.service),
    );
    for (noun, mods) in &nouns {
        files.put(
            format!("{src}/ops/{noun}/mod.rs"),
            &format!("//! Operations on {}.\n\n{mods}", noun.replace('_', " ")),
        );
    }
    files.put(format!("{src}/table.rs"), &table(room, present));
}

fn table(room: &Room, present: &[Present]) -> String {
    let contract = room.service.replace('-', "_");
    let mut entries: Vec<String> =
        present.iter().map(|op| format!("    served!({}::{}),\n", op.noun, op.module)).collect();
    entries.sort();
    format!(
        "//! What `{service}` serves here: one entry per file below `ops/`.\n\n\
         use crate::{{{state}, ops}};\nuse contract::{{Fault, FromValue, Misshapen, ToValue, Value, {contract}}};\n\
         use kernel::BoxFuture;\nuse model::{{Caller, Served}};\n\n\
         /// After decoding and checking, a value that does not fit its type is our bug.\n\
         fn misshapen(error: Misshapen) -> Fault {{\n    Fault::new(&contract::fault::common::INTERNAL_FAILURE, \"Internal error\").because(error)\n}}\n\n\
         macro_rules! served {{\n    ($noun:ident::$operation:ident) => {{{{\n        \
         fn run<'a>(state: &'a {state}, caller: &'a Caller, input: Value) -> BoxFuture<'a, Result<Value, Fault>> {{\n            \
         Box::pin(async move {{\n                let input = {contract}::$operation::Input::from_value(input).map_err(misshapen)?;\n                \
         ops::$noun::$operation::run(state, caller, input).await.map(ToValue::to_value)\n            }})\n        }}\n        \
         Served {{ meta: &{contract}::$operation::META, run }}\n    }}}};\n}}\n\n\
         /// Every operation that is served.\npub static SERVED: &[Served<{state}>] = &[\n{entries}];\n",
        service = room.service,
        state = room.state,
        entries = entries.concat(),
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
        assert!(table.contains("served!(users::delete_user),\n    served!(users::get_user),"), "{table}");

        std::fs::write(ops.join("users/no_such_operation.rs"), "").unwrap();
        assert!(write_all(&root, &mut Files::default()).is_err());
        std::fs::remove_dir_all(&root).unwrap();
    }
}
