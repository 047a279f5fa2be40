//! Views of the database that outlive their block, and the threads that let go of them (docs/decisions/0014).

use super::readers::Readers;
use kernel::Stopwatch;
use std::cell::RefCell;
use std::sync::{Arc, Weak};
use std::time::Duration;

thread_local! {
    /// Whose connections this thread has left with a view; none on a thread that never says when it rests.
    static LEFT: RefCell<Option<Vec<Weak<Readers>>>> = const { RefCell::new(None) };
}

/// What a connection saw when it looked first.
#[derive(Debug)]
pub(super) struct View {
    /// Commits of this process by then: all that anybody was told of before is in it.
    commits: u64,
    since: Stopwatch,
}

impl View {
    pub(super) fn since(commits: u64) -> Self {
        Self { commits, since: Stopwatch::start() }
    }

    /// Whether whoever asks now may be shown it: nothing was committed since, and what another process may have committed
    /// is as young as nobody who learned of it could have asked by now.
    pub(super) fn is_good(&self, commits: u64, age_max: Duration) -> bool {
        self.commits == commits && self.since.elapsed() < age_max
    }
}

/// Whether a view of these may be left behind: this thread will let go of it before it rests.
pub(super) fn keep(readers: &Arc<Readers>) -> bool {
    LEFT.with_borrow_mut(|left| {
        let Some(left) = left else { return false };
        if !left.iter().any(|known| std::ptr::eq(known.as_ptr(), Arc::as_ptr(readers))) {
            left.push(Arc::downgrade(readers));
        }
        true
    })
}

/// Lets go of what this thread still looks at in embedded databases. A thread that calls this each time before it rests (and
/// once before it begins) gets its blocks a view in common while it has work: `Builder::on_thread_park` of a runtime that
/// lives on one thread.
pub fn before_rest() {
    let left = LEFT.with_borrow_mut(|left| std::mem::take(left.get_or_insert_default()));
    for readers in left.iter().filter_map(Weak::upgrade) {
        readers.let_go();
    }
}

#[cfg(test)]
#[path = "views_test.rs"]
mod tests;
