//! The programs the tests drive, where to get each, and getting them.
//!
//! To add one: a line in `TOOLS`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use super::command::{Deadline, Show, ask, run};

/// A program, how to see it is there, and where it comes from.
struct Tool {
    name: &'static str,
    there: fn() -> bool,
    debian: &'static str,
    why: &'static str,
}

const TOOLS: &[Tool] = &[
    Tool {
        name: "postgres",
        there: has_postgres,
        debian: "postgresql",
        why: "the second engine of every test on rows",
    },
    Tool {
        name: "python3",
        there: || on_path("python3"),
        debian: "python3 python3-venv python3-pip",
        why: "end-to-end tests",
    },
    Tool { name: "node", there: || on_path("node"), debian: "nodejs", why: "end-to-end tests with JavaScript clients" },
    Tool { name: "npm", there: || on_path("npm"), debian: "npm", why: "their packages" },
    Tool { name: "chromium", there: has_chromium, debian: "chromium", why: "aws-amplify in a browser" },
    Tool { name: "aws", there: || on_path("aws"), debian: "awscli", why: "the AWS CLI against us" },
    Tool {
        name: "strace",
        there: || on_path("strace"),
        debian: "strace",
        why: "shows that an answer leaves after its flush",
    },
    Tool {
        name: "openssl",
        there: || on_path("openssl"),
        debian: "openssl",
        why: "certificates for the end-to-end tests",
    },
    Tool { name: "libfaketime", there: has_faketime, debian: "libfaketime", why: "a node whose clock is ahead" },
];

/// A program that cargo builds from its registry when a stage wants it, in the version it was tried with.
pub struct CargoTool {
    name: &'static str,
    version: &'static str,
}

/// Reads deny.toml. Two minutes on two cores from source.
pub const DENY: CargoTool = CargoTool { name: "cargo-deny", version: "0.20.2" };
/// Drives libFuzzer. Half a minute.
pub const FUZZ: CargoTool = CargoTool { name: "cargo-fuzz", version: "0.13.2" };
/// Mutation tests. Two minutes.
pub const MUTANTS: CargoTool = CargoTool { name: "cargo-mutants", version: "27.1.0" };

/// Installs what is missing, or says what to install. The text says what is still missing.
pub fn install(root: &Path, deadline: &Deadline) -> Result<Option<String>> {
    let missing: Vec<&Tool> = TOOLS.iter().filter(|tool| !(tool.there)()).collect();
    if missing.is_empty() {
        return Ok(None);
    }
    for tool in &missing {
        eprintln!("missing: {} ({}); Debian package {}", tool.name, tool.why, tool.debian);
    }
    let packages: Vec<&str> = missing.iter().flat_map(|tool| tool.debian.split(' ')).collect();
    let line = format!("apt-get update && apt-get install -y --no-install-recommends {}", packages.join(" "));
    if !is_root() || !on_path("apt-get") {
        return Ok(Some(format!("as root: {line}")));
    }
    eprintln!("{line}");
    let mut command = Command::new("sh");
    command.args(["-c", &line]).env("DEBIAN_FRONTEND", "noninteractive");
    let ran = run(command, root, deadline, Duration::from_secs(900), Show::Errors)?;
    let still: Vec<&str> = TOOLS.iter().filter(|tool| !(tool.there)()).map(|tool| tool.debian).collect();
    if ran.ok && still.is_empty() { Ok(None) } else { Ok(Some(format!("apt-get could not bring {}", still.join(" ")))) }
}

/// Where the tool lies; built from source into a place of the gate's own when it is missing, `None` when that fails.
pub fn cargo_tool(tool: &CargoTool, root: &Path, deadline: &Deadline) -> Result<Option<PathBuf>> {
    let own = tool_dir(root).join(tool.name);
    if on_path(tool.name) {
        return Ok(Some(tool.name.into()));
    }
    if own.is_file() {
        return Ok(Some(own));
    }
    let mut command = Command::new(env!("CARGO"));
    command.args(["install", tool.name, "--locked", "--quiet", "--version", tool.version, "--root"]);
    command.arg(root.join("target/tools"));
    let ran = run(command, root, deadline, Duration::from_secs(900), Show::Words)?;
    Ok(ran.ok.then_some(own))
}

fn tool_dir(root: &Path) -> PathBuf {
    root.join("target/tools/bin")
}

/// The PATH with the gate's own tools first, for `cargo fuzz` and its like, which cargo looks up by name.
pub fn path_with_tools(root: &Path) -> Result<OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let dirs = std::iter::once(tool_dir(root)).chain(std::env::split_paths(&path));
    Ok(std::env::join_paths(dirs)?)
}

/// The directory with `initdb` and `pg_ctl`: Debian keeps them off the PATH.
pub fn postgres_bin() -> Option<PathBuf> {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|dir| dir.filter_map(|entry| Some(entry.ok()?.path().join("bin"))).collect())
        .unwrap_or_default();
    versions.sort();
    let from_path =
        ask("sh", &["-c", "command -v initdb"]).ok().and_then(|path| Some(Path::new(&path).parent()?.to_path_buf()));
    versions.into_iter().rev().chain(from_path).find(|bin| bin.join("initdb").exists())
}

fn has_postgres() -> bool {
    postgres_bin().is_some()
}

fn has_faketime() -> bool {
    let folders = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    folders.map(|folder| folder.path()).any(|folder| folder.join("faketime/libfaketimeMT.so.1").exists())
}

fn has_chromium() -> bool {
    ["chromium", "chromium-browser", "google-chrome"].into_iter().any(on_path)
}

/// Whether a program can be called by its name.
pub fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|dir| dir.join(program).is_file())
}

/// Whether we may install packages.
pub fn is_root() -> bool {
    ask("id", &["-u"]).is_ok_and(|id| id == "0")
}
