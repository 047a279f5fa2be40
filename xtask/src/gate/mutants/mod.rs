//! Mutation tests of the crates that decide who may sign in: a line is bent, and some test must notice.
//!
//! cargo-mutants says what may be bent. `bender` (a crate of its own, since it reads Rust with syn) puts all of it behind
//! switches in a copy of the tree, builds that once, sees which test comes by which mutant, and asks those. What has no
//! switch (constants, mostly) goes to cargo-mutants itself, which builds for each.
//!
//! Both work in `target/mutants`, and nothing that is being written meanwhile is touched. What `bender` found is kept by the
//! hash of the tree: a run that was stopped goes on. `COGNATE_MUTANTS_SHARD=0/20` judges every twentieth mutant.

mod classical;
mod told;
mod tree;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::command::{Show, run};
use super::report::Count;
use super::stages::{Verdict, cargo};
use super::{Gate, tools};
use told::Told;

/// What is bent.
const BENT: [&str; 4] = ["crypto", "tokens", "signin", "accounts"];
/// Whose tests judge, besides the crates' own: the wire tests.
const WIRE: &str = "exam";

/// Survivors are told, not failed upon: whether one is a gap or the same program in other words takes a reader.
pub fn stage(gate: &mut Gate) -> Result<Verdict> {
    if tools::cargo_tool(&tools::MUTANTS, &gate.root, &gate.deadline)?.is_none() {
        return Ok(Verdict::NotRun("cargo-mutants is missing and cargo could not install it".into()));
    }
    let place = gate.root.join("target/mutants");
    tree::copy(&gate.root, &place.join("tree"))?;
    let list = list(gate, &place)?;
    let mut told = bent(gate, &place, &list)?;
    println!("{}", told.table());
    let left_out = told.left_out().to_vec();
    if !left_out.is_empty() {
        println!("-- {} have no switch: cargo-mutants builds for each", left_out.len());
        told.judge_left_out(classical::judge(gate, &place, &left_out)?);
        println!("{}", told.table());
    }
    Ok(Verdict::Passed(Count::default()))
}

/// Which part of the mutants is asked for, `k/n`.
#[allow(clippy::disallowed_methods, reason = "a chore's switch, not a setting of the server")]
fn shard() -> Option<String> {
    std::env::var("COGNATE_MUTANTS_SHARD").ok()
}

/// Writes down what cargo-mutants would bend.
fn list(gate: &Gate, place: &Path) -> Result<PathBuf> {
    let mut command = cargo(&["mutants", "--list", "--json", "--colors", "never"]);
    command.arg("--dir").arg(place.join("tree")).env("PATH", tools::path_with_tools(&gate.root)?);
    for krate in BENT {
        command.args(["--package", krate]);
    }
    let ran = run(command, &gate.root, &gate.deadline, gate.deadline.left(), Show::Errors)?;
    if !ran.ok {
        bail!("cargo-mutants could not list");
    }
    let list = place.join("list.json");
    std::fs::write(&list, ran.stdout).with_context(|| format!("writing {}", list.display()))?;
    Ok(list)
}

/// All mutants in one build.
fn bent(gate: &Gate, place: &Path, list: &Path) -> Result<Told> {
    let judges = BENT.into_iter().chain([WIRE]).collect::<Vec<_>>().join(",");
    let mut command = cargo(&["run", "--quiet", "--locked", "--package", "bender", "--"]);
    command.arg(place.join("tree")).arg(list).arg(place).arg(judges).args(shard());
    let ran = run(command, &gate.root, &gate.deadline, gate.deadline.left(), Show::Words)?;
    if !ran.ok {
        bail!("bender did not finish");
    }
    let path = place.join("outcomes.tsv");
    let text = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    Ok(Told::of_bender(&text))
}
