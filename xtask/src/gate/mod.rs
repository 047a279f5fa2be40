//! `cargo xtask test`: everything CI runs, in the same words.
//!
//! Runs every stage even when one before it failed, prints the minutes of each and a table at the end, and fails by
//! itself before a machine that waits for it would.

mod build;
mod command;
mod deep;
mod fuzzing;
mod mutants;
mod report;
mod space;
mod stages;
mod tools;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::stopwatch::Stopwatch;
use anyhow::{Result, bail};

pub use command::ask;

use build::Built;
use command::Deadline;
use report::{Count, Ending, Row, minutes, table};
use stages::{STAGES, Stage, Verdict};

/// Aimed at: 40 minutes on two cores from nothing. Failed at:
const LIMIT: Duration = Duration::from_secs(70 * 60);
/// With `--deep` it may take a night.
const DEEP_LIMIT: Duration = Duration::from_secs(12 * 3600);

/// Stages whose counts are tests of cargo's; the others count comparisons and clients' checks, which the table shows.
const CARGO_TESTS: &[&str] = &["units", "exam-sqlite", "exam-pg", "races"];

/// What the stages share.
pub struct Gate {
    root: PathBuf,
    deep: bool,
    deadline: Deadline,
    built: Option<Vec<Built>>,
    lost: RefCell<Count>,
}

impl Gate {
    /// Programs and tests of the workspace, built at the first question.
    fn built(&mut self) -> Result<&[Built]> {
        let built = match self.built.take() {
            Some(built) => built,
            None => build::everything(&self.root, &self.deadline)?,
        };
        Ok(self.built.insert(built))
    }

    /// Keeps what a failing stage had counted, for the table.
    fn lost(&self, count: Count) {
        self.lost.borrow_mut().add(count);
    }
}

/// The command: `cargo xtask test [--deep] [--list] [stage …]`.
pub fn run(root: &Path, args: &[&str]) -> Result<()> {
    let deep = args.contains(&"--deep");
    let named: Vec<&str> = args.iter().copied().filter(|arg| !arg.starts_with("--")).collect();
    if args.contains(&"--list") {
        for stage in STAGES {
            println!("{:<12} {}{}", stage.name, stage.about, if stage.deep { " (--deep)" } else { "" });
        }
        return Ok(());
    }
    if let Some(unknown) = named.iter().find(|name| STAGES.iter().all(|stage| stage.name != **name)) {
        bail!("no stage {unknown}; `cargo xtask test --list` names them");
    }
    if named.is_empty() {
        space::suffices(root)?;
    }
    let limit = if deep { DEEP_LIMIT } else { LIMIT };
    let mut gate = Gate {
        root: root.to_path_buf(),
        deep,
        deadline: Deadline::after(limit),
        built: None,
        lost: RefCell::default(),
    };
    let rows: Vec<Row> = STAGES
        .iter()
        .filter(|stage| if named.is_empty() { deep || !stage.deep } else { named.contains(&stage.name) })
        .map(|stage| one(stage, &mut gate))
        .collect();
    finish(&rows, &gate)
}

fn one(stage: &Stage, gate: &mut Gate) -> Row {
    println!("\n==== {}: {}", stage.name, stage.about);
    let watch = Stopwatch::start();
    let verdict = if gate.deadline.left().is_zero() {
        Err(anyhow::anyhow!("the gate's {} minutes are over", LIMIT.as_secs() / 60))
    } else {
        (stage.run)(gate)
    };
    let lost = gate.lost.take();
    let (ending, count) = match verdict {
        Ok(Verdict::Passed(count)) => (Ending::Passed, count),
        Ok(Verdict::NotRun(why)) => (Ending::NotRun(why), Count::default()),
        Err(error) => (Ending::Failed(format!("{error:#}")), lost),
    };
    let took = watch.elapsed();
    match &ending {
        Ending::Passed => println!("==== {}: ok, {} minutes", stage.name, minutes(took)),
        Ending::Failed(why) => println!("==== {}: FAILED after {} minutes: {why}", stage.name, minutes(took)),
        Ending::NotRun(why) => println!("==== {}: NOT RUN: {why}", stage.name),
    }
    Row { name: stage.name, ending, took, count }
}

fn finish(rows: &[Row], gate: &Gate) -> Result<()> {
    let mut sum = Count::default();
    for row in rows.iter().filter(|row| CARGO_TESTS.contains(&row.name)) {
        sum.add(row.count);
    }
    let failed: Vec<&str> =
        rows.iter().filter(|row| matches!(row.ending, Ending::Failed(_))).map(|row| row.name).collect();
    println!("{}", table(rows, gate.deadline.elapsed()));
    if sum.ignored > 0 {
        println!("{} ignored", sum.ignored);
    }
    println!("{} passed, {} failed", sum.passed, sum.failed);
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    Ok(())
}
