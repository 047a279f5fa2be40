//! How a crate is laid out: one operation per file, names that say something, the three answers, workspace lints.

use std::collections::BTreeMap;

use super::{Finding, House};

/// Names that hide a decision not made.
const EMPTY_NAMES: &[&str] = &["utils", "util", "helpers", "helper", "misc", "manager", "common"];

/// A file under `ops/` serves the one operation it is named after, and no other file serves it too.
pub fn operations(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for (file, rust) in house.sources() {
        let Some((krate, below)) = file.path.split_once("/src/ops/") else { continue };
        let name = file.name();
        let Some(operation) = name.strip_suffix(".rs").filter(|stem| *stem != "mod" && !stem.ends_with("_test")) else {
            continue;
        };
        if below.split('/').count() != 2 {
            findings.push(Finding::new("operation", &file.path, "an operation lies in ops/<noun>/<operation>.rs"));
        }
        let runs = rust.code.matches("pub async fn run(").count();
        if runs != 1 {
            findings.push(Finding::new(
                "operation",
                &file.path,
                format!("one `pub async fn run(` per file, found {runs}"),
            ));
        }
        if !rust.code.contains(&format!("::{operation}::")) {
            findings.push(Finding::new(
                "operation",
                &file.path,
                format!("does not use the types of contract …::{operation}::"),
            ));
        }
        if let Some(other) = seen.insert(format!("{krate}/{operation}"), &file.path) {
            findings.push(Finding::new("operation", &file.path, format!("also served by {other}")));
        }
    }
    findings
}

/// No room is called `utils`.
pub fn names(house: &House) -> Vec<Finding> {
    house
        .sources()
        .filter(|(file, _)| {
            let dirs = file.path.trim_end_matches(".rs").split('/');
            dirs.into_iter().any(|part| EMPTY_NAMES.contains(&part))
        })
        .map(|(file, _)| Finding::new("name", &file.path, "a name someone could point at, please: see CONTRIBUTING.md"))
        .collect()
}

/// The first lines of every `lib.rs` say what the crate is, what it knows and never knows, and how to add the usual thing.
pub fn answers(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, _) in
        house.sources().filter(|(file, _)| file.path.starts_with("crates/") && file.path.ends_with("/src/lib.rs"))
    {
        let head: String = file.text.lines().take_while(|line| line.starts_with("//!")).collect::<Vec<_>>().join("\n");
        for answer in ["Knows:", "Never knows:", "To add"] {
            if !head.contains(answer) {
                findings.push(Finding::new("answers", &file.path, format!("its first lines do not say \"{answer}\"")));
            }
        }
    }
    findings
}

/// Every member inherits the workspace's lints, or nothing would hold there.
pub fn lints(house: &House) -> Vec<Finding> {
    let inherits = |text: &str| {
        let table = text.parse::<toml::Table>().ok()?;
        table.get("lints")?.get("workspace")?.as_bool()
    };
    house
        .manifests()
        .filter(|(_, file)| inherits(&file.text) != Some(true))
        .map(|(_, file)| Finding::new("lints", &file.path, "needs `[lints] workspace = true`"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "use contract::cognito_idp::get_user::{Input, Output};\npub async fn run(a: A) {}";

    #[test]
    fn a_file_serves_the_operation_it_is_named_after() {
        assert_eq!(operations(&House::of(&[("crates/directory/src/ops/users/get_user.rs", GOOD)])).len(), 0);
        assert_eq!(operations(&House::of(&[("crates/directory/src/ops/users/sign_up.rs", GOOD)])).len(), 1);
        assert_eq!(operations(&House::of(&[("crates/directory/src/ops/get_user.rs", GOOD)])).len(), 1);
        let two = format!("{GOOD}\nmod b {{ pub async fn run(b: B) {{}} }}");
        assert_eq!(operations(&House::of(&[("crates/directory/src/ops/users/get_user.rs", &two)])).len(), 1);
    }

    #[test]
    fn an_operation_is_served_once() {
        let house = House::of(&[
            ("crates/directory/src/ops/users/get_user.rs", GOOD),
            ("crates/directory/src/ops/auth/get_user.rs", GOOD),
        ]);
        assert_eq!(operations(&house).len(), 1);
    }

    #[test]
    fn a_room_called_helpers_is_found() {
        assert_eq!(names(&House::of(&[("crates/edge/src/helpers.rs", "")])).len(), 1);
        assert_eq!(names(&House::of(&[("crates/edge/src/utils/a.rs", "")])).len(), 1);
        assert_eq!(names(&House::of(&[("crates/edge/src/listener.rs", "")])).len(), 0);
    }

    #[test]
    fn a_lib_without_its_three_answers_is_found() {
        let good = "//! A.\n//!\n//! Knows: b. Never knows: c.\n//! To add a d: e.\n";
        assert_eq!(answers(&House::of(&[("crates/edge/src/lib.rs", good)])).len(), 0);
        assert_eq!(answers(&House::of(&[("crates/edge/src/lib.rs", "//! A.\n")])).len(), 3);
    }

    #[test]
    fn a_member_without_the_lints_is_found() {
        assert_eq!(lints(&House::of(&[("crates/edge/Cargo.toml", "[lints]\nworkspace = true")])).len(), 0);
        assert_eq!(lints(&House::of(&[("crates/edge/Cargo.toml", "[lints]\nworkspace = false")])).len(), 1);
        assert_eq!(lints(&House::of(&[("crates/edge/Cargo.toml", "[package]")])).len(), 1);
    }
}
