//! Running tests within limits of time and memory.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::build::Judge;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// All green.
    Green,
    /// Some test failed, or the process died.
    Red,
    /// It had to be ended.
    Hung,
}

/// A run that is over.
pub struct Ran {
    /// How it ended.
    pub end: End,
    /// How long it took.
    pub took: Duration,
    /// What it said.
    pub said: String,
}

/// Runs tests of a judge by name, in a folder of its own for what they leave behind.
pub fn tests(judge: &Judge, names: &[&str], env: &[(&str, &str)], scratch: &Path, limit: Duration) -> Result<Ran> {
    let mut args = vec!["--exact", "--test-threads", "2"];
    args.extend(names);
    run(judge, &args, env, scratch, limit)
}

/// All tests a judge knows.
pub fn list(judge: &Judge, scratch: &Path) -> Result<Vec<String>> {
    let ran = run(judge, &["--list", "--format", "terse"], &[], scratch, Duration::from_secs(60))?;
    Ok(ran.said.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect())
}

fn run(judge: &Judge, args: &[&str], env: &[(&str, &str)], scratch: &Path, limit: Duration) -> Result<Ran> {
    fs::create_dir_all(scratch)?;
    let said = scratch.join("said");
    let output = File::create(&said)?;
    // A bent program may ask for all there is: 8 GB of addresses, files of 1 GB.
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -v 8388608; ulimit -f 2097152; exec \"$0\" \"$@\""]);
    command.arg(&judge.executable).args(args).current_dir(&judge.dir);
    command.env("CARGO_MANIFEST_DIR", &judge.dir).env("TMPDIR", scratch).envs(env.iter().copied());
    command.env("COGNATE_TEST_DB", "sqlite").env("COGNATE_RACE_ROUNDS", "1").env("COGNATE_TEST_STOP", "first");
    command.env("RUST_BACKTRACE", "0");
    command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output).process_group(0);
    let watch = now();
    let mut child = command.spawn().with_context(|| format!("starting {}", judge.name))?;
    let end = loop {
        if let Some(status) = child.try_wait()? {
            break if status.success() { End::Green } else { End::Red };
        }
        if watch.elapsed() > limit {
            end_group(child.id());
            child.wait()?;
            break End::Hung;
        }
        thread::sleep(Duration::from_millis(4));
    };
    let took = watch.elapsed();
    let said = String::from_utf8_lossy(&fs::read(&said)?).into_owned();
    // What a process that was ended leaves behind would fill the disk.
    let _ = fs::remove_dir_all(scratch);
    Ok(Ran { end, took, said })
}

/// Ends a process group we started. `kill` is a program because a signal from Rust's standard library reaches one process.
fn end_group(leader: u32) {
    let _ = Command::new("kill").args(["-KILL", "--", &format!("-{leader}")]).status();
}

#[allow(clippy::disallowed_methods, reason = "chores are no part of the server, whose time is injected")]
fn now() -> Instant {
    Instant::now()
}

/// The first test that failed, if the words tell.
pub fn culprit(said: &str) -> Option<&str> {
    said.lines().find_map(|line| {
        if let Some((_, name)) = line.split_once("the first to fail: ") {
            return Some(name.trim());
        }
        line.strip_prefix("test ")?.strip_suffix(" ... FAILED")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration) -> Ran {
        let judge = Judge { dir: "/".into(), name: "sh".into(), executable: "/bin/sh".into() };
        let scratch = std::env::temp_dir().join(format!("bender-{}-{}", std::process::id(), script.len()));
        run(&judge, &["-c", script], &[], &scratch, limit).expect("a run")
    }

    #[test]
    fn a_run_is_green_red_or_ended() {
        let long = Duration::from_secs(30);
        assert_eq!(shell("true", long).end, End::Green);
        let red = shell("echo 'test a::b ... FAILED'; exit 101", long);
        assert_eq!((red.end, culprit(&red.said)), (End::Red, Some("a::b")));
        assert_eq!(shell("sleep 60 & sleep 61", Duration::from_millis(200)).end, End::Hung);
    }

    #[test]
    fn the_first_to_fail_is_named() {
        assert_eq!(culprit("running 2 tests\nthe first to fail: a::b\n"), Some("a::b"));
        assert_eq!(culprit("running 2 tests\n"), None);
    }
}
