//! The programs the tests drive, where to get each, and getting them.
//!
//! To add one: a line in `TOOLS`.

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

const DENY: &str = "0.20.2";

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

/// cargo-deny in the version the rules were written for; built from source when missing (two minutes on two cores).
pub fn cargo_deny(root: &Path, deadline: &Deadline) -> Result<Option<PathBuf>> {
    let own = root.join("target/tools/bin/cargo-deny");
    for candidate in [PathBuf::from("cargo-deny"), own.clone()] {
        if ask(&candidate.to_string_lossy(), &["--version"]).is_ok() {
            return Ok(Some(candidate));
        }
    }
    let mut command = Command::new(env!("CARGO"));
    command
        .args(["install", "cargo-deny", "--locked", "--quiet", "--version", DENY, "--root"])
        .arg(root.join("target/tools"));
    let ran = run(command, root, deadline, Duration::from_secs(600), Show::Words)?;
    Ok(ran.ok.then_some(own))
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
