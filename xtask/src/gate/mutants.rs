//! Mutation tests of the crates that decide who may sign in: cargo-mutants bends a line, and some test must notice.
//!
//! Two passes, since the wire tests take a minute to link and most mutants of `crypto` fall to the crate's own tests in
//! seconds: first the crates' own tests, then the wire tests for whoever survived. Both work in a copy of the tree with a
//! target directory of its own, so that the second run of the stage builds only what it bends, and nothing that is being
//! written meanwhile is touched. `COGNATE_MUTANTS_SHARD=0/20` runs every twentieth mutant.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::command::{Show, ask, run};
use super::report::Count;
use super::stages::{Verdict, cargo};
use super::{Gate, tools};

/// What is bent.
const BENT: [&str; 4] = ["crypto", "tokens", "signin", "accounts"];

/// Survivors are told, not failed upon: whether one is a gap or the same program in other words takes a reader.
pub fn stage(gate: &mut Gate) -> Result<Verdict> {
    if tools::cargo_tool(&tools::MUTANTS, &gate.root, &gate.deadline)?.is_none() {
        return Ok(Verdict::NotRun("cargo-mutants is missing and cargo could not install it".into()));
    }
    let place = gate.root.join("target/mutants");
    copy_tree(&gate.root, &place.join("tree"))?;
    let mut told = pass(gate, &place, "own", &BENT, &[])?;
    let survivors = told.survivors.clone();
    if !survivors.is_empty() {
        println!("-- {} of {} go on to the wire tests", survivors.len(), told.judged());
        told.replace(pass(gate, &place, "wire", &["exam"], &survivors)?);
    }
    println!("{}", told.table());
    Ok(Verdict::Passed(Count::default()))
}

/// One run of cargo-mutants over all of its share, or over `only` these, judged by the tests of some crates.
fn pass(gate: &Gate, place: &Path, name: &str, judges: &[&str], only: &[String]) -> Result<Told> {
    let out = place.join(name);
    std::fs::create_dir_all(&out)?;
    let mut command = cargo(&["mutants", "--in-place", "--no-shuffle", "--profile", "mutants", "--colors", "never"]);
    // Linking everything anew takes minutes on the first run; a test that waits longer than this waits forever.
    command.args(["--build-timeout", "1800", "--timeout", "600"]);
    command.arg("--dir").arg(place.join("tree")).arg("--output").arg(&out);
    for krate in BENT {
        command.args(["--package", krate]);
    }
    for krate in judges {
        command.args(["--test-package", krate]);
    }
    match share() {
        _ if !only.is_empty() => {
            command.args(only.iter().map(|name| format!("--re=^{}$", escaped(name))));
        }
        Some(shard) => {
            command.args(["--sharding", "round-robin", "--shard", &shard]);
        }
        None => {}
    }
    command.env("PATH", tools::path_with_tools(&gate.root)?).env("CARGO_TARGET_DIR", place.join("build"));
    // The first red test is enough, and one round of each race.
    command.env("COGNATE_TEST_STOP", "first").env("COGNATE_RACE_ROUNDS", "1");
    let ran = run(command, &gate.root, &gate.deadline, gate.deadline.left(), Show::Words)?;
    let told = Told::read(&out.join("mutants.out"))?;
    // 0: all caught; 2: some survived; 3: some hung. Anything else means it did not get that far.
    if told.judged() == 0 || (!ran.ok && told.survivors.is_empty() && told.hung() == 0) {
        bail!("cargo-mutants did not finish");
    }
    Ok(told)
}

#[allow(clippy::disallowed_methods)] // the stage's switch, not a setting of the server
fn share() -> Option<String> {
    std::env::var("COGNATE_MUTANTS_SHARD").ok()
}

/// A name of a mutant as a regular expression that matches it alone.
fn escaped(name: &str) -> String {
    name.chars().map(|c| if r"\.+*?()|[]{}^$".contains(c) { format!("\\{c}") } else { c.to_string() }).collect()
}

/// Copies what git knows or would add. A file that is the same keeps its time, so that cargo builds nothing for it.
fn copy_tree(root: &Path, to: &Path) -> Result<()> {
    let there = root.to_string_lossy();
    let listed = ask("git", &["-C", &there, "ls-files", "--cached", "--others", "--exclude-standard"])?;
    let wanted: Vec<PathBuf> = listed.lines().map(PathBuf::from).filter(|path| root.join(path).is_file()).collect();
    for path in &wanted {
        let text = std::fs::read(root.join(path)).with_context(|| format!("reading {}", path.display()))?;
        let copy = to.join(path);
        if std::fs::read(&copy).is_ok_and(|old| old == text) {
            continue;
        }
        if let Some(parent) = copy.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(&copy, text).with_context(|| format!("writing {}", copy.display()))?;
    }
    remove_strangers(to, Path::new(""), &wanted)
}

/// Removes files of the copy that the tree has no more.
fn remove_strangers(to: &Path, below: &Path, wanted: &[PathBuf]) -> Result<()> {
    for entry in std::fs::read_dir(to.join(below))? {
        let entry = entry?;
        let path = below.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            remove_strangers(to, &path, wanted)?;
        } else if !wanted.contains(&path) {
            std::fs::remove_file(to.join(&path))?;
        }
    }
    Ok(())
}

/// Outcomes of one file's mutants.
#[derive(Default)]
struct Row {
    caught: u64,
    missed: u64,
    hung: u64,
    unviable: u64,
}

/// What cargo-mutants found, by file, and the names of those that nothing noticed.
#[derive(Default)]
struct Told {
    rows: BTreeMap<String, Row>,
    survivors: Vec<String>,
}

impl Told {
    fn read(dir: &Path) -> Result<Self> {
        let path = dir.join("outcomes.json");
        let text = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        let missed = std::fs::read_to_string(dir.join("missed.txt")).unwrap_or_default();
        Self::parse(&text, &missed)
    }

    fn parse(text: &str, missed: &str) -> Result<Self> {
        let json: Value = serde_json::from_str(text).context("outcomes of cargo-mutants")?;
        let outcomes = json.get("outcomes").and_then(Value::as_array).context("no outcomes")?;
        let mut told = Self { survivors: missed.lines().map(str::to_owned).collect(), ..Self::default() };
        for outcome in outcomes {
            let Some(file) = outcome.pointer("/scenario/Mutant/file").and_then(Value::as_str) else { continue };
            let row = told.rows.entry(file.to_owned()).or_default();
            match outcome.get("summary").and_then(Value::as_str) {
                Some("CaughtMutant") => row.caught += 1,
                Some("MissedMutant") => row.missed += 1,
                Some("Timeout") => row.hung += 1,
                _ => row.unviable += 1,
            }
        }
        Ok(told)
    }

    /// What the next pass found about the survivors of this one.
    fn replace(&mut self, next: Self) {
        for row in self.rows.values_mut() {
            row.missed = 0;
        }
        for (file, found) in next.rows {
            let row = self.rows.entry(file).or_default();
            row.caught += found.caught;
            row.missed += found.missed;
            row.hung += found.hung;
            row.unviable += found.unviable;
        }
        self.survivors = next.survivors;
    }

    fn hung(&self) -> u64 {
        self.rows.values().map(|row| row.hung).sum()
    }

    /// Those that a test could have noticed.
    fn judged(&self) -> u64 {
        self.rows.values().map(|row| row.caught + row.hung + row.missed).sum()
    }

    fn table(&self) -> String {
        let mut text = format!("{:<44} {:>7} {:>7} {:>7} {:>9}\n", "file", "killed", "missed", "hung", "unviable");
        for (file, Row { caught, missed, hung, unviable }) in &self.rows {
            text.push_str(&format!("{file:<44} {caught:>7} {missed:>7} {hung:>7} {unviable:>9}\n"));
        }
        for name in &self.survivors {
            text.push_str(&format!("survived: {name}\n"));
        }
        let killed: u64 = self.rows.values().map(|row| row.caught + row.hung).sum();
        let judged = self.judged();
        // Of a thousand mutants a tenth of a percent is one.
        let permille = (killed * 1000).checked_div(judged).unwrap_or_default();
        text.push_str(&format!("{killed} of {judged} mutants killed: {}.{} %", permille / 10, permille % 10));
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(all: &[(&str, &str)], missed: &str) -> Told {
        let outcomes: Vec<String> = all
            .iter()
            .map(|(file, summary)| format!(r#"{{"scenario":{{"Mutant":{{"file":"{file}"}}}},"summary":"{summary}"}}"#))
            .collect();
        let baseline = r#"{"scenario":"Baseline","summary":"Success"}"#;
        Told::parse(&format!(r#"{{"outcomes":[{baseline},{}]}}"#, outcomes.join(",")), missed).expect("outcomes")
    }

    #[test]
    fn outcomes_are_counted_by_file_and_the_baseline_is_none() {
        let all = [("a.rs", "CaughtMutant"), ("a.rs", "MissedMutant"), ("b.rs", "Timeout"), ("b.rs", "Unviable")];
        let told = told(&all, "a.rs:1:2: replace x -> y\n");
        let rows: Vec<_> =
            told.rows.iter().map(|(file, r)| (file.as_str(), r.caught, r.missed, r.hung, r.unviable)).collect();
        assert_eq!(rows, [("a.rs", 1, 1, 0, 0), ("b.rs", 0, 0, 1, 1)]);
        assert!(told.table().ends_with("2 of 3 mutants killed: 66.6 %"), "{}", told.table());
    }

    #[test]
    fn survivors_of_the_first_pass_are_judged_by_the_second() {
        let mut first =
            told(&[("a.rs", "MissedMutant"), ("a.rs", "MissedMutant"), ("b.rs", "CaughtMutant")], "one\ntwo");
        assert_eq!((first.judged(), first.survivors.len()), (3, 2));
        first.replace(told(&[("a.rs", "CaughtMutant"), ("a.rs", "MissedMutant")], "two"));
        assert!(first.table().ends_with("survived: two\n2 of 3 mutants killed: 66.6 %"), "{}", first.table());
    }

    #[test]
    fn a_name_is_a_pattern_for_itself_alone() {
        assert_eq!(escaped("a.rs: replace f -> [u8] with + *"), r"a\.rs: replace f -> \[u8\] with \+ \*");
    }
}
