//! `cargo xtask coverage [--issue NAME]`: operations served and not served; checklist lines tested, partial and missing.

mod checklist;
mod proofs;

use crate::codegen::names::snake;
use crate::codegen::served::{ROOMS, present};
use crate::facts::{Facts, SERVICES};
use anyhow::{Context, bail};
use checklist::{Checklist, Line};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Prints both tables.
pub(crate) fn run(args: &[&str]) -> anyhow::Result<()> {
    let issue = match args {
        [] => None,
        ["--issue", name] => Some(*name),
        _ => bail!("usage: cargo xtask coverage [--issue NAME]"),
    };
    let root = crate::root();
    let text = std::fs::read_to_string(root.join("coverage.toml")).context("read coverage.toml")?;
    let checklist = Checklist::parse(&text)?;
    let proofs = proofs::find(&root);
    if issue.is_none() {
        print!("{}", operations(&root)?);
        println!();
    }
    let wanted = checklist.lines(issue)?;
    print!("{}", lines(&checklist, &wanted, &proofs));
    Ok(())
}

/// Operations served and not served, by service.
fn operations(root: &Path) -> anyhow::Result<String> {
    let mut out = String::new();
    for (service, _) in SERVICES {
        let facts = Facts::committed(service)?;
        let room = ROOMS.iter().find(|room| room.services().any(|known| known == service));
        let files: BTreeSet<String> =
            room.map(|room| present(root, room)).unwrap_or_default().into_iter().map(|op| op.module).collect();
        let (served, open): (Vec<&String>, Vec<&String>) =
            facts.operations.keys().partition(|name| files.contains(&snake(name)));
        out.push_str(&format!("{service}: {} of {} operations served\n", served.len(), facts.operations.len()));
        out.push_str(&wrapped("served", &served));
        out.push_str(&wrapped("not served (501)", &open));
    }
    Ok(out)
}

/// Tested, partial and missing lines, by prefix.
fn lines(checklist: &Checklist, wanted: &BTreeSet<Line>, proofs: &BTreeMap<Line, Vec<String>>) -> String {
    let mut out = String::new();
    let (mut tested_sum, mut partial_sum, mut missing_sum) = (0, 0, 0);
    for (prefix, about) in &checklist.about {
        let of_prefix: Vec<&Line> = wanted.iter().filter(|line| line.prefix == *prefix).collect();
        if of_prefix.is_empty() {
            continue;
        }
        let (proved, missing): (Vec<&Line>, Vec<&Line>) = of_prefix.iter().partition(|line| proofs.contains_key(*line));
        let (partial, tested): (Vec<&Line>, Vec<&Line>) =
            proved.iter().partition(|line| checklist.partial.contains_key(*line));
        out.push_str(&format!(
            "{prefix} {about}: {} tested, {} partial, {} missing of {}\n",
            tested.len(),
            partial.len(),
            missing.len(),
            of_prefix.len()
        ));
        out.push_str(&wrapped("tested", &tested));
        for line in &partial {
            out.push_str(&format!(
                "  partial {line}: missing {}\n",
                checklist.partial.get(*line).map_or("", String::as_str)
            ));
        }
        out.push_str(&wrapped("missing", &missing));
        tested_sum += tested.len();
        partial_sum += partial.len();
        missing_sum += missing.len();
    }
    out.push_str(&format!(
        "all: {tested_sum} tested, {partial_sum} partial, {missing_sum} missing of {}\n",
        wanted.len()
    ));
    for (line, tests) in proofs.iter().filter(|(line, _)| !checklist.knows(line)) {
        out.push_str(&format!("no checklist has a line {line}, yet it is named by {}\n", tests.join(", ")));
    }
    out
}

/// A labelled list in lines of readable length; nothing for an empty list.
fn wrapped<T: std::fmt::Display>(label: &str, items: &[T]) -> String {
    const CHARS_MAX: usize = 110;
    if items.is_empty() {
        return String::new();
    }
    let mut out = format!("  {label}:");
    let mut width = out.len();
    for item in items {
        let word = format!(" {item}");
        if width + word.len() > CHARS_MAX {
            out.push_str("\n   ");
            width = 3;
        }
        width += word.len();
        out.push_str(&word);
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_tested_partial_or_missing() {
        let checklist = Checklist::parse(
            "[checklist]\nUP = { lines = 4, about = \"pools\" }\n[issue]\nsome = [\"UP-1..3\"]\n[partial]\nUP-2 = \"SMS\"\nUP-3 = \"mail\"\n",
        )
        .unwrap();
        let line = |number| Line { prefix: "UP".to_owned(), number };
        let proofs = BTreeMap::from([
            (line(1), vec!["a".to_owned()]),
            (line(2), vec!["b".to_owned()]),
            (line(9), vec!["c".to_owned()]),
        ]);
        let told = lines(&checklist, &checklist.lines(Some("some")).unwrap(), &proofs);
        assert!(told.contains("UP pools: 1 tested, 1 partial, 1 missing of 3\n"), "{told}");
        assert!(
            told.contains("  tested: UP-1\n  partial UP-2: missing SMS\n  missing: UP-3\n"),
            "a half that has no test is missing whole: {told}"
        );
        assert!(told.contains("no checklist has a line UP-9, yet it is named by c"), "{told}");
        assert!(lines(&checklist, &checklist.lines(None).unwrap(), &proofs).contains("2 missing of 4"));
        assert!(checklist.lines(Some("other")).is_err());
    }

    #[test]
    fn the_committed_checklist_reads() {
        let text = std::fs::read_to_string(crate::root().join("coverage.toml")).unwrap();
        let checklist = Checklist::parse(&text).unwrap();
        assert_eq!(checklist.lines(None).unwrap().len(), 544);
        assert_eq!(checklist.lines(Some("first")).unwrap().len(), 56);
    }
}
