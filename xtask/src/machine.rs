//! What a measurement has to say about where and when it was taken.

use std::fs;
use std::thread;

use crate::gate::ask;

/// One line for the head of a page of figures: processor, cores, compiler, commit, day.
pub fn line() -> String {
    let processor = fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("model name"))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    });
    let cores = thread::available_parallelism().map_or(0, |cores| cores.get());
    let said = |program: &str, args: &[&str]| ask(program, args).unwrap_or_else(|_| "unknown".to_owned());
    format!(
        "{}, {cores} cores, {}, commit {}, {}",
        processor.as_deref().unwrap_or("unknown processor"),
        said("rustc", &["--version"]),
        said("git", &["rev-parse", "--short=10", "HEAD"]),
        said("date", &["-u", "+%Y-%m-%d"]),
    )
}
