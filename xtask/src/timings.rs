//! `cargo xtask timings`: what a build costs, against its budget, written to docs/build-times.md.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::machine;
use crate::stopwatch::Stopwatch;

/// A measured build.
struct Figure {
    what: &'static str,
    took: Duration,
    budget: Duration,
}

const PAGE: &str = "docs/build-times.md";

/// The command. Uses a target directory of its own, so that "clean" means clean and nobody's build is thrown away.
pub fn run(root: &Path) -> Result<()> {
    let target = std::env::temp_dir().join(format!("cognate-timings-{}", std::process::id()));
    let measured = measure(root, &target);
    if target.exists() {
        fs::remove_dir_all(&target).with_context(|| format!("removing {}", target.display()))?;
    }
    let text = page(&measured?);
    println!("{text}");
    fs::write(root.join(PAGE), text).with_context(|| format!("writing {PAGE}"))
}

/// The operation that is touched: always the same one, so that figures can be compared.
const TOUCHED: &str = "crates/directory/src/ops/users/admin_get_user.rs";
/// Its wire tests in the exam.
const ITS_TESTS: &str = "directory_users_admin_get_user";

fn measure(root: &Path, target: &Path) -> Result<Vec<Figure>> {
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    // What the gate builds, in its words.
    let everything = ["build", "--workspace", "--bins", "--tests", "--examples", "--locked"];
    let (clean, _) = timed(root, target, &everything)?;
    let mut figures = vec![Figure { what: "clean build of everything tests need", took: clean, budget: minutes(8) }];
    let its_tests = ["test", "-p", "exam", "--locked", ITS_TESTS];
    // The first run builds what `-p exam` alone may select differently; the touch is what is measured.
    timed(root, target, &its_tests)?;
    let file = root.join(TOUCHED);
    fs::write(&file, fs::read(&file).with_context(|| format!("reading {TOUCHED}"))?)?;
    let (took, words) = timed(root, target, &its_tests)?;
    if passed(&words) == 0 {
        bail!("the exam has no tests that start with {ITS_TESTS}: the figure would say nothing");
    }
    figures.push(Figure {
        what: "one operation touched: rebuild and run its tests",
        took,
        budget: Duration::from_secs(20),
    });
    let (release, _) = timed(root, target, &["build", "--release", "-p", "server", "--locked"])?;
    figures.push(Figure { what: "release build from nothing", took: release, budget: minutes(12) });
    Ok(figures)
}

/// How long cargo took, and what it printed on standard output.
fn timed(root: &Path, target: &Path, args: &[&str]) -> Result<(Duration, String)> {
    eprintln!("cargo {}", args.join(" "));
    let watch = Stopwatch::start();
    let output = Command::new(env!("CARGO"))
        .args(args)
        .current_dir(root)
        .env("CARGO_TARGET_DIR", target)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("starting cargo")?;
    let took = watch.elapsed();
    if !output.status.success() {
        bail!("cargo {} failed", args.join(" "));
    }
    eprintln!("took {}", clock(took));
    Ok((took, String::from_utf8_lossy(&output.stdout).into_owned()))
}

/// Tests that passed, by the runner's own lines.
fn passed(words: &str) -> usize {
    let results = words.lines().filter_map(|line| line.trim().strip_prefix("test result: ok. "));
    results.filter_map(|rest| rest.split(' ').next()?.parse::<usize>().ok()).sum()
}

fn page(figures: &[Figure]) -> String {
    let mut text = String::from("# Build times\n\nWritten by `cargo xtask timings`. The budget is for two cores.\n\n");
    text.push_str(&format!("{}\n\n| what | took | budget | |\n|---|--:|--:|---|\n", machine::line()));
    for figure in figures {
        let kept = if figure.took <= figure.budget { "kept" } else { "**missed**" };
        text.push_str(&format!("| {} | {} | {} | {kept} |\n", figure.what, clock(figure.took), clock(figure.budget)));
    }
    text
}

fn clock(took: Duration) -> String {
    let secs = took.as_secs();
    format!("{}:{:02} min", secs / 60, secs % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missed_budget_is_named() {
        let secs = Duration::from_secs;
        let kept = Figure { what: "a", took: secs(65), budget: secs(480) };
        let missed = Figure { what: "b", took: secs(21), budget: secs(20) };
        let page = page(&[kept, missed]);
        assert!(page.contains("| a | 1:05 min | 8:00 min | kept |"), "{page}");
        assert!(page.contains("| b | 0:21 min | 0:20 min | **missed** |"), "{page}");
    }
    #[test]
    fn tests_that_ran_are_counted() {
        let words = "running 2 tests\ntest result: ok. 2 passed; 0 failed\n\ntest result: ok. 0 passed; 0 failed\n";
        assert_eq!(passed(words), 2);
        assert_eq!(passed("running 0 tests"), 0);
    }

    #[test]
    fn the_touched_operation_and_its_tests_are_there() {
        let root = crate::root();
        assert!(root.join(TOUCHED).exists());
        let exam = fs::read_to_string(root.join("crates/exam/src/tests.rs")).expect("the list of the exam");
        assert!(exam.contains(&format!("mod {ITS_TESTS};")));
    }
}
