//! What a lane is made of. Its models (`model.rs`) read the same file with shuttle's in place of these.

pub(super) use kernel::Stopwatch;
pub(super) use std::sync::{Arc, Condvar, Mutex, MutexGuard};
pub(super) use std::thread::{self, JoinHandle};
