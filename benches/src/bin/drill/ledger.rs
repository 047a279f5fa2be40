//! The acknowledged-writes ledger: a file of this process, flushed after every 2xx of the server.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};

/// Something a client asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Signed up with a password.
    SignUp(String),
    /// Confirmed with this code.
    Confirm(String),
    /// Signed in: this refresh token and this access token.
    SignIn(String, String),
    /// The refresh token was revoked.
    Revoke(String),
    /// Signed out everywhere, with this access token.
    SignOut(String),
    /// The administrator set this password.
    Password(String),
    /// The administrator deleted the person.
    Delete,
}

/// What the ledger knows of a person: what was acknowledged, in order, and what was asked last without an answer.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Acknowledged steps.
    pub done: Vec<Step>,
    /// The step that was under way when the server died.
    pub pending: Option<Step>,
}

/// Names, and what is known of each.
pub type People = Vec<(String, Known)>;

/// The file and what is in it.
pub struct Ledger {
    file: Mutex<File>,
    people: Mutex<BTreeMap<String, (u64, Known)>>,
    cycle: AtomicU64,
    acknowledged: AtomicU64,
}

impl Ledger {
    /// A new ledger.
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::options().create_new(true).append(true).open(path).context("opening the ledger")?;
        Ok(Self {
            file: Mutex::new(file),
            people: Mutex::default(),
            cycle: AtomicU64::new(0),
            acknowledged: AtomicU64::new(0),
        })
    }

    /// People touched from now on belong to a new cycle.
    pub fn begin_cycle(&self) {
        self.cycle.fetch_add(1, Ordering::SeqCst);
    }

    /// Asks for a step: noted before, and again, flushed, once it is acknowledged. `ask` answers the step as it was
    /// acknowledged, since some carry what the server made up.
    pub fn step<T>(&self, person: &str, step: Step, ask: impl FnOnce() -> Result<(Step, T)>) -> Result<T> {
        self.know(person, |known| known.pending = Some(step));
        let (done, answer) = ask()?;
        {
            let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
            writeln!(file, "{person}\t{done:?}")?;
            file.sync_data().context("flushing the ledger")?;
        }
        self.acknowledged.fetch_add(1, Ordering::SeqCst);
        self.know(person, |known| {
            known.pending = None;
            known.done.push(done);
        });
        Ok(answer)
    }

    fn know(&self, person: &str, change: impl FnOnce(&mut Known)) {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = people.entry(person.to_owned()).or_default();
        entry.0 = self.cycle.load(Ordering::SeqCst);
        change(&mut entry.1);
    }

    /// People of the current cycle, and apart from them all older ones.
    pub fn people(&self) -> (People, People) {
        let people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        let cycle = self.cycle.load(Ordering::SeqCst);
        let (new, old): (Vec<_>, Vec<_>) = people.iter().partition(|(_, (touched, _))| *touched == cycle);
        let plain = |people: Vec<(&String, &(u64, Known))>| {
            people.into_iter().map(|(name, (_, known))| (name.clone(), known.clone())).collect()
        };
        (plain(new), plain(old))
    }

    /// How many steps were acknowledged.
    pub fn acknowledged(&self) -> u64 {
        self.acknowledged.load(Ordering::SeqCst)
    }
}
