//! What each stage does. To add one: a function here and a line in `STAGES`.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};

use super::build::{self, Built};
use super::command::{Show, run};
use super::report::Count;
use super::{Gate, deep, fuzzing, mutants, tools};
use crate::{audit, clients_page, config_page, tidy};

/// What a stage has to say when nothing failed.
pub enum Verdict {
    /// It ran and held; the tests it counted.
    Passed(Count),
    /// It had nothing to run, and why.
    NotRun(String),
}

/// A stage of the gate.
pub struct Stage {
    /// Its name on the command line and in the table.
    pub name: &'static str,
    /// One line for `--list`.
    pub about: &'static str,
    /// Runs only with `--deep`.
    pub deep: bool,
    /// Does it.
    pub run: fn(&mut Gate) -> Result<Verdict>,
}

/// In the order they run: what is cheap and often red comes first.
pub const STAGES: &[Stage] = &[
    Stage { name: "tools", about: "programs the tests drive: there, installed, or named", deep: false, run: install },
    Stage { name: "format", about: "cargo fmt --check", deep: false, run: format },
    Stage { name: "tidy", about: "the rules of the house no compiler knows", deep: false, run: tidy },
    Stage { name: "audit", about: "licences, bans, sources of dependencies", deep: false, run: supply },
    Stage { name: "codegen", about: "generated code is what codegen would write today", deep: false, run: codegen },
    Stage { name: "clippy", about: "lints, warnings denied, all targets", deep: false, run: clippy },
    Stage { name: "build", about: "all programs and tests, once", deep: false, run: compile },
    Stage { name: "units", about: "the crates' own tests", deep: false, run: units },
    Stage {
        name: "exam-sqlite",
        about: "the operations' wire tests and the store's exam on SQLite",
        deep: false,
        run: exam_sqlite,
    },
    Stage { name: "exam-pg", about: "the same on a real Postgres", deep: false, run: exam_postgres },
    Stage { name: "oracle", about: "our codecs against botocore's", deep: false, run: codecs },
    Stage { name: "constraints", about: "our checks against botocore's validator", deep: false, run: constraints },
    Stage { name: "e2e", about: "real clients against the server", deep: false, run: e2e },
    Stage { name: "drill", about: "kill -9 under load, acknowledged writes kept", deep: false, run: drill },
    Stage {
        name: "nodes",
        about: "three servers on one Postgres: effects everywhere at once, restarts, a database that goes and comes",
        deep: false,
        run: nodes,
    },
    Stage {
        name: "races",
        about: "tests of races, a hundred rounds on SQLite and ten on Postgres (--deep: a thousand on each)",
        deep: false,
        run: deep::races,
    },
    Stage {
        name: "fuzz",
        about: "each fuzz target for 15 s, where a nightly is (--deep: half an hour)",
        deep: false,
        run: fuzzing::stage,
    },
    Stage {
        name: "docs",
        about: "cargo doc without warnings, the pages of configuration keys and of clients",
        deep: false,
        run: docs,
    },
    Stage {
        name: "statistics",
        about: "whether secrets or the existence of a name show in the time",
        deep: true,
        run: deep::statistics,
    },
    Stage {
        name: "policies",
        about: "a million drawn requests: the policy engine against a naive evaluator and against iam-rs",
        deep: true,
        run: deep::policies,
    },
    Stage {
        name: "mutants",
        about: "mutation tests of the parts that decide about sign-in",
        deep: true,
        run: mutants::stage,
    },
];

pub(super) fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.args(args);
    command
}

pub(super) fn passes(gate: &Gate, command: Command) -> Result<Verdict> {
    let ran = run(command, &gate.root, &gate.deadline, gate.deadline.left(), Show::Words)?;
    if !ran.ok || ran.count.failed > 0 {
        gate.lost(ran.count);
        bail!("see above");
    }
    Ok(Verdict::Passed(ran.count))
}

fn install(gate: &mut Gate) -> Result<Verdict> {
    match tools::install(&gate.root, &gate.deadline)? {
        None => Ok(Verdict::Passed(Count::default())),
        Some(missing) => bail!("{missing}"),
    }
}

fn format(gate: &mut Gate) -> Result<Verdict> {
    passes(gate, cargo(&["fmt", "--all", "--check"]))
}

fn tidy(gate: &mut Gate) -> Result<Verdict> {
    tidy::run(&gate.root, &[])?;
    Ok(Verdict::Passed(Count::default()))
}

fn supply(gate: &mut Gate) -> Result<Verdict> {
    audit::run(&gate.root)?;
    let Some(deny) = tools::cargo_tool(&tools::DENY, &gate.root, &gate.deadline)? else {
        eprintln!("audit: cargo-deny could not be installed; our own reading of the same rules stands alone");
        return Ok(Verdict::Passed(Count::default()));
    };
    // The lock file names crates of every platform, and cargo-deny reads them all; a build fetches only those of this one.
    let fetched = run(cargo(&["fetch", "--locked"]), &gate.root, &gate.deadline, gate.deadline.left(), Show::Words)?;
    if !fetched.ok {
        bail!("cargo fetch --locked: see above");
    }
    let mut command = Command::new(deny);
    command.args(["--offline", "check", "--hide-inclusion-graph", "licenses", "bans", "sources"]);
    passes(gate, command)
}

fn codegen(gate: &mut Gate) -> Result<Verdict> {
    if !gate.root.join("xtask/src/codegen.rs").exists() && !gate.root.join("xtask/src/codegen").exists() {
        return Ok(Verdict::NotRun("there is no codegen yet".into()));
    }
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["codegen", "--check"]);
    passes(gate, command)
}

fn clippy(gate: &mut Gate) -> Result<Verdict> {
    passes(gate, cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--quiet", "--", "-D", "warnings"]))
}

fn compile(gate: &mut Gate) -> Result<Verdict> {
    gate.built()?;
    Ok(Verdict::Passed(Count::default()))
}

/// Exams sit twice, once on each engine: the operations' wire tests, and the store's own questions.
pub(super) fn is_exam(built: &Built) -> bool {
    built.is_test && (built.package == "exam" || (built.package == "store" && built.target == "exam"))
}

fn units(gate: &mut Gate) -> Result<Verdict> {
    let tests: Vec<Built> = gate.built()?.iter().filter(|built| built.is_test && !is_exam(built)).cloned().collect();
    let mut count = Count::default();
    for built in &tests {
        println!("-- {} {}", built.package, built.target);
        count.add(build::run_tests(built, &[], &[], &gate.deadline)?);
    }
    let doc = cargo(&["test", "--workspace", "--doc", "--locked", "--quiet"]);
    let ran = run(doc, &gate.root, &gate.deadline, gate.deadline.left(), Show::Words)?;
    count.add(ran.count);
    judged(gate, count, ran.ok)
}

pub(super) fn judged(gate: &Gate, count: Count, ok: bool) -> Result<Verdict> {
    if count.failed > 0 || !ok {
        gate.lost(count);
        bail!("{} failed", count.failed.max(1));
    }
    if count.passed == 0 {
        return Ok(Verdict::NotRun("there are no tests".into()));
    }
    Ok(Verdict::Passed(count))
}

fn exam_sqlite(gate: &mut Gate) -> Result<Verdict> {
    exam(gate, "sqlite")
}

/// The tests start a private Postgres themselves, from Debian's package.
fn exam_postgres(gate: &mut Gate) -> Result<Verdict> {
    exam(gate, "postgres")
}

fn exam(gate: &mut Gate, engine: &str) -> Result<Verdict> {
    let tests: Vec<Built> = gate.built()?.iter().filter(|built| is_exam(built)).cloned().collect();
    let mut count = Count::default();
    for built in &tests {
        println!("-- {} {} on {engine}", built.package, built.target);
        count.add(build::run_tests(built, &[], &[("COGNATE_TEST_DB", engine)], &gate.deadline)?);
    }
    judged(gate, count, true)
}

fn codecs(gate: &mut Gate) -> Result<Verdict> {
    against_botocore(gate, "wire_oracle.py", "oracle")
}

fn constraints(gate: &mut Gate) -> Result<Verdict> {
    against_botocore(gate, "contract_oracle.py", "check_oracle")
}

fn against_botocore(gate: &mut Gate, script: &str, example: &str) -> Result<Verdict> {
    let script = gate.root.join("e2e/python").join(script);
    let Some(example) = program(gate, example)?.filter(|_| script.exists()) else {
        return Ok(Verdict::NotRun("the oracle is not there yet".into()));
    };
    let mut command = Command::new(python_with_clients(gate)?);
    command.arg(script).arg("--oracle").arg(example);
    passes(gate, command)
}

/// The interpreter that has the pinned clients, botocore among them; `e2e` makes it and keeps it.
fn python_with_clients(gate: &Gate) -> Result<String> {
    let mut command = Command::new("python3");
    command.current_dir(gate.root.join("e2e"));
    command.args([
        "-c",
        "import pathlib; from stage import install; here = pathlib.Path.cwd(); \
        print(install.virtual_environment(here / '.work' / 'venv', here / 'python' / 'requirements.txt', True))",
    ]);
    let ran = run(command, &gate.root, &gate.deadline, Duration::from_secs(900), Show::Errors)?;
    match ran.stdout.lines().last() {
        Some(python) if ran.ok => Ok(python.to_owned()),
        _ => bail!("no virtual environment with the Python clients"),
    }
}

pub(super) fn program(gate: &mut Gate, name: &str) -> Result<Option<PathBuf>> {
    Ok(gate.built()?.iter().find(|built| !built.is_test && built.target == name).map(|built| built.executable.clone()))
}

fn e2e(gate: &mut Gate) -> Result<Verdict> {
    let script = gate.root.join("e2e/run.py");
    if !script.exists() {
        return Ok(Verdict::NotRun("e2e/run.py is not there yet".into()));
    }
    let Some(binary) = program(gate, "cognate")? else { return Ok(Verdict::NotRun("no cognate to drive".into())) };
    let mut command = Command::new("python3");
    command.arg(script).arg("--cognate").arg(binary);
    passes(gate, command)
}

fn drill(gate: &mut Gate) -> Result<Verdict> {
    let (Some(drill), Some(binary)) = (program(gate, "drill")?, program(gate, "cognate")?) else {
        return Ok(Verdict::NotRun("there is no drill yet".into()));
    };
    let mut command = Command::new(drill);
    command.arg(binary).args(["--cycles", if gate.deep { "5000" } else { "200" }]);
    passes(gate, command)
}

/// Two minutes are plenty on two cores; a hang is a finding.
const NODES_MAX: Duration = Duration::from_secs(300);

fn nodes(gate: &mut Gate) -> Result<Verdict> {
    let Some(binary) = program(gate, "cognate")? else { return Ok(Verdict::NotRun("no cognate to drive".into())) };
    let mut command = Command::new(python_with_clients(gate)?);
    command.arg(gate.root.join("e2e/many_nodes.py")).arg("--cognate").arg(binary);
    let ran = run(command, &gate.root, &gate.deadline, NODES_MAX, Show::Words)?;
    judged(gate, ran.count, ran.ok)
}

fn docs(gate: &mut Gate) -> Result<Verdict> {
    let mut command = cargo(&["doc", "--workspace", "--no-deps", "--locked", "--quiet"]);
    command.env("RUSTDOCFLAGS", "-D warnings");
    let verdict = passes(gate, command)?;
    if let Some(cognate) = program(gate, "cognate")? {
        config_page::check(&gate.root, &cognate)?;
    }
    clients_page::check(&gate.root)?;
    Ok(verdict)
}
