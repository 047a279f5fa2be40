//! `cognate keys`: makes, lists and ends the account's root access keys.
//!
//! It opens the database itself and therefore needs the keyring: the way in when no key is left.

use crate::console::say;
use crate::{commands, logs, open};
use anyhow::bail;
use authority::{NewKey, StoredKeys};
use kernel::{Clock, SystemClock, SystemEntropy};
use std::path::Path;
use std::sync::Arc;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// What to do with keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// Show them, without secrets.
    List,
    /// Make one.
    Create {
        /// What the operator wants to remember it by.
        label: String,
    },
    /// End one.
    End {
        /// Its id.
        id: String,
    },
}

/// Does it.
///
/// # Errors
/// When database or keyring cannot be used, or there is no such key.
pub fn run(file: Option<&Path>, task: &Task) -> anyhow::Result<()> {
    let settings = commands::settings(file)?;
    let _logs = logs::start(settings.log_format, &settings.log_level)?;
    commands::on_runtime(1, async {
        let store = open::store(&settings).await?;
        store.require_schema().await?;
        let keyring = Arc::new(open::keyring(&settings, &store, &SystemEntropy).await?);
        store.check_keyring(&keyring.fingerprint()).await?;
        let keys = StoredKeys::new(store, keyring);
        match task {
            Task::List => list(&keys).await,
            Task::Create { label } => {
                let key = keys.create(label, SystemClock.now(), &SystemEntropy).await?;
                tracing::warn!(key.id = key.id, "a root access key was made by hand");
                show_once(&key);
                Ok(())
            }
            Task::End { id } if keys.end(&settings.account_id, id).await? => {
                tracing::warn!(key.id = id, "a root access key was ended by hand");
                say(format!("{id} no longer signs."));
                Ok(())
            }
            Task::End { id } => bail!("there is no active key {id}: `cognate keys list` shows those there are"),
        }
    })
}

async fn list(keys: &StoredKeys) -> anyhow::Result<()> {
    for key in keys.list().await? {
        let made = OffsetDateTime::from_unix_timestamp(key.created.secs()).ok().and_then(|t| t.format(&Rfc3339).ok());
        say(format!("{}  {:6}  {}  {}", key.id, key.status.as_str(), made.unwrap_or_default(), key.label));
    }
    Ok(())
}

/// Shows a new key, the only time its secret is seen.
pub(super) fn show_once(key: &NewKey) {
    say(format!(
        "Root access key (shown once, keep it safe):\n  Access key id:     {}\n  Secret access key: {}",
        key.id,
        key.secret.reveal()
    ));
}
