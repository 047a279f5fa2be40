//! One build for everything that is run: test binaries and programs come from a single `cargo build`, so that no crate is
//! compiled twice because somebody selected other packages.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::command::{Deadline, Show, ask, run};
use super::report::Count;

/// Something cargo built that can be run.
#[derive(Debug, Clone)]
pub struct Built {
    /// Package it belongs to.
    pub package: String,
    /// Target's name.
    pub target: String,
    /// Where it lies.
    pub executable: PathBuf,
    /// Directory of its package: tests read their vectors from there.
    pub dir: PathBuf,
    /// A test binary rather than a program.
    pub is_test: bool,
}

/// Builds all programs, examples and tests of the workspace.
pub fn everything(root: &Path, deadline: &Deadline) -> Result<Vec<Built>> {
    let mut command = Command::new(env!("CARGO"));
    command.args([
        "build",
        "--workspace",
        "--bins",
        "--tests",
        "--examples",
        "--locked",
        "--message-format=json-render-diagnostics",
    ]);
    let ran = run(command, root, deadline, deadline.left(), Show::Errors)?;
    if !ran.ok {
        bail!("does not build");
    }
    Ok(ran.stdout.lines().filter_map(built).collect())
}

fn built(line: &str) -> Option<Built> {
    let message: Value = serde_json::from_str(line).ok()?;
    let executable = message.get("executable")?.as_str()?;
    let manifest = Path::new(message.get("manifest_path")?.as_str()?);
    let dir = manifest.parent()?.to_path_buf();
    Some(Built {
        package: dir.file_name()?.to_string_lossy().into_owned(),
        target: message.get("target")?.get("name")?.as_str()?.to_owned(),
        executable: executable.into(),
        is_test: message.get("profile")?.get("test")?.as_bool()?,
        dir,
    })
}

/// Runs a test binary the way `cargo test` would.
pub fn run_tests(built: &Built, args: &[&str], env: &[(&str, &str)], deadline: &Deadline) -> Result<Count> {
    let mut command = Command::new(&built.executable);
    command.args(args).current_dir(&built.dir).env("CARGO_MANIFEST_DIR", &built.dir).envs(env.iter().copied());
    // Tests of a macro crate load the compiler's own libraries.
    command.env("LD_LIBRARY_PATH", ask("rustc", &["--print", "target-libdir"])?);
    let ran = run(command, &built.dir, deadline, deadline.left(), Show::Words)
        .with_context(|| format!("{} of {}", built.target, built.package))?;
    let mut count = ran.count;
    if !ran.ok && count.failed == 0 {
        count.failed = 1; // it died before it could count
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_run_is_listed() {
        let artifact = r#"{"reason":"compiler-artifact","manifest_path":"/x/crates/exam/Cargo.toml","target":{"name":"exam"},
            "profile":{"test":true},"executable":"/x/target/debug/deps/exam-1"}"#;
        let found = built(&artifact.replace('\n', "")).expect("an executable");
        assert_eq!((found.package.as_str(), found.target.as_str(), found.is_test), ("exam", "exam", true));
        assert!(built(r#"{"reason":"compiler-artifact","executable":null}"#).is_none());
        assert!(built("warning: words").is_none());
    }
}
