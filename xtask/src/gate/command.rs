//! Running a program under the gate's deadline, its words printed and kept.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use crate::stopwatch::Stopwatch;
use anyhow::{Context, Result, anyhow, bail};

use super::report::Count;

/// What a program left behind.
pub struct Ran {
    /// Tests it reported.
    pub count: Count,
    /// Whether it ended well.
    pub ok: bool,
    /// Its standard output, for those who asked something.
    pub stdout: String,
}

/// How much of a program's words reach the screen.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// All but the lines of single green tests and of test binaries without tests.
    Words,
    /// Only what it says on standard error: the other side is for a machine.
    Errors,
}

/// The time left to all programs together.
pub struct Deadline {
    watch: Stopwatch,
    limit: Duration,
}

impl Deadline {
    /// Starts now.
    pub fn after(limit: Duration) -> Self {
        Self { watch: Stopwatch::start(), limit }
    }

    /// What is left.
    pub fn left(&self) -> Duration {
        self.limit.saturating_sub(self.watch.elapsed())
    }

    /// What is gone.
    pub fn elapsed(&self) -> Duration {
        self.watch.elapsed()
    }
}

enum Heard {
    Out(String),
    Err(String),
}

/// Runs `command` in `root`, at most until the deadline or `limit`, and ends its whole process group when that comes.
pub fn run(mut command: Command, root: &Path, deadline: &Deadline, limit: Duration, show: Show) -> Result<Ran> {
    let name = command.get_program().to_string_lossy().into_owned();
    if command.get_current_dir().is_none() {
        command.current_dir(root);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let mut child = command.spawn().with_context(|| format!("starting {name}"))?;
    let watch = Stopwatch::start();
    let limit = limit.min(deadline.left());
    let (sender, heard) = channel();
    listen(child.stdout.take(), sender.clone(), Heard::Out);
    listen(child.stderr.take(), sender, Heard::Err);

    let mut ran = Ran { count: Count::default(), ok: false, stdout: String::new() };
    loop {
        match heard.recv_timeout(limit.saturating_sub(watch.elapsed())) {
            Ok(Heard::Out(line)) => {
                ran.count.read(&line);
                if show == Show::Errors {
                    ran.stdout.push_str(&line);
                    ran.stdout.push('\n');
                } else {
                    print(&line);
                }
            }
            Ok(Heard::Err(line)) => {
                ran.count.read(&line);
                print(&line);
            }
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                end_group(child.id());
                child.wait()?;
                bail!("{name} was ended after {} minutes", super::report::minutes(watch.elapsed()));
            }
        }
    }
    ran.ok = child.wait()?.success();
    Ok(ran)
}

fn listen<R: Read + Send + 'static>(from: Option<R>, to: Sender<Heard>, wrap: fn(String) -> Heard) {
    let Some(from) = from else { return };
    thread::spawn(move || {
        let mut reader = BufReader::new(from);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            let text = String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']).to_owned();
            line.clear();
            if to.send(wrap(text)).is_err() {
                return;
            }
        }
    });
}

fn print(line: &str) {
    let single_green = line.starts_with("test ") && line.ends_with("... ok");
    let empty = line.is_empty()
        || line == "running 0 tests"
        || line.starts_with("test result: ok. 0 passed; 0 failed; 0 ignored");
    if !single_green && !empty {
        // A screen that went away is no reason to stop testing.
        let _ = writeln!(std::io::stdout(), "{line}");
    }
}

/// Ends a process group we started. `kill` is a program because a signal from Rust's standard library reaches one process.
fn end_group(leader: u32) {
    let _ = Command::new("kill").args(["-KILL", "--", &format!("-{leader}")]).status();
}

/// Runs a short program and hands back what it printed, trimmed; an error when it fails.
pub fn ask(program: &str, args: &[&str]) -> Result<String> {
    let output = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("starting {program}"))?;
    if !output.status.success() {
        return Err(anyhow!("{program} {}: {}", args.join(" "), String::from_utf8_lossy(&output.stderr).trim()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration) -> Result<Ran> {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        run(command, Path::new("."), &Deadline::after(Duration::from_secs(60)), limit, Show::Errors)
    }

    #[test]
    fn a_program_that_hangs_is_ended_with_its_children() {
        let watch = Stopwatch::start();
        let ran = shell("sleep 50 & sleep 50; wait", Duration::from_millis(200));
        assert!(ran.is_err());
        assert!(watch.elapsed() < Duration::from_secs(20), "the pipe held by the child kept us");
    }

    #[test]
    fn the_words_of_a_runner_are_counted_and_its_end_is_seen() {
        let ran = shell("echo '3 passed, 1 failed'; echo '2 passed, 0 failed'; exit 4", Duration::from_secs(30))
            .expect("ran");
        assert_eq!((ran.count.passed, ran.count.failed, ran.ok), (5, 1, false));
    }
}
