//! What belongs in one crate only: SQL in `store`, axum in `edge`, the engine's name in `dialect.rs`.

use std::sync::LazyLock;

use regex::Regex;

use super::{Finding, House, pattern};

static SQL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"(?s)\bSELECT\b.+\bFROM\b|(?i:\binsert\s+into\s|\bdelete\s+from\s|\bupdate\s+\w+\s+set\s)|\bCREATE\s+TABLE\b",
    )
});
static ENGINE: LazyLock<Option<Regex>> = LazyLock::new(|| pattern(r"\b(if|matches!)[^{;\n]*([Ss]qlite\b|is_sqlite)"));
static AXUM: LazyLock<Option<Regex>> = LazyLock::new(|| pattern(r"\baxum(_extra|_core)?\s*::"));

/// Where the engines are told apart: the differences' names, each engine's own side, and the door that hands over to one.
const ENGINES_OWN: &[&str] = &[
    "crates/store/src/dialect.rs",
    "crates/store/src/sqlite/",
    "crates/store/src/postgres/",
    "crates/store/src/store.rs",
];

/// A string that reads like SQL outside `store`.
pub fn sql(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, rust) in house.sources() {
        if file.path.starts_with("crates/store/") || file.path.starts_with("xtask/src/tidy/") {
            continue;
        }
        for (line, text) in &rust.strings {
            if SQL.as_ref().is_some_and(|sql| sql.is_match(text)) {
                findings.push(Finding::new("sql", format!("{}:{line}", file.path), "SQL lives in crates/store only"));
            }
        }
    }
    findings
}

/// axum named outside the crates that serve HTTP, in a manifest or in code.
pub fn axum(house: &House) -> Vec<Finding> {
    let allowed = |path: &str| path.starts_with("crates/edge/") || path.starts_with("crates/gateway/");
    let manifests = house.manifests().filter(|(dir, file)| !allowed(&format!("{dir}/")) && file.text.contains("axum"));
    let code = house
        .sources()
        .filter(|(file, rust)| !allowed(&file.path) && AXUM.as_ref().is_some_and(|axum| axum.is_match(&rust.code)));
    manifests
        .map(|(_, file)| file)
        .chain(code.map(|(file, _)| file))
        .map(|file| Finding::new("axum", &file.path, "only crates/edge serves HTTP"))
        .collect()
}

/// A decision by engine outside the one file that may take it.
pub fn engine(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, rust) in house.sources() {
        let may = ENGINES_OWN.iter().any(|own| file.path.starts_with(own));
        if may || !file.path.starts_with("crates/") || file.is_test() {
            continue;
        }
        for (number, line) in rust.code.lines().enumerate() {
            if ENGINE.as_ref().is_some_and(|engine| engine.is_match(line)) {
                let place = format!("{}:{}", file.path, number + 1);
                findings.push(Finding::new("engine", place, "give the difference a name in store/src/dialect.rs"));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sql_outside_store_is_found_and_prose_is_not() {
        let text = "const A: &str = \"SELECT a FROM b\";\nconst B: &str = \"select one from the list\";";
        assert_eq!(sql(&House::of(&[("crates/edge/src/a.rs", text)])).len(), 1);
        assert_eq!(sql(&House::of(&[("crates/store/src/a.rs", text)])).len(), 0);
        let rest = "f(\"INSERT INTO a VALUES (1)\", \"UPDATE a SET b = 1\", \"DELETE FROM a\", \"Update the user.\")";
        assert_eq!(sql(&House::of(&[("crates/edge/src/a.rs", rest)])).len(), 3);
    }

    #[test]
    fn axum_outside_edge_is_found() {
        assert_eq!(axum(&House::of(&[("crates/oauth/src/a.rs", "use axum::Router;")])).len(), 1);
        assert_eq!(axum(&House::of(&[("crates/oauth/Cargo.toml", "[dependencies]\naxum = \"1\"")])).len(), 1);
        assert_eq!(axum(&House::of(&[("crates/edge/src/a.rs", "use axum::Router;")])).len(), 0);
    }

    #[test]
    fn a_decision_by_engine_outside_the_dialect_is_found() {
        let text = "if self.engine.is_sqlite() { a() }";
        assert_eq!(engine(&House::of(&[("crates/store/src/users.rs", text)])).len(), 1);
        assert_eq!(engine(&House::of(&[("crates/store/src/dialect.rs", text)])).len(), 0);
        assert_eq!(
            engine(&House::of(&[("crates/store/src/users.rs", "// if sqlite\nlet s = \"if sqlite\";")])).len(),
            0
        );
    }
}
