//! One SQLite connection: how it is opened, and how a statement runs on it.

use crate::dialect::{Dialect, Spelled};
use crate::row::{Cell, Cells};
use crate::{Row, StoreError, Val};
use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, Connection, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// More than the questions we have, so that none is ever compiled twice. The default of 16 would thrash.
const STATEMENTS_KEPT: usize = 512;
/// As much of the file as SQLite maps into a reader's memory (its own upper limit). What is larger is read as before.
const MAPPED_MAX: i64 = 0x7fff_0000;
/// Another process (`cognate keys`) may hold the file for a moment.
const WAIT_FOR_OTHERS: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(crate) struct Session {
    connection: Connection,
    spelled: Spelled,
}

impl Session {
    pub(crate) fn open_writer(path: &Path, cache_kib: u32, durable: bool) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let session = Self::open(path, flags, cache_kib)?;
        let mode: String = session.connection.pragma_update_and_check(None, "journal_mode", "wal", |r| r.get(0))?;
        if mode != "wal" {
            return Err(StoreError::Setting(format!("{}: the file system offers no WAL ({mode})", path.display())));
        }
        session.connection.pragma_update(None, "synchronous", if durable { "full" } else { "off" })?;
        Ok(session)
    }

    pub(crate) fn open_reader(path: &Path, cache_kib: u32) -> Result<Self, StoreError> {
        // Not SQLITE_OPEN_READ_ONLY: a reader may have to recover the WAL index after a crash.
        let session = Self::open(path, OpenFlags::SQLITE_OPEN_READ_WRITE, cache_kib)?;
        session.connection.pragma_update(None, "query_only", true)?;
        // Rows that no longer fit the connection's cache come from the kernel's without a call and a copy for each page:
        // what keeps ten rows of a million as cheap as ten of a thousand. The pages belong to the kernel.
        session.connection.pragma_update_and_check(None, "mmap_size", MAPPED_MAX, |_| Ok(()))?;
        Ok(session)
    }

    fn open(path: &Path, flags: OpenFlags, cache_kib: u32) -> Result<Self, StoreError> {
        // A connection is used by one thread at a time: no mutex inside.
        let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.busy_timeout(WAIT_FOR_OTHERS)?;
        connection.pragma_update(None, "cache_size", -i64::from(cache_kib))?;
        connection.pragma_update(None, "temp_store", "memory")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        // What was deleted is overwritten: spent secrets do not linger in free pages.
        connection.pragma_update(None, "secure_delete", true)?;
        // Plans do not depend on the values bound: otherwise SQLite looks at some (`LIMIT $1`) and compiles a cached
        // statement anew each time it is bound, which took half of its time in a point read.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        Ok(Self { connection, spelled: Spelled::default() })
    }

    pub(crate) fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// A statement without values and rows: BEGIN and its kin.
    pub(crate) fn plain(&self, sql: &str) -> Result<(), StoreError> {
        self.connection.prepare_cached(sql)?.raw_execute()?;
        Ok(())
    }

    /// Whether the transaction is gone (ended by us, or by SQLite after a grave error).
    pub(crate) fn idle(&self) -> bool {
        self.connection.is_autocommit()
    }

    /// Moves what the WAL holds into the database file, as far as no reader needs it; whether that was all of it.
    pub(crate) fn checkpoint(&self) -> Result<bool, StoreError> {
        let mut statement = self.connection.prepare_cached("PRAGMA wal_checkpoint(PASSIVE)")?;
        let mut rows = statement.raw_query();
        let mut all = false;
        while let Some(row) = rows.next()? {
            let (pages, moved): (i64, i64) = (row.get(1)?, row.get(2)?);
            all = pages == moved;
        }
        Ok(all)
    }

    fn bound(&mut self, sql: &str, vals: &[Val<'_>]) -> Result<CachedStatement<'_>, StoreError> {
        let mut statement = self.connection.prepare_cached(self.spelled.get(Dialect::Sqlite, sql))?;
        for (at, value) in vals.iter().enumerate() {
            statement.raw_bind_parameter(at + 1, value)?;
        }
        Ok(statement)
    }

    pub(crate) fn row(&mut self, sql: &str, vals: &[Val<'_>]) -> Result<Option<Row>, StoreError> {
        let mut statement = self.bound(sql, vals)?;
        let columns = statement.column_count();
        let mut rows = statement.raw_query();
        let first = rows.next()?.map(|row| copy(row, columns)).transpose()?;
        // A statement that changes rows does so while it is stepped: step to the end.
        while rows.next()?.is_some() {}
        Ok(first)
    }

    pub(crate) fn rows(&mut self, sql: &str, vals: &[Val<'_>], most: u32) -> Result<Vec<Row>, StoreError> {
        let mut statement = self.bound(sql, vals)?;
        let columns = statement.column_count();
        let mut rows = statement.raw_query();
        let mut out = Vec::new();
        while let Some(row) = rows.next()? {
            if out.len() >= most as usize {
                return Err(StoreError::TooLong(most));
            }
            out.push(copy(row, columns)?);
        }
        Ok(out)
    }

    pub(crate) fn execute(&mut self, sql: &str, vals: &[Val<'_>]) -> Result<u64, StoreError> {
        let mut statement = self.bound(sql, vals)?;
        if statement.column_count() == 0 {
            return Ok(statement.raw_execute()? as u64);
        }
        let mut rows = statement.raw_query();
        while rows.next()?.is_some() {}
        drop(rows);
        drop(statement);
        Ok(self.connection.changes())
    }
}

fn copy(row: &rusqlite::Row<'_>, columns: usize) -> Result<Row, StoreError> {
    let mut cells = Vec::with_capacity(columns);
    for at in 0..columns {
        cells.push(match row.get_ref(at)? {
            ValueRef::Null => Cell::Null,
            ValueRef::Integer(n) => Cell::Int(n),
            ValueRef::Text(bytes) => {
                let text = std::str::from_utf8(bytes);
                Cell::Text(text.map_err(|_| StoreError::Misread { column: at, expected: "text" })?.to_owned())
            }
            ValueRef::Blob(bytes) => Cell::Blob(bytes.to_owned()),
            ValueRef::Real(_) => return Err(StoreError::Misread { column: at, expected: "anything but a fraction" }),
        });
    }
    Ok(Row(Cells::Sqlite(cells)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::StatementStatus;

    /// How often a statement that binds its LIMIT is compiled anew when it is asked ten times.
    fn compiled_anew(session: &mut Session) -> i32 {
        session.connection.execute_batch("CREATE TABLE t (a TEXT, b TEXT, PRIMARY KEY (a, b)) STRICT").unwrap();
        let sql = "SELECT b FROM t WHERE a = $1 AND b > $2 ORDER BY b LIMIT $3";
        for turn in 0..10_i64 {
            let text = turn.to_string();
            session.rows(sql, &[Val::Text(&text), Val::Text("x"), Val::Int(turn)], 10).unwrap();
        }
        session.bound(sql, &[]).unwrap().get_status(StatementStatus::RePrepare)
    }

    fn in_memory() -> Session {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_MEMORY;
        Session::open(Path::new(":memory:"), flags, 64).unwrap()
    }

    #[test]
    fn a_statement_is_compiled_once_whatever_is_bound() {
        assert_eq!(compiled_anew(&mut in_memory()), 0);
    }

    /// What the switch in `open` is for: without it the same questions are compiled again and again.
    #[test]
    fn without_stable_plans_a_bound_limit_compiles_the_statement_anew() {
        let mut session = in_memory();
        session.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, false).unwrap();
        assert!(compiled_anew(&mut session) > 0);
    }
}
