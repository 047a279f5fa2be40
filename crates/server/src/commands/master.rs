//! `cognate keys master`: changes the master key under which everything is sealed, in steps that a running deployment
//! survives (docs/operating/keys.md).
//!
//! It opens keyring and database itself: a break-glass command that leaves a line in the log.

use crate::config::{KeyringAt, Settings};
use crate::console::say;
use crate::{commands, logs, open, reseal};
use anyhow::{Context, bail};
use crypto::Keyring;
use kernel::SystemEntropy;
use std::path::Path;

/// A step of the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A new key that opens and does not seal yet.
    Add,
    /// The newest key seals from now on.
    Activate,
    /// Everything under an older key is sealed anew.
    Reseal,
    /// The older keys are forgotten.
    Retire,
}

/// Takes a step.
///
/// # Errors
/// When keyring or database cannot be used, or the step is not due.
pub fn run(file: Option<&Path>, step: Step) -> anyhow::Result<()> {
    let settings = commands::settings(file)?;
    let _logs = logs::start(settings.log_format, &settings.log_level)?;
    commands::on_runtime(1, async {
        let store = open::store(&settings).await?;
        store.require_schema().await?;
        let keyring = open::keyring_source(&settings.keyring)?.load().context("cannot read the keyring")?;
        store.check_keyring(&keyring.fingerprint()).await?;
        match step {
            Step::Add => {
                let (grown, id) = keyring.add(&SystemEntropy);
                keep(&settings, &grown)?;
                tracing::warn!(master = %id, "a master key was added");
                say(format!(
                    "{id} opens from now on. Give this keyring to every node and restart it, then `activate`."
                ));
            }
            Step::Activate => {
                let newest = keyring.key_ids().last().context("the keyring is empty")?;
                if newest == keyring.active_id() {
                    bail!("{newest} is the newest key and active already: `add` one first");
                }
                keep(&settings, &keyring.activate(newest)?)?;
                tracing::warn!(master = %newest, "a master key was activated");
                say(format!(
                    "{newest} seals from now on. Give this keyring to every node and restart it, then `reseal`."
                ));
            }
            Step::Reseal => {
                let walked = reseal::walk(&store, &keyring, &SystemEntropy, true).await?;
                tracing::warn!(resealed = walked.resealed, "sealed values were sealed anew");
                say(format!(
                    "{} of {} sealed values were under an older key and are under {} now.",
                    walked.resealed,
                    walked.seen,
                    keyring.active_id()
                ));
            }
            Step::Retire => {
                let walked = reseal::walk(&store, &keyring, &SystemEntropy, false).await?;
                if walked.old > 0 {
                    bail!("{} values are still sealed under an older key: `reseal` first", walked.old);
                }
                keep(&settings, &alone(&keyring)?)?;
                tracing::warn!("older master keys were retired");
                say(
                    "Only the active key is left. Give this keyring to every node and restart it. Challenge sessions and \
                     page tokens handed out under the older keys end with it.",
                );
            }
        }
        Ok(())
    })
}

/// The keyring with its active key only.
fn alone(keyring: &Keyring) -> anyhow::Result<Keyring> {
    let active = keyring.active_id();
    let older: Vec<_> = keyring.key_ids().filter(|id| *id != active).collect();
    if older.is_empty() {
        bail!("there is no older key to retire");
    }
    let mut left = keyring.clone();
    for id in older {
        left = left.retire(id)?;
    }
    Ok(left)
}

/// Writes the keyring back where it came from; one that comes from elsewhere is shown, for its owner to put there.
fn keep(settings: &Settings, keyring: &Keyring) -> anyhow::Result<()> {
    match &settings.keyring {
        KeyringAt::File(path) => keyring.replace_file(path, &SystemEntropy).context("cannot write the keyring"),
        KeyringAt::Variable(_) | KeyringAt::Command(_) => {
            say(format!("Put this keyring where the old one is kept:\n{}", keyring.to_text().reveal()));
            Ok(())
        }
    }
}
