//! An app client and its secrets.

use crate::questions::{Facts, GONE, Question, REFUSED, WORKS};

/// A step about a client. The subject's name is the client's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Made, with its first secret.
    ClientMade { id: String, secret: String },
    /// Another secret.
    SecretAdded { secret: String },
    /// A secret was deleted.
    SecretGone { secret: String },
    /// Deleted.
    ClientGone,
}

/// The names of the kinds.
pub const KINDS: &[&str] = &["ClientMade", "SecretAdded", "SecretGone", "ClientGone"];

/// A client as the ledger adds it up.
#[derive(Default)]
pub struct Client {
    id: String,
    good: Vec<String>,
    bad: Vec<String>,
    gone: bool,
}

impl Client {
    /// Adds a step.
    pub fn take(&mut self, step: &Step) {
        match step {
            Step::ClientMade { id, secret } => {
                self.id.clone_from(id);
                self.good.push(secret.clone());
            }
            Step::SecretAdded { secret } => self.good.push(secret.clone()),
            Step::SecretGone { secret } => {
                self.good.retain(|good| good != secret);
                self.bad.push(secret.clone());
            }
            Step::ClientGone => {
                self.gone = true;
                self.bad.append(&mut self.good);
            }
        }
    }

    /// What the server must answer about it. One whose making was not acknowledged has no id to ask for.
    pub fn facts(&self, name: &str, facts: &mut Facts) {
        if self.id.is_empty() {
            return;
        }
        facts.insert(Question::Client(self.id.clone()), if self.gone { GONE } else { name }.to_owned());
        for (secrets, answer) in [(&self.good, WORKS), (&self.bad, REFUSED)] {
            for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
                let (client, secret) = (self.id.clone(), secret.clone());
                facts.insert(Question::Secret { client, secret }, answer.to_owned());
            }
        }
    }
}
