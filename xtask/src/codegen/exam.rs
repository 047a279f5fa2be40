//! `crates/exam/src/tests.rs`: every wire test that lies beside what it tests, gathered into one binary.

use super::output::{Files, files_below};
use std::fmt::Write;
use std::path::Path;

/// Writes the list of test files.
pub(crate) fn write_all(root: &Path, files: &mut Files) {
    let crates = root.join("crates");
    let mut body = String::from("//! Wire tests, gathered from where they lie: beside the operations.\n\n");
    let mut modules = Vec::new();
    for path in files_below(&crates) {
        let Some(below) = path.strip_prefix(&crates).ok().and_then(Path::to_str) else { continue };
        // A `_test.rs` that does not speak the wire is its own crate's unit test, and reaches its private parts.
        let speaks_the_wire = || std::fs::read_to_string(&path).is_ok_and(|text| text.contains("use testkit::"));
        if let Some(module) = module(below).filter(|_| speaks_the_wire()) {
            modules.push((module, below.to_owned()));
        }
    }
    // By module, as rustfmt wants them: `get_user` before `get_user_more`, though their files stand the other way round.
    modules.sort();
    for (module, below) in modules {
        let _ = write!(body, "#[path = \"../../{below}\"]\nmod {module};\n");
    }
    files.put("crates/exam/src/tests.rs", &body);
}

/// `directory/src/ops/users/get_user_test.rs` → `directory_users_get_user`.
fn module(below: &str) -> Option<String> {
    let (krate, rest) = below.strip_suffix("_test.rs")?.split_once("/src/")?;
    let rest = rest.strip_prefix("ops/").unwrap_or(rest);
    Some(format!("{krate}_{rest}").replace(['/', '-'], "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_file_is_named_by_where_it_lies() {
        assert_eq!(module("directory/src/ops/users/get_user_test.rs").as_deref(), Some("directory_users_get_user"));
        assert_eq!(module("edge/src/cors_test.rs").as_deref(), Some("edge_cors"));
        assert_eq!(module("directory/src/ops/users/get_user.rs"), None);
        assert_eq!(module("store/tests/exam/users_test.rs"), None);
    }
}
