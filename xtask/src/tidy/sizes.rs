//! File and function sizes, with a ratchet: what was longer when the limit came is listed and may only shrink.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

use super::lexer::functions;
use super::{Finding, House};

/// Lines of a source file above its `#[cfg(test)]` module.
const FILE_MAX: usize = 400;
/// Lines of a file of tests.
const TEST_FILE_MAX: usize = 800;
/// Lines of a function, tests excepted.
const FUNCTION_MAX: usize = 80;

/// The list of what may be longer, and by how much.
pub const RATCHET: &str = "tidy-ratchet.toml";

/// What is longer than its limit today: place to lines.
pub fn oversized(house: &House) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for (file, rust) in house.sources().filter(|(file, _)| !file.is_generated()) {
        let own =
            rust.code.find("#[cfg(test)]\nmod ").map_or(rust.code.as_str(), |at| rust.code.get(..at).unwrap_or(""));
        let limit = if file.is_test() { TEST_FILE_MAX } else { FILE_MAX };
        let lines = own.lines().count();
        if lines > limit {
            found.insert(file.path.clone(), lines);
        }
        if file.is_test() {
            continue;
        }
        for function in functions(own).into_iter().filter(|function| function.lines > FUNCTION_MAX) {
            // Two functions of one name in a file (methods of two types) share an entry: the longer one counts.
            let lines = found.entry(format!("{}::{}", file.path, function.name)).or_insert(0);
            *lines = function.lines.max(*lines);
        }
    }
    found
}

/// Compares today's sizes with the ratchet.
pub fn check(house: &House) -> Vec<Finding> {
    let listed = house.file(RATCHET).map_or_else(|| Ok(BTreeMap::new()), |file| parse(&file.text));
    let listed = match listed {
        Ok(listed) => listed,
        Err(error) => return vec![Finding::new("size", RATCHET, format!("{error:#}"))],
    };
    let today = oversized(house);
    let mut findings = Vec::new();
    for (place, lines) in &today {
        match listed.get(place) {
            None => findings.push(Finding::new(
                "size",
                place,
                format!("{lines} lines: more than {FILE_MAX} per file ({TEST_FILE_MAX} of tests) or {FUNCTION_MAX} per function"),
            )),
            Some(most) if lines > most => {
                findings.push(Finding::new("size", place, format!("{lines} lines, and {RATCHET} allows {most}: it only shrinks")));
            }
            Some(_) => {}
        }
    }
    for (place, most) in &listed {
        if today.get(place).is_none_or(|lines| lines < most) {
            findings.push(Finding::new(
                "size",
                place,
                format!("shrank below the {most} of {RATCHET}: run `cargo xtask tidy --tighten`"),
            ));
        }
    }
    findings
}

/// The ratchet with every entry lowered to today's size, and those within the limit gone. Never adds or raises one.
pub fn tightened(house: &House, ratchet: &str) -> Result<String> {
    let today = oversized(house);
    let mut text = String::from(HEAD);
    for (place, most) in parse(ratchet)? {
        if let Some(lines) = today.get(&place) {
            text.push_str(&format!("\"{place}\" = {}\n", most.min(*lines)));
        }
    }
    Ok(text)
}

const HEAD: &str = "# What was longer than the limits of `cargo xtask tidy` when they came, in lines. Entries only shrink\n\
# (`cargo xtask tidy --tighten`); a new one is written by hand and defended in review.\n\n[most]\n";

fn parse(text: &str) -> Result<BTreeMap<String, usize>> {
    let table: toml::Table = text.parse().context("not TOML")?;
    let most = table.get("most").and_then(toml::Value::as_table).context("has no [most] table")?;
    let entry = |(place, lines): (&String, &toml::Value)| {
        let lines = lines.as_integer().and_then(|lines| usize::try_from(lines).ok());
        lines.map(|lines| (place.clone(), lines)).with_context(|| format!("{place}: not a number of lines"))
    };
    most.iter().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long_file(lines: usize) -> String {
        "// x\n".repeat(lines)
    }

    fn house(lines: usize, ratchet: &str) -> House {
        House::of(&[("crates/edge/src/a.rs", &long_file(lines)), (RATCHET, ratchet)])
    }

    #[test]
    fn a_long_file_is_found_unless_listed() {
        assert_eq!(check(&house(FILE_MAX, "[most]")).len(), 0);
        assert_eq!(check(&house(FILE_MAX + 1, "[most]")).len(), 1);
        assert_eq!(check(&house(FILE_MAX + 1, "[most]\n\"crates/edge/src/a.rs\" = 401")).len(), 0);
    }

    #[test]
    fn the_ratchet_neither_rises_nor_lags() {
        assert_eq!(check(&house(FILE_MAX + 2, "[most]\n\"crates/edge/src/a.rs\" = 401")).len(), 1);
        assert_eq!(check(&house(FILE_MAX + 2, "[most]\n\"crates/edge/src/a.rs\" = 500")).len(), 1);
        let lowered = tightened(&house(FILE_MAX + 2, ""), "[most]\n\"crates/edge/src/a.rs\" = 500\n\"gone.rs\" = 900");
        let lowered = lowered.expect("parses");
        assert!(lowered.ends_with("[most]\n\"crates/edge/src/a.rs\" = 402\n"), "{lowered}");
        let raised = tightened(&house(FILE_MAX + 9, ""), "[most]\n\"crates/edge/src/a.rs\" = 401").expect("parses");
        assert!(raised.ends_with("= 401\n"), "{raised}");
    }

    #[test]
    fn a_long_function_is_found_but_not_in_tests() {
        let body = format!("fn long() {{\n{}}}\n", "a();\n".repeat(FUNCTION_MAX));
        assert_eq!(check(&House::of(&[("crates/edge/src/a.rs", &body)])).len(), 1);
        assert_eq!(check(&House::of(&[("crates/edge/tests/a.rs", &body)])).len(), 0);
        let inside = format!("#[cfg(test)]\nmod tests {{\n{body}}}");
        assert_eq!(check(&House::of(&[("crates/edge/src/a.rs", &inside)])).len(), 0);
    }

    #[test]
    fn generated_files_have_no_size() {
        let text = format!("// @generated by cargo xtask codegen\n{}", long_file(5000));
        assert_eq!(check(&House::of(&[("crates/contract/src/a.rs", &text)])).len(), 0);
    }
}
