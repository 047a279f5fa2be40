//! `cargo xtask tidy`: the rules of the house that no compiler knows.
//!
//! To add a rule: a function `&House -> Vec<Finding>` in the file it belongs to, a line in `check`, and a test that sees
//! the rule broken.

mod floors;
mod house;
mod lexer;
mod links;
mod rooms;
mod shape;
mod sizes;

use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use regex::Regex;

pub use house::House;

/// Something a rule does not like.
#[derive(Debug)]
pub struct Finding {
    rule: &'static str,
    place: String,
    what: String,
}

impl Finding {
    fn new(rule: &'static str, place: impl AsRef<str>, what: impl Into<String>) -> Self {
        Self { rule, place: place.as_ref().to_owned(), what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tidy [{}] {}: {}", self.rule, self.place, self.what)
    }
}

/// Everything the rules find below `root`.
pub fn check(root: &Path) -> Result<Vec<Finding>> {
    let house = House::read(root)?;
    let mut findings = floors::check(&house);
    findings.extend(shape::operations(&house));
    findings.extend(shape::names(&house));
    findings.extend(shape::answers(&house));
    findings.extend(shape::lints(&house));
    findings.extend(rooms::sql(&house));
    findings.extend(rooms::axum(&house));
    findings.extend(rooms::engine(&house));
    findings.extend(sizes::check(&house));
    findings.extend(links::dead(&house, &links::on_disk(root)));
    findings.extend(links::machine_paths(&house));
    Ok(findings)
}

/// The command: prints what it finds and fails when that is anything. `--tighten` first lowers the ratchet.
pub fn run(root: &Path, args: &[&str]) -> Result<()> {
    if args.contains(&"--tighten") {
        let path = root.join(sizes::RATCHET);
        let ratchet = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        fs::write(&path, sizes::tightened(&House::read(root)?, &ratchet)?)?;
    }
    let findings = check(root)?;
    for finding in &findings {
        eprintln!("{finding}");
    }
    if !findings.is_empty() {
        bail!("tidy: {} findings", findings.len());
    }
    eprintln!("tidy: nothing to say");
    Ok(())
}

/// A pattern of a rule. One that does not compile finds nothing, which the rule's test sees.
fn pattern(text: &str) -> Option<Regex> {
    Regex::new(text).ok()
}
