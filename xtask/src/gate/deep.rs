//! What is run longer, or only, with `--deep`: races over and over, statistics of timing, a million decisions, mutation
//! tests.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::build::{self, Built};
use super::command::{Show, run};
use super::report::Count;
use super::stages::{Verdict, cargo, is_exam, judged, program};
use super::{Gate, tools};

/// What the mutants stage bends: the crates that decide who may sign in. The tests that should notice are their own and
/// the wire tests of everything above them.
const BENT: [&str; 4] = ["crypto", "tokens", "signin", "accounts"];

/// Tests of races end in `::race_rounds` (testkit makes them so) or lie in the store's `races`; they read how often to run.
pub fn races(gate: &mut Gate) -> Result<Verdict> {
    let tests: Vec<Built> = gate.built()?.iter().filter(|built| is_exam(built)).cloned().collect();
    let mut count = Count::default();
    // A round has a database of its own, and Postgres takes its time to make one.
    let rounds = if gate.deep { ["1000", "1000"] } else { ["100", "10"] };
    for (engine, rounds) in ["sqlite", "postgres"].into_iter().zip(rounds) {
        for built in &tests {
            println!("-- {} {} on {engine}, {rounds} rounds of each", built.package, built.target);
            let env = [("COGNATE_TEST_DB", engine), ("COGNATE_RACE_ROUNDS", rounds)];
            count.add(build::run_tests(built, &["race_rounds", "races::"], &env, &gate.deadline)?);
        }
    }
    judged(gate, count, true)
}

/// ST-11: does the existence of a name show in the time of an answer? ST-30: does a secret, in that of a comparison?
pub fn statistics(gate: &mut Gate) -> Result<Verdict> {
    let (Some(names), Some(cognate)) = (program(gate, "timing_names")?, program(gate, "cognate")?) else {
        return Ok(Verdict::NotRun("there is nothing that measures".into()));
    };
    let Some(secrets) = program(gate, "timing")? else {
        return Ok(Verdict::NotRun("there is nothing that measures secrets".into()));
    };
    let mut count = Count::default();
    let mut of_names = Command::new(names);
    of_names.arg(cognate).args(["--samples", "5000"]);
    for command in [Command::new(secrets), of_names] {
        let ran = run(command, &gate.root, &gate.deadline, gate.deadline.left(), Show::Words)?;
        count.add(ran.count);
        if !ran.ok && ran.count.failed == 0 {
            count.failed += 1;
        }
    }
    judged(gate, count, true)
}

/// CR-19: as many requests as the line asks for. The gate's own run draws fewer of the same.
pub fn policies(gate: &mut Gate) -> Result<Verdict> {
    let drawn = |built: &&Built| built.is_test && built.package == "iam" && built.target.starts_with("against_");
    let tests: Vec<Built> = gate.built()?.iter().filter(drawn).cloned().collect();
    let mut count = Count::default();
    for built in &tests {
        println!("-- {} {}, a million requests", built.package, built.target);
        count.add(build::run_tests(built, &[], &[("COGNATE_DRAWS", "1000000")], &gate.deadline)?);
    }
    judged(gate, count, true)
}

/// Survivors are told, not failed upon: whether one is a gap or the same program in other words takes a reader.
pub fn mutants(gate: &mut Gate) -> Result<Verdict> {
    if tools::cargo_tool(&tools::MUTANTS, &gate.root, &gate.deadline)?.is_none() {
        return Ok(Verdict::NotRun("cargo-mutants is missing and cargo could not install it".into()));
    }
    let out = gate.root.join("target/mutants");
    let mut command = cargo(&["mutants", "--no-shuffle", "--timeout", "900", "--build-timeout", "1800"]);
    command.env("PATH", tools::path_with_tools(&gate.root)?).arg("--output").arg(&out);
    for krate in BENT {
        command.args(["--package", krate, "--test-package", krate]);
    }
    command.args(["--test-package", "exam"]);
    let ran = run(command, &gate.root, &gate.deadline, gate.deadline.left(), Show::Words)?;
    let told = Told::read(&out.join("mutants.out/outcomes.json"))?;
    println!("{}", told.table());
    // 0: all caught; 2: some survived; 3: some hung. Anything else means it did not get that far.
    if told.rows.is_empty() || (!ran.ok && told.missed() + told.rows.iter().map(|row| row.timeout).sum::<u64>() == 0) {
        bail!("cargo-mutants did not finish");
    }
    Ok(Verdict::Passed(Count::default()))
}

/// Outcomes of one file's mutants.
#[derive(Default)]
struct Row {
    file: String,
    caught: u64,
    missed: u64,
    timeout: u64,
    unviable: u64,
}

/// What cargo-mutants found, by file.
struct Told {
    rows: Vec<Row>,
}

impl Told {
    fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        Self::parse(&text)
    }

    fn parse(text: &str) -> Result<Self> {
        let json: Value = serde_json::from_str(text).context("outcomes of cargo-mutants")?;
        let outcomes = json.get("outcomes").and_then(Value::as_array).context("no outcomes")?;
        let mut rows: Vec<Row> = Vec::new();
        for outcome in outcomes {
            let Some(file) = outcome.pointer("/scenario/Mutant/file").and_then(Value::as_str) else { continue };
            if rows.last().is_none_or(|row| row.file != file) {
                rows.push(Row { file: file.to_owned(), ..Row::default() });
            }
            let Some(row) = rows.last_mut() else { continue };
            match outcome.get("summary").and_then(Value::as_str) {
                Some("CaughtMutant") => row.caught += 1,
                Some("MissedMutant") => row.missed += 1,
                Some("Timeout") => row.timeout += 1,
                _ => row.unviable += 1,
            }
        }
        Ok(Self { rows })
    }

    fn missed(&self) -> u64 {
        self.rows.iter().map(|row| row.missed).sum()
    }

    fn table(&self) -> String {
        let mut text = format!("{:<44} {:>7} {:>7} {:>7} {:>9}\n", "file", "killed", "missed", "hung", "unviable");
        for Row { file, caught, missed, timeout, unviable } in &self.rows {
            text.push_str(&format!("{file:<44} {caught:>7} {missed:>7} {timeout:>7} {unviable:>9}\n"));
        }
        let killed: u64 = self.rows.iter().map(|row| row.caught + row.timeout).sum();
        let judged = killed + self.missed();
        text.push_str(&format!("{killed} of {judged} mutants were noticed; the others are in missed.txt"));
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_counted_by_file_and_the_baseline_is_none() {
        let mutant = |file: &str, summary: &str| {
            format!(r#"{{"scenario":{{"Mutant":{{"file":"{file}"}}}},"summary":"{summary}"}}"#)
        };
        let all = [
            r#"{"scenario":"Baseline","summary":"Success"}"#.to_owned(),
            mutant("a.rs", "CaughtMutant"),
            mutant("a.rs", "MissedMutant"),
            mutant("b.rs", "Timeout"),
            mutant("b.rs", "Unviable"),
        ];
        let told = Told::parse(&format!(r#"{{"outcomes":[{}]}}"#, all.join(","))).expect("outcomes");
        let rows: Vec<_> =
            told.rows.iter().map(|r| (r.file.as_str(), r.caught, r.missed, r.timeout, r.unviable)).collect();
        assert_eq!(rows, [("a.rs", 1, 1, 0, 0), ("b.rs", 0, 0, 1, 1)]);
        assert!(
            told.table().ends_with("2 of 3 mutants were noticed; the others are in missed.txt"),
            "{}",
            told.table()
        );
    }
}
