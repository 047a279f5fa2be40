//! What a lane is made of. Its models (`model.rs`) read the same file with shuttle's in place of these.

pub(super) use kernel::Stopwatch;
pub(super) use std::sync::{Arc, Condvar, Mutex, MutexGuard};
pub(super) use std::thread::{self, JoinHandle};

/// Lets the other threads of the machine go first where there are not cores enough. A system that refuses changes nothing
/// but that.
pub(super) fn stand_back(nice: i32) {
    #[cfg(target_os = "linux")] // elsewhere it would be the whole process that stands back
    let _ = rustix::process::nice(nice);
    #[cfg(not(target_os = "linux"))]
    let _ = nice;
}
