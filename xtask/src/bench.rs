//! `cargo xtask bench`: builds the release binary and its driver, measures, and writes docs/performance.md.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::machine;

const PAGE: &str = "docs/performance.md";
/// What people write about the figures stays below this line of the page.
const NOTES: &str = "<!-- notes: what follows is written by people and kept -->";

/// The command: `cargo xtask bench [--million] [--users N,N] [--seconds S] [--rounds N] [--only NAME]`.
pub fn run(root: &Path, args: &[&str]) -> Result<()> {
    let mut passed_on: Vec<&str> = args.iter().copied().filter(|arg| *arg != "--million").collect();
    if args.contains(&"--million") {
        passed_on.extend(["--users", "1000,10000,100000,1000000"]);
    }
    let programs = build(root)?;
    let (driver, cognate) = (find(&programs, "bench")?, find(&programs, "cognate")?);
    let output =
        Command::new(driver).arg(cognate).args(&passed_on).current_dir(root).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        bail!("the driver failed");
    }
    let tables = String::from_utf8(output.stdout).context("the driver's report")?;
    println!("{tables}");
    if args.contains(&"--only") {
        return Ok(()); // a part is no report
    }
    let path = root.join(PAGE);
    let page = page(&tables, &fs::read_to_string(&path).unwrap_or_default());
    fs::write(&path, page).with_context(|| format!("writing {PAGE}"))
}

fn page(tables: &str, before: &str) -> String {
    let notes = before.split_once(NOTES).map_or("\n", |(_, notes)| notes);
    format!(
        "# Performance\n\nWritten by `cargo xtask bench`: CPU per operation of the server process, divided by the floor, which is \
         the work that cannot be left out, measured in the same run on the same cores. Every answer is checked for its content. \
         Wall-clock figures are noise on shared machines and given only where waiting is the question.\n\n{}\n\n{tables}\n{NOTES}{notes}",
        machine::line()
    )
}

fn build(root: &Path) -> Result<Vec<PathBuf>> {
    let output = Command::new(env!("CARGO"))
        .args(["build", "--release", "--locked", "-p", "server", "-p", "benches", "--bins"])
        .arg("--message-format=json-render-diagnostics")
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output()
        .context("starting cargo")?;
    if !output.status.success() {
        bail!("the release build failed");
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let executable = |line: &str| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        Some(PathBuf::from(message.get("executable")?.as_str()?))
    };
    Ok(text.lines().filter_map(executable).collect())
}

fn find<'a>(programs: &'a [PathBuf], name: &str) -> Result<&'a PathBuf> {
    let named = |path: &&PathBuf| path.file_name().is_some_and(|file| file == name);
    programs.iter().find(named).with_context(|| format!("cargo built no {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_stays() {
        let first = page("tables", "");
        let edited = first.replace(NOTES, &format!("{NOTES}\n\nSignUp misses because"));
        let second = page("newer tables", &edited);
        assert!(second.contains("newer tables") && second.contains("SignUp misses because"), "{second}");
        assert_eq!(second.matches(NOTES).count(), 1);
    }
}
