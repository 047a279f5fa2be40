//! How many files and sockets the process may have open, and how many connections that leaves room for.
//!
//! The soft limit, often 1,024, is there for programs that use select(2); ours do not, so it is raised to the hard one. That
//! one is kept to: whoever starts the process has a place for it.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Kept back for the database, the keyring, the log, mail and SMS, and the operator's listener.
const KEPT_BACK: usize = 256;

/// What to do about a limit that is too low.
pub const REMEDY: &str = "let the process have more files open: LimitNOFILE= in its systemd unit, `ulimit -n` in a shell, --ulimit of a container";

/// Raises the soft limit to the hard one. A system that refuses leaves things as they were.
pub fn raise() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
}

/// Files and sockets the process may have open at once; `None` where there is no limit or nobody tells.
#[must_use]
pub fn limit() -> Option<usize> {
    read(&std::fs::read_to_string("/proc/self/limits").ok()?)
}

/// As many of the connections that are wished for as the limit has room for.
#[must_use]
pub fn room(wished: usize, limit: Option<usize>) -> usize {
    // Of a limit that is hardly larger than what is kept back, a quarter.
    limit.map_or(wished, |limit| wished.min(limit.saturating_sub(KEPT_BACK).max(limit / 4)))
}

/// proc(5): the name of a limit, then the soft and the hard one.
fn read(limits: &str) -> Option<usize> {
    let rest = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    rest.split_ascii_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_soft_limit_is_raised_to_the_hard_one() {
        raise();
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        assert_eq!(current, maximum);
        assert_eq!(limit().map(|limit| limit as u64), maximum);
    }

    #[test]
    fn the_soft_limit_counts() {
        let lines = "Limit                     Soft Limit           Hard Limit           Units     \n\
                     Max processes             63432                63432                processes \n\
                     Max open files            1024                 524288               files     \n";
        assert_eq!(read(lines), Some(1024));
        assert_eq!(read(&lines.replace("1024 ", "unlimited ")), None);
        assert_eq!(read(""), None);
    }

    #[test]
    fn connections_leave_room_for_everything_else() {
        assert_eq!(room(16_384, Some(1_024)), 768);
        assert_eq!(room(500, Some(1_024)), 500);
        assert_eq!(room(16_384, Some(524_288)), 16_384);
        assert_eq!(room(16_384, None), 16_384);
        assert_eq!(room(16_384, Some(256)), 64);
    }
}
