//! Keeping the driver on some of the cores.

use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Result, ensure};

/// While this lives, threads that the driver starts run on these cores only.
pub struct Confined {
    before: String,
}

impl Confined {
    /// From now on.
    pub fn to(cores: &str) -> Result<Self> {
        let last = thread::available_parallelism()?.get() - 1;
        run_on(cores)?;
        Ok(Self { before: format!("0-{last}") })
    }
}

impl Drop for Confined {
    fn drop(&mut self) {
        // It worked a moment ago, and a driver that stays confined shows in the figures at once.
        let _ = run_on(&self.before);
    }
}

/// Threads inherit the cores of the one that starts them, which is the main one.
fn run_on(cores: &str) -> Result<()> {
    let status =
        Command::new("taskset").args(["-cp", cores, &std::process::id().to_string()]).stdout(Stdio::null()).status()?;
    ensure!(status.success(), "taskset {cores}");
    Ok(())
}
