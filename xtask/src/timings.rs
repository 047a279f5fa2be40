//! `cargo xtask timings`: what a build costs, against its budget, written to docs/build-times.md.

use std::fs;
use std::path::{Path, PathBuf};
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

fn measure(root: &Path, target: &Path) -> Result<Vec<Figure>> {
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    let clean = timed(root, target, &["build", "--workspace", "--bins", "--tests", "--locked"])?;
    let mut figures = vec![Figure { what: "clean build of everything tests need", took: clean, budget: minutes(8) }];
    if let Some((operation, file)) = some_operation(root)? {
        // The first run builds what `-p exam` alone selects; the touch is what is measured.
        timed(root, target, &["test", "-p", "exam", "--locked", "--quiet", &operation])?;
        fs::write(&file, fs::read(&file)?)?;
        let took = timed(root, target, &["test", "-p", "exam", "--locked", "--quiet", &operation])?;
        figures.push(Figure {
            what: "one operation touched: rebuild and run its tests",
            took,
            budget: Duration::from_secs(20),
        });
    }
    let release = timed(root, target, &["build", "--release", "-p", "server", "--locked"])?;
    figures.push(Figure { what: "release build from nothing", took: release, budget: minutes(12) });
    Ok(figures)
}

fn timed(root: &Path, target: &Path, args: &[&str]) -> Result<Duration> {
    eprintln!("cargo {}", args.join(" "));
    let watch = Stopwatch::start();
    let status = Command::new(env!("CARGO"))
        .args(args)
        .current_dir(root)
        .env("CARGO_TARGET_DIR", target)
        .stdin(Stdio::null())
        .status()
        .context("starting cargo")?;
    if !status.success() {
        bail!("cargo {} failed", args.join(" "));
    }
    Ok(watch.elapsed())
}

/// An operation with wire tests beside it: its name and its file.
fn some_operation(root: &Path) -> Result<Option<(String, PathBuf)>> {
    let ops = root.join("crates/directory/src/ops");
    if !ops.exists() {
        return Ok(None);
    }
    for noun in fs::read_dir(ops)? {
        let noun = noun?.path();
        if !noun.is_dir() {
            continue;
        }
        for file in fs::read_dir(&noun)? {
            let file = file?.path();
            let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            let tests = noun.join(format!("{stem}_test.rs"));
            if tests.exists() {
                return Ok(Some((stem, file)));
            }
        }
    }
    Ok(None)
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
}
