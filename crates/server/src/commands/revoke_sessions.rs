//! `cognate revoke-sessions`: ends the temporary credentials of a role or a user that were handed out so far.
//!
//! A break-glass command: it opens keyring and database itself and leaves a line in the log. Running nodes notice within two
//! seconds (docs/access.md).

use crate::console::say;
use crate::{commands, logs, open};
use anyhow::bail;
use authority::{SessionsOf, end_sessions};
use kernel::SystemEntropy;
use std::path::Path;

/// Does it.
///
/// # Errors
/// When database or keyring cannot be used, or there is no such role or user.
pub fn run(file: Option<&Path>, whose: &SessionsOf) -> anyhow::Result<()> {
    let settings = commands::settings(file)?;
    let _logs = logs::start(settings.log_format, &settings.log_level)?;
    commands::on_runtime(1, async {
        let store = open::store(&settings).await?;
        store.require_schema().await?;
        // Nothing is opened: whoever has the keyring may do this.
        let keyring = open::keyring(&settings, &store, &SystemEntropy).await?;
        store.check_keyring(&keyring.fingerprint()).await?;
        let (kind, name) = match whose {
            SessionsOf::Role(name) => ("role", name),
            SessionsOf::User(name) => ("user", name),
        };
        if !end_sessions(&store, &settings.account_id, whose).await? {
            bail!("there is no {kind} {name}");
        }
        tracing::warn!(kind, name, "sessions were ended by hand");
        say(format!(
            "Sessions of {kind} {name} that were handed out until now are refused on every node within two seconds. What \
             still may take new ones is the trust policy's and the access keys' matter."
        ));
        Ok(())
    })
}
