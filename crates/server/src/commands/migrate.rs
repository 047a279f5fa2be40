//! `cognate migrate`: brings the database up to this binary.

use crate::console::say;
use crate::{commands, logs, open};
use kernel::{Clock, SystemClock};
use std::path::Path;

/// Migrates.
///
/// # Errors
/// When the database cannot be reached or its schema is newer than this binary.
pub fn run(file: Option<&Path>) -> anyhow::Result<()> {
    let settings = commands::settings(file)?;
    let _logs = logs::start(settings.log_format, &settings.log_level)?;
    commands::on_runtime(1, async {
        let store = open::store(&settings).await?;
        let before = store.schema_state().await?;
        let after = store.migrate(SystemClock.now()).await?;
        say(if before == after {
            "The database is current; nothing was changed.".to_owned()
        } else {
            "The database is current now.".to_owned()
        });
        Ok(())
    })
}
