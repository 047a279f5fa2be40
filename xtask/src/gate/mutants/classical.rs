//! One build for each mutant, by cargo-mutants itself.
//!
//! Two passes, since the wire tests take a minute to link and most mutants fall to their crate's own tests in seconds:
//! first the crates' own tests, then the wire tests for whoever survived.

use std::path::Path;

use anyhow::{Result, bail};

use super::super::command::{Show, run};
use super::super::stages::cargo;
use super::super::{Gate, tools};
use super::told::Told;
use super::{BENT, WIRE};

/// Judges these mutants, by name.
pub fn judge(gate: &Gate, place: &Path, only: &[String]) -> Result<Told> {
    let mut told = pass(gate, place, "own", &BENT, only)?;
    let survivors = told.survivors().to_vec();
    if !survivors.is_empty() {
        println!("-- {} of {} go on to the wire tests", survivors.len(), told.judged());
        told.judge_survivors(pass(gate, place, "wire", &[WIRE], &survivors)?);
    }
    Ok(told)
}

/// One run of cargo-mutants over `only` these, judged by the tests of some crates.
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
    command.args(only.iter().map(|name| format!("--re=^{}$", escaped(name))));
    command.env("PATH", tools::path_with_tools(&gate.root)?).env("CARGO_TARGET_DIR", place.join("build"));
    // The first red test is enough, and one round of each race.
    command.env("COGNATE_TEST_STOP", "first").env("COGNATE_RACE_ROUNDS", "1");
    let ran = run(command, &gate.root, &gate.deadline, gate.deadline.left(), Show::Words)?;
    let told = Told::of_cargo_mutants(&out.join("mutants.out"))?;
    // 0: all caught; 2: some survived; 3: some hung. Anything else means it did not get that far.
    if told.judged() == 0 || (!ran.ok && told.survivors().is_empty() && told.hung() == 0) {
        bail!("cargo-mutants did not finish");
    }
    Ok(told)
}

/// A name of a mutant as a regular expression that matches it alone.
fn escaped(name: &str) -> String {
    name.chars().map(|c| if r"\.+*?()|[]{}^$".contains(c) { format!("\\{c}") } else { c.to_string() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_pattern_for_itself_alone() {
        assert_eq!(escaped("a.rs: replace f -> [u8] with + *"), r"a\.rs: replace f -> \[u8\] with \+ \*");
    }
}
