//! What is run longer, or only, with `--deep`: races over and over, statistics of timing, a million decisions. Mutation
//! tests: `mutants.rs`.

use std::process::Command;

use anyhow::Result;

use super::Gate;
use super::build::{self, Built};
use super::command::{Show, run};
use super::report::Count;
use super::stages::{Verdict, is_exam, judged, program};

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
