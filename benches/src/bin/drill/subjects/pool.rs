//! A user pool and its settings.

use crate::questions::{Facts, GONE, Question};

/// A step about a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Made.
    PoolMade { id: String },
    /// Custom attributes were added: all of these names or none.
    CustomAttributes { names: Vec<String> },
    /// SetUserPoolMfaConfig: whom passkeys are for.
    MfaConfig { party: String },
    /// Deleted.
    PoolGone,
}

/// The names of the kinds.
pub const KINDS: &[&str] = &["PoolMade", "CustomAttributes", "MfaConfig", "PoolGone"];

/// A pool as the ledger adds it up.
#[derive(Default)]
pub struct Pool {
    id: String,
    custom: Vec<String>,
    party: Option<String>,
    gone: bool,
}

impl Pool {
    /// Adds a step.
    pub fn take(&mut self, step: &Step) {
        match step {
            Step::PoolMade { id } => self.id.clone_from(id),
            Step::CustomAttributes { names } => self.custom.extend(names.iter().map(|name| format!("custom:{name}"))),
            Step::MfaConfig { party } => self.party = Some(party.clone()),
            Step::PoolGone => self.gone = true,
        }
    }

    /// What the server must answer about it. One whose making was not acknowledged has no id to ask for.
    pub fn facts(&self, facts: &mut Facts) {
        if self.id.is_empty() {
            return;
        }
        let mut custom = self.custom.clone();
        custom.sort();
        let shown = format!("{} for {}", custom.join(" "), self.party.as_deref().unwrap_or("nobody"));
        facts.insert(Question::Pool(self.id.clone()), if self.gone { GONE.to_owned() } else { shown });
    }
}
