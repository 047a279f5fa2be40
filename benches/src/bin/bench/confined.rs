//! Keeping the driver out of the way: on some of the cores, and behind the server.

use std::fs;
use std::process::{Command, Stdio};
use std::sync::Once;
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

/// From now on this thread runs where the server does not want to, and is interrupted when it does. Somebody who asks from
/// another machine takes no core from it and interrupts none of its threads; on the same cores they do, and the kernel puts
/// that down to the server. Niceness alone is not enough: a thread that has a core may keep it for the kernel's shortest
/// slice, however nice it is, and that is longer than most answers take.
pub fn stand_back() {
    static TOLD: Once = Once::new();
    // Linux keeps both for each thread. A system that refuses changes the figures, not what they mean.
    let _ = rustix::process::nice(19);
    if let Ok(me) = fs::read_link("/proc/thread-self")
        && let Some(id) = me.file_name()
    {
        let behind = Command::new("chrt").args(["--idle", "--pid", "0"]).arg(id).stderr(Stdio::null()).status();
        if !behind.is_ok_and(|status| status.success()) {
            TOLD.call_once(|| eprintln!("chrt of util-linux does not work here: those who stand back still interrupt"));
        }
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
