//! The acknowledged-writes ledger: a file of this process, flushed after every 2xx of the server.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};

use crate::subjects::Step;

/// What the ledger knows of a subject: what was acknowledged, in order, and what was asked last without an answer.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Acknowledged steps.
    pub done: Vec<Step>,
    /// The step that was under way when the server died.
    pub pending: Option<Step>,
    /// Looked at after a restart before.
    pub seen: bool,
}

/// Cycles of which everybody is remembered.
const REMEMBERED: u64 = 100;

/// The file and what is in it.
pub struct Ledger {
    file: Mutex<File>,
    subjects: Mutex<BTreeMap<String, (u64, Known)>>,
    cycle: AtomicU64,
    acknowledged: AtomicU64,
}

impl Ledger {
    /// A new ledger.
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::options().create_new(true).append(true).open(path).context("opening the ledger")?;
        Ok(Self {
            file: Mutex::new(file),
            subjects: Mutex::default(),
            cycle: AtomicU64::new(0),
            acknowledged: AtomicU64::new(0),
        })
    }

    /// Subjects touched from now on belong to a new cycle. Of those long ago most leave the memory, not the file.
    pub fn begin_cycle(&self) {
        let cycle = self.cycle.fetch_add(1, Ordering::SeqCst) + 1;
        let mut subjects = self.subjects.lock().unwrap_or_else(PoisonError::into_inner);
        subjects.retain(|name, (touched, _)| *touched + REMEMBERED >= cycle || name.ends_with('7'));
    }

    /// Asks for a step: noted before, and again, flushed, once it is acknowledged. `ask` answers the step as it was
    /// acknowledged, since some carry what the server made up.
    pub fn step<T>(&self, subject: &str, step: Step, ask: impl FnOnce() -> Result<(Step, T)>) -> Result<T> {
        self.know(subject, |known| known.pending = Some(step));
        let (done, answer) = ask()?;
        {
            let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
            writeln!(file, "{subject}\t{done:?}")?;
            file.sync_data().context("flushing the ledger")?;
        }
        self.acknowledged.fetch_add(1, Ordering::SeqCst);
        self.know(subject, |known| {
            known.pending = None;
            known.done.push(done);
        });
        Ok(answer)
    }

    fn know(&self, subject: &str, change: impl FnOnce(&mut Known)) {
        let mut subjects = self.subjects.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = subjects.entry(subject.to_owned()).or_default();
        entry.0 = self.cycle.load(Ordering::SeqCst);
        change(&mut entry.1);
    }

    /// A look at a subject settled what was under way, and changed something itself.
    pub fn settle(&self, subject: &str, happened: Vec<Step>) {
        let mut subjects = self.subjects.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = subjects.get_mut(subject) {
            known.pending = None;
            known.seen = true;
            known.done.extend(happened);
        }
    }

    /// Subjects of the current cycle, and apart from them the names of all older ones.
    pub fn subjects(&self) -> (Vec<(String, Known)>, Vec<String>) {
        let subjects = self.subjects.lock().unwrap_or_else(PoisonError::into_inner);
        let cycle = self.cycle.load(Ordering::SeqCst);
        let (new, old): (Vec<_>, Vec<_>) = subjects.iter().partition(|(_, (touched, _))| *touched == cycle);
        let new = new.into_iter().map(|(name, (_, known))| (name.clone(), known.clone())).collect();
        (new, old.into_iter().map(|(name, _)| name.clone()).collect())
    }

    /// What is known of one.
    pub fn known(&self, subject: &str) -> Known {
        let subjects = self.subjects.lock().unwrap_or_else(PoisonError::into_inner);
        subjects.get(subject).map(|(_, known)| known.clone()).unwrap_or_default()
    }

    /// How many steps were acknowledged.
    pub fn acknowledged(&self) -> u64 {
        self.acknowledged.load(Ordering::SeqCst)
    }
}
