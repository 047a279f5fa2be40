//! The schema's life: numbered migrations, the same for both engines, and who may use what they leave behind.
//!
//! A migration names the oldest binary that can still use the schema after it (expand first, contract a release
//! later), so that N and N-1 run side by side during a rolling upgrade.

use crate::{Store, StoreError, Tx, vals, work};
use kernel::Time;

struct Migration {
    number: u32,
    name: &'static str,
    sql: &'static str,
}

/// In order; a number is never used twice and a released file is never edited.
static MIGRATIONS: &[Migration] = &[
    Migration { number: 1, name: "first_floor", sql: include_str!("migrations/0001_first_floor.sql") },
    Migration { number: 2, name: "pending_attributes", sql: include_str!("migrations/0002_pending_attributes.sql") },
    Migration { number: 3, name: "groups", sql: include_str!("migrations/0003_groups.sql") },
    Migration { number: 4, name: "refresh_rotation", sql: include_str!("migrations/0004_refresh_rotation.sql") },
    Migration {
        number: 5,
        name: "signing_key_rotation",
        sql: include_str!("migrations/0005_signing_key_rotation.sql"),
    },
    Migration { number: 6, name: "pool_mfa_settings", sql: include_str!("migrations/0006_pool_mfa_settings.sql") },
    Migration { number: 7, name: "password_history", sql: include_str!("migrations/0007_password_history.sql") },
    Migration { number: 8, name: "iam", sql: include_str!("migrations/0008_iam.sql") },
    Migration { number: 9, name: "identity_pools", sql: include_str!("migrations/0009_identity_pools.sql") },
    Migration { number: 10, name: "openid_keys", sql: include_str!("migrations/0010_openid_keys.sql") },
    Migration { number: 11, name: "trust_ids", sql: include_str!("migrations/0011_trust_ids.sql") },
    Migration {
        number: 12,
        name: "identities_of_nobody",
        sql: include_str!("migrations/0012_identities_of_nobody.sql"),
    },
];

/// The schema this binary was written for.
const OURS: u32 = 12;

impl Migration {
    /// The first line of a file says `-- oldest: N`.
    fn oldest(&self) -> Option<u32> {
        self.sql.lines().next()?.strip_prefix("-- oldest: ")?.trim().parse().ok()
    }

    /// Statements end with a semicolon at the end of a line; lines of comment are dropped first.
    fn statements(&self) -> Vec<String> {
        let code: Vec<&str> = self.sql.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
        code.join("\n")
            .split(";\n")
            .map(|s| s.trim().trim_end_matches(';').to_owned())
            .filter(|s| !s.is_empty())
            .collect()
    }
}

/// How the database's schema stands to this binary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaState {
    /// No schema yet.
    Empty,
    /// Older than this binary: `migrate` brings it up.
    Behind {
        /// Where it stands.
        at: u32,
    },
    /// Made for this binary.
    Current,
    /// Newer, and made so that this binary may still use it.
    Ahead {
        /// Where it stands.
        at: u32,
    },
    /// Newer than this binary can handle.
    TooNew {
        /// Where it stands.
        at: u32,
        /// The oldest schema number a binary must know.
        oldest: u32,
    },
}

impl Store {
    /// How the database's schema stands to this binary.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn schema_state(&self) -> Result<SchemaState, StoreError> {
        self.read(work!(|tx| {
            if tx.row("{table_exists}", vals!["schema_version"]).await?.is_none() {
                return Ok(SchemaState::Empty);
            }
            state(tx).await
        }))
        .await
    }

    /// Brings the schema up to this binary. Nodes that start together wait for one another.
    ///
    /// # Errors
    /// When the schema is too new for this binary, or a statement fails (nothing of that migration holds then).
    pub async fn migrate(&self, now: Time) -> Result<SchemaState, StoreError> {
        // In a transaction of its own: the lock must come before the first look at the table (see its name's note).
        self.write(work!(|tx| tx.execute(VERSION_TABLE, &[]).await)).await?;
        for migration in MIGRATIONS {
            self.write(work!(|tx, migration, now| {
                tx.row("{migration_lock}", &[]).await?;
                apply(tx, migration, *now).await
            }))
            .await?;
        }
        self.require_schema().await
    }

    /// Lets the server start only on a schema it can use.
    ///
    /// # Errors
    /// [`StoreError::Schema`], with what to do.
    pub async fn require_schema(&self) -> Result<SchemaState, StoreError> {
        let state = self.schema_state().await?;
        match state {
            SchemaState::Current | SchemaState::Ahead { .. } => Ok(state),
            SchemaState::Empty => Err(StoreError::Schema("the database is empty: run `cognate migrate`".into())),
            SchemaState::Behind { at } => Err(StoreError::Schema(format!(
                "the database has schema {at}, this binary needs {OURS}: run `cognate migrate`"
            ))),
            SchemaState::TooNew { at, oldest } => Err(StoreError::Schema(format!(
                "the database has schema {at}, which needs a binary of schema {oldest} or newer; this one has {OURS}: \
                 install a newer release"
            ))),
        }
    }

    /// Notes the fingerprint of the keyring at the first start, and later insists on the same one: with another
    /// keyring nothing in this database could be opened.
    ///
    /// # Errors
    /// [`StoreError::ForeignKeyring`] when they differ.
    pub async fn check_keyring(&self, fingerprint: &str) -> Result<(), StoreError> {
        let ours = fingerprint.to_owned();
        let noted: String = self
            .write(work!(|tx, ours| {
                let note = "INSERT INTO meta (name, value) VALUES ('keyring', $1) ON CONFLICT (name) DO NOTHING";
                tx.execute(note, vals![ours]).await?;
                let row = tx.row("SELECT value FROM meta WHERE name = 'keyring'", &[]).await?;
                row.ok_or(StoreError::Misread { column: 0, expected: "the keyring's fingerprint" })?.get(0)
            }))
            .await?;
        if noted == fingerprint {
            return Ok(());
        }
        Err(StoreError::ForeignKeyring(format!(
            "the keyring at hand ({fingerprint}) is not the one that sealed this database ({noted})"
        )))
    }

    /// Notes how this node keeps new passwords, and tells every way in which one of this deployment ever did.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn note_password_storage(&self, way: &str) -> Result<Vec<String>, StoreError> {
        let name = format!("passwords:{way}");
        self.write(work!(|tx, name| {
            let note = "INSERT INTO meta (name, value) VALUES ($1, '') ON CONFLICT (name) DO NOTHING";
            tx.execute(note, vals![name]).await?;
            // ';' is the sign that follows ':'.
            let sql = "SELECT name FROM meta WHERE name > 'passwords:' AND name < 'passwords;' ORDER BY name";
            let mut ways = Vec::new();
            for mut row in tx.rows(sql, &[]).await? {
                ways.extend(row.get::<String>(0)?.strip_prefix("passwords:").map(str::to_owned));
            }
            Ok(ways)
        }))
        .await
    }

    /// Notes a new keyring fingerprint in the place of the old one, as the last step of a master rotation.
    ///
    /// # Errors
    /// [`StoreError::ForeignKeyring`] when the noted one is not `old`.
    pub async fn replace_keyring(&self, old: &str, new: &str) -> Result<(), StoreError> {
        let (from, to) = (old.to_owned(), new.to_owned());
        let changed: u64 = self
            .write(work!(|tx, from, to| {
                tx.execute("UPDATE meta SET value = $2 WHERE name = 'keyring' AND value = $1", vals![from, to]).await
            }))
            .await?;
        if changed == 1 {
            return Ok(());
        }
        Err(StoreError::ForeignKeyring(format!("this database was not sealed with keyring {old}")))
    }
}

const VERSION_TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_version \
    (number {int} PRIMARY KEY, name {text} NOT NULL, oldest {int} NOT NULL, applied_at {int} NOT NULL) {table}";

async fn apply(tx: &mut Tx, migration: &Migration, now: Time) -> Result<(), StoreError> {
    let (at, _) = newest(tx).await?;
    if at >= migration.number {
        return Ok(());
    }
    let oldest = migration.oldest().ok_or_else(|| StoreError::Schema(format!("{} names no oldest", migration.name)))?;
    for statement in migration.statements() {
        tx.execute(&statement, &[]).await?;
    }
    let note = "INSERT INTO schema_version (number, name, oldest, applied_at) VALUES ($1, $2, $3, $4)";
    tx.execute(note, vals![migration.number, migration.name, oldest, now]).await?;
    Ok(())
}

async fn state(tx: &mut Tx) -> Result<SchemaState, StoreError> {
    let (at, oldest) = newest(tx).await?;
    Ok(match at {
        0 => SchemaState::Empty,
        OURS => SchemaState::Current,
        _ if at < OURS => SchemaState::Behind { at },
        _ if oldest <= OURS => SchemaState::Ahead { at },
        _ => SchemaState::TooNew { at, oldest },
    })
}

/// Where the schema stands, and the oldest binary that every migration allows: what one asked for, a later one does not
/// take back.
async fn newest(tx: &mut Tx) -> Result<(u32, u32), StoreError> {
    let newest = "SELECT coalesce(max(number), 0), coalesce(max(oldest), 0) FROM schema_version";
    match tx.row(newest, &[]).await? {
        Some(mut row) => Ok((row.get(0)?, row.get(1)?)),
        None => Ok((0, 0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_are_numbered_without_gaps_and_name_the_oldest_binary() {
        let mut before = 1;
        for (at, migration) in MIGRATIONS.iter().enumerate() {
            assert_eq!(migration.number as usize, at + 1, "{}", migration.name);
            let oldest = migration.oldest().unwrap();
            assert!(oldest <= migration.number, "{}", migration.name);
            // Released binaries look at the newest migration alone, and one that asks for less would let them in again.
            assert!(oldest >= before, "{} asks for an older binary than one before it", migration.name);
            before = oldest;
            assert!(!migration.statements().is_empty(), "{}", migration.name);
        }
        assert_eq!(MIGRATIONS.last().map(|m| m.number), Some(OURS));
    }
}
