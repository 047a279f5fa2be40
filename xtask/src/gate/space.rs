//! Whether the disk has room for the gate: a full one breaks tests in the middle, with words about something else.

use std::path::Path;

use anyhow::{Context, Result, bail};

use super::command::ask;

const GIB: u64 = 1 << 30;
/// What a gate from nothing leaves behind (measured: 9.3 GiB of builds, 1.4 GiB of clients) and uses meanwhile.
const FROM_NOTHING: u64 = 14 * GIB;
/// What one needs that finds its builds.
const BUILT: u64 = 4 * GIB;

/// Refuses a disk that the gate would fill.
///
/// # Errors
/// Says how much is missing where.
pub fn suffices(root: &Path) -> Result<()> {
    let need = if root.join("target/debug").exists() { BUILT } else { FROM_NOTHING };
    let at = root.display().to_string();
    let free = available(&ask("df", &["-Pk", &at])?).context("df says nothing of the space that is left")?;
    if free < need {
        bail!("{} GiB are free under {at}, and the gate needs {}: make room first", free / GIB, need / GIB);
    }
    Ok(())
}

/// Bytes available, of what POSIX `df -Pk` prints for one path: the fourth column of its second line.
fn available(printed: &str) -> Option<u64> {
    let blocks: u64 = printed.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
    Some(blocks * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_the_fourth_column() {
        let printed = "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/a 250 36 56 39% /a b\n";
        assert_eq!(available(printed), Some(56 * 1024));
        assert_eq!(available("df: no such file"), None);
    }
}
