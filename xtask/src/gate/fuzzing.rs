//! The fuzz targets: built once with nightly, run two at a time.
//!
//! A target's body is a function of the crate it looks at, and that crate's own tests replay its corpus, so a machine
//! without nightly still sees every known input. The gate fuzzes without a sanitizer: there is no unsafe of ours to
//! catch, assertions and panics are found as well, and the build costs half. `--deep` fuzzes under AddressSanitizer.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::command::{Deadline, Show, ask, run};
use super::report::Count;
use super::stages::Verdict;
use super::{Gate, tools};

/// Runs at the same time: the gate's machine has two cores, and a target keeps one of them busy.
const AT_ONCE: usize = 2;

/// What all targets share.
struct Campaign<'g> {
    root: &'g Path,
    deadline: &'g Deadline,
    sanitizer: &'static str,
    secs: u64,
    path: std::ffi::OsString,
}

/// The stage.
pub fn stage(gate: &mut Gate) -> Result<Verdict> {
    if ask("sh", &["-c", "unset RUSTUP_TOOLCHAIN CARGO; rustc +nightly --version"]).is_err() {
        return Ok(Verdict::NotRun(
            "no nightly toolchain (rustup toolchain install nightly --profile minimal); the corpora were replayed by \
             the crates' own tests"
                .into(),
        ));
    }
    if tools::cargo_tool(&tools::FUZZ, &gate.root, &gate.deadline)?.is_none() {
        return Ok(Verdict::NotRun(
            "cargo-fuzz is missing and cargo could not install it; the corpora were replayed by the crates' own tests"
                .into(),
        ));
    }
    let campaign = Campaign {
        root: &gate.root,
        deadline: &gate.deadline,
        sanitizer: if gate.deep { "address" } else { "none" },
        secs: if gate.deep { 1800 } else { 15 },
        path: tools::path_with_tools(&gate.root)?,
    };
    let targets = targets(&gate.root)?;
    campaign.build()?;
    let failed = campaign.run_all(&targets)?;
    let count = Count { passed: (targets.len() - failed.len()) as u64, failed: failed.len() as u64, ignored: 0 };
    if !failed.is_empty() {
        gate.lost(count);
        bail!("{} found something; what it was lies in fuzz/artifacts", failed.join(", "));
    }
    println!("{} targets, {} s each, sanitizer {}", targets.len(), campaign.secs, campaign.sanitizer);
    Ok(Verdict::Passed(count))
}

/// The targets by name, from their manifest.
fn targets(root: &Path) -> Result<Vec<String>> {
    let manifest = std::fs::read_to_string(root.join("fuzz/Cargo.toml")).context("reading fuzz/Cargo.toml")?;
    let table: toml::Table = manifest.parse().context("fuzz/Cargo.toml")?;
    let bins = table.get("bin").and_then(toml::Value::as_array).context("fuzz/Cargo.toml has no targets")?;
    let name = |bin: &toml::Value| bin.get("name").and_then(toml::Value::as_str).map(str::to_owned);
    bins.iter().map(|bin| name(bin).context("a target without a name")).collect()
}

impl Campaign<'_> {
    fn build(&self) -> Result<()> {
        let mut command = self.cargo_fuzz("build");
        command.arg("--target-dir").arg(self.target_dir());
        let ran = run(command, self.root, self.deadline, self.deadline.left(), Show::Words)?;
        if !ran.ok {
            bail!("the fuzz targets do not build");
        }
        Ok(())
    }

    /// Every target once; the names of those that found something.
    fn run_all(&self, targets: &[String]) -> Result<Vec<String>> {
        let waiting = Mutex::new(targets.iter().collect::<VecDeque<_>>());
        let (failed, broken) = (Mutex::new(Vec::new()), Mutex::new(None));
        std::thread::scope(|scope| {
            for _ in 0..AT_ONCE {
                scope.spawn(|| {
                    while let Some(target) = locked(&waiting).pop_front() {
                        match self.run_one(target) {
                            Ok(true) => {}
                            Ok(false) => locked(&failed).push(target.clone()),
                            Err(error) => *locked(&broken) = Some(error),
                        }
                    }
                });
            }
        });
        match broken.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(error) => Err(error),
            None => Ok(failed.into_inner().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    /// What a target finds worth keeping goes to `fuzz/corpus`; it starts from the committed corpus of its crate.
    fn run_one(&self, target: &str) -> Result<bool> {
        let found = self.root.join("fuzz/corpus").join(target);
        let artifacts = self.root.join("fuzz/artifacts").join(target);
        std::fs::create_dir_all(&found)?;
        std::fs::create_dir_all(&artifacts)?;
        let mut command = Command::new(self.program(target)?);
        // SQLite has static tables of one name in several of its files, which are one file here: no finding.
        command.env("ASAN_OPTIONS", "detect_odr_violation=0");
        command.arg(format!("-artifact_prefix={}/", artifacts.display()));
        command.args(["-timeout=10", "-rss_limit_mb=1024", "-print_final_stats=1", "-verbosity=0"]);
        command.arg(format!("-max_total_time={}", self.secs)).arg(found).args(seeds(self.root, target)?);
        let ran = run(command, self.root, self.deadline, Duration::from_secs(self.secs + 120), Show::Errors)?;
        println!("-- {target}: {}", if ran.ok { "nothing found" } else { "FOUND SOMETHING" });
        Ok(ran.ok)
    }

    fn program(&self, target: &str) -> Result<PathBuf> {
        let host = ask("sh", &["-c", "rustc -vV | sed -n 's/host: //p'"])?;
        Ok(self.target_dir().join(host).join("release").join(target))
    }

    /// A directory for each sanitizer, so that neither throws away what the other built.
    fn target_dir(&self) -> PathBuf {
        self.root.join("fuzz/target").join(self.sanitizer)
    }

    fn cargo_fuzz(&self, verb: &str) -> Command {
        let mut command = Command::new("cargo");
        command.args(["+nightly", "fuzz", verb, "--sanitizer", self.sanitizer]).env("PATH", &self.path);
        // The rustup proxy picks the toolchain; the variables of the cargo we run under would overrule it.
        command.env_remove("RUSTUP_TOOLCHAIN").env_remove("CARGO").env_remove("CARGO_TARGET_DIR");
        command
    }
}

fn seeds(root: &Path, target: &str) -> Result<Vec<PathBuf>> {
    let mut seeds = Vec::new();
    for krate in std::fs::read_dir(root.join("crates"))? {
        let corpus = krate?.path().join("corpus").join(target);
        if corpus.exists() {
            seeds.push(corpus);
        }
    }
    Ok(seeds)
}

fn locked<T>(shared: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_a_target_is_a_target_that_runs() {
        let root = crate::root();
        let mut files: Vec<String> = std::fs::read_dir(root.join("fuzz/targets"))
            .expect("the targets")
            .map(|entry| entry.expect("a file").path().file_stem().expect("a name").to_string_lossy().into_owned())
            .collect();
        let mut named = targets(&root).expect("the manifest");
        files.sort();
        named.sort();
        assert_eq!(files, named);
    }
}
