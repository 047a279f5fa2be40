//! One build of everything bent: what does not compile is taken out until the rest does.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::bend::Bent;
use crate::blame::{Blamed, blame};
use crate::list::{Genre, Mutant};
use crate::state::{Outcome, State};
use crate::tree;

/// Errors come one crate and one pass of the compiler at a time.
const ROUNDS_MAX: usize = 60;

/// A test binary.
#[derive(Debug, Clone)]
pub struct Judge {
    /// Directory of its package, where tests run.
    pub dir: PathBuf,
    /// `package/target`.
    pub name: String,
    /// Where it lies.
    pub executable: PathBuf,
}

/// Where things lie, and who judges.
pub struct Plan {
    /// The tree as it is.
    pub plain: PathBuf,
    /// The tree as it is bent.
    pub copy: PathBuf,
    /// Cargo's target directory.
    pub target: PathBuf,
    /// Packages whose tests judge.
    pub packages: Vec<String>,
}

/// Builds the judges over all mutants that are not out, and tells of those that go out on the way.
pub fn build(plan: &Plan, mutants: &[Mutant], state: &mut State) -> Result<Vec<Judge>> {
    tree::copy(&plan.plain, &plan.copy, &tree::bent_files(mutants))?;
    for round in 1..=ROUNDS_MAX {
        let out = state.known().iter().filter(|(_, outcome)| is_out(outcome));
        let out: BTreeMap<u32, Outcome> = out.map(|(number, outcome)| (*number, outcome.clone())).collect();
        let bent = tree::bend_all(&plan.plain, &plan.copy, mutants, &out)?;
        tell(mutants, state, &not_said(mutants, &bent, &out))?;
        let Built { judges, blamed, errors } = compile(plan, &bent, mutants)?;
        println!("round {round}: {} unviable, {} left out", blamed.unviable.len(), blamed.left_out.len());
        if let Some(judges) = judges {
            return Ok(judges);
        }
        if blamed.unviable.is_empty() && blamed.left_out.is_empty() {
            // Something far away needs a function that is const no more: all of those go.
            let held = bent.values().flat_map(|bent| &bent.unconst).flat_map(|(_, held)| held);
            let rest =
                Blamed { left_out: held.copied().filter(|number| !is_known(state, *number)).collect(), ..blamed };
            if rest.left_out.is_empty() {
                bail!("errors that belong to no mutant:\n{errors}");
            }
            tell(mutants, state, &rest)?;
        } else {
            tell(mutants, state, &blamed)?;
        }
    }
    bail!("does not compile after {ROUNDS_MAX} rounds")
}

fn is_out(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Unviable | Outcome::LeftOut)
}

fn is_known(state: &State, number: u32) -> bool {
    state.known().get(&number).is_some_and(is_out)
}

/// Those that the walk did not meet, or that no compiler would take.
fn not_said(mutants: &[Mutant], bent: &BTreeMap<String, Bent>, out: &BTreeMap<u32, Outcome>) -> Blamed {
    let mut blamed = Blamed::default();
    for mutant in mutants.iter().filter(|mutant| !out.contains_key(&mutant.number)) {
        let Some(bent) = bent.get(&mutant.file) else { continue };
        if bent.hopeless.contains(&mutant.number) {
            blamed.unviable.insert(mutant.number);
        } else if !bent.taken.contains(&mutant.number) {
            blamed.left_out.insert(mutant.number);
        }
    }
    blamed
}

fn tell(mutants: &[Mutant], state: &mut State, blamed: &Blamed) -> Result<()> {
    for mutant in mutants {
        if blamed.unviable.contains(&mutant.number) {
            state.tell(mutant, Outcome::Unviable)?;
        } else if blamed.left_out.contains(&mutant.number) {
            state.tell(mutant, Outcome::LeftOut)?;
        }
    }
    Ok(())
}

struct Built {
    judges: Option<Vec<Judge>>,
    blamed: Blamed,
    errors: String,
}

fn compile(plan: &Plan, bent: &BTreeMap<String, Bent>, mutants: &[Mutant]) -> Result<Built> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--tests", "--locked", "--keep-going", "--quiet", "--message-format=json"]);
    for package in &plan.packages {
        command.args(["--package", package]);
    }
    command.current_dir(&plan.copy).env("CARGO_TARGET_DIR", &plan.target);
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output().context("starting cargo")?;
    let said = String::from_utf8_lossy(&output.stdout);
    let messages: Vec<Value> = said.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let mut blamed = Blamed::default();
    let mut errors = String::new();
    for message in &messages {
        let Some(mut found) = blame(message, bent) else { continue };
        if leaves_gaps(message) {
            found.left_out.retain(|number| is_arm(mutants, *number));
        }
        blamed.unviable.extend(found.unviable);
        blamed.left_out.extend(found.left_out);
        errors.push_str(message.pointer("/message/rendered").and_then(Value::as_str).unwrap_or_default());
    }
    blamed.left_out.retain(|number| !blamed.unviable.contains(number));
    let judges = output.status.success().then(|| messages.iter().filter_map(judge).collect());
    Ok(Built { judges, blamed, errors })
}

/// A match that is no longer exhaustive: an arm that goes away is at fault, and nothing else around it.
fn leaves_gaps(message: &Value) -> bool {
    message.pointer("/message/code/code").and_then(Value::as_str) == Some("E0004")
}

fn is_arm(mutants: &[Mutant], number: u32) -> bool {
    mutants.iter().any(|mutant| mutant.number == number && mutant.genre == Genre::MatchArm)
}

/// A test binary out of what cargo says it made.
fn judge(message: &Value) -> Option<Judge> {
    let executable = message.get("executable")?.as_str()?;
    message.pointer("/profile/test")?.as_bool()?.then_some(())?;
    let dir = Path::new(message.get("manifest_path")?.as_str()?).parent()?.to_path_buf();
    let target = message.pointer("/target/name")?.as_str()?;
    let name = format!("{}/{target}", dir.file_name()?.to_string_lossy());
    Some(Judge { dir, name, executable: executable.into() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn judges_are_test_binaries() {
        let mut made = json!({ "executable": "/t/exam-1", "profile": { "test": true },
            "manifest_path": "/x/crates/exam/Cargo.toml", "target": { "name": "exam" } });
        let judge_made = judge(&made).expect("a judge");
        assert_eq!((judge_made.name.as_str(), judge_made.dir.as_path()), ("exam/exam", Path::new("/x/crates/exam")));
        made["profile"]["test"] = json!(false);
        assert!(judge(&made).is_none());
    }
}
