//! Whether the disk has room for the gate: a full one breaks tests in the middle, with words about something else.

use std::path::Path;

use anyhow::{Context, Result, bail};

use super::command::ask;

const GIB: u64 = 1 << 30;
/// What a gate from nothing leaves behind (measured: 9.3 GiB of builds, 1.4 GiB of clients) and uses meanwhile.
const FROM_NOTHING: u64 = 14 * GIB;
/// What one needs that finds all its builds.
const BUILT: u64 = 4 * GIB;
/// Where builds lie.
const BUILDS: [&str; 2] = ["target", "fuzz/target"];

/// Refuses a disk that the gate would fill.
///
/// # Errors
/// Says how much is missing where.
pub fn suffices(root: &Path) -> Result<()> {
    let builds = BUILDS.map(|builds| root.join(builds));
    let held = builds.iter().filter(|builds| builds.exists()).map(|builds| {
        let printed = ask("du", &["-sk", &builds.display().to_string()])?;
        kibibytes(printed.split_whitespace().next()).context("du says nothing of the builds")
    });
    let need = needed(held.sum::<Result<u64>>()?);
    let at = root.display().to_string();
    let free = available(&ask("df", &["-Pk", &at])?).context("df says nothing of the space that is left")?;
    if free < need {
        bail!("{} GiB are free under {at}, and the gate needs {}: make room first", free / GIB, need / GIB);
    }
    Ok(())
}

/// What is still to come, where builds hold so many bytes. The gate itself has been built by now: a few are always there.
fn needed(held: u64) -> u64 {
    FROM_NOTHING.saturating_sub(held).max(BUILT)
}

/// Bytes available, of what POSIX `df -Pk` prints for one path: the fourth column of its second line.
fn available(printed: &str) -> Option<u64> {
    kibibytes(printed.lines().nth(1)?.split_whitespace().nth(3))
}

fn kibibytes(written: Option<&str>) -> Option<u64> {
    Some(written?.parse::<u64>().ok()?.saturating_mul(1024))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builds_that_are_there_need_no_room_again() {
        assert_eq!(needed(GIB / 4), FROM_NOTHING - GIB / 4);
        assert_eq!((needed(9 * GIB), needed(40 * GIB)), (5 * GIB, BUILT));
    }

    #[test]
    fn what_is_left_is_the_fourth_column() {
        let printed = "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/a 250 36 56 39% /a b\n";
        assert_eq!(available(printed), Some(56 * 1024));
        assert_eq!(available("df: no such file"), None);
    }
}
