//! One transaction on one pooled connection. BEGIN travels with the first statement: no round trip of its own.

use crate::dialect::{Dialect, Spelled};
use crate::row::Cells;
use crate::{Row, StoreError, Val};
use deadpool_postgres::{ClientWrapper, Object};
use futures_util::{TryStreamExt, future::join};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};
use tokio_postgres::error::SqlState;

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Serializable: whatever runs beside it, the outcome is as if they had run one after another.
    Write,
    /// One snapshot, nothing locked, nothing remembered: it never makes a writer fail and never fails itself.
    Read,
}

impl Kind {
    fn begin(self) -> &'static str {
        match self {
            Self::Write => "BEGIN ISOLATION LEVEL SERIALIZABLE",
            Self::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }
}

#[derive(PartialEq, Eq, Debug, Clone, Copy)]
enum Phase {
    Fresh,
    Open,
    Ended,
}

pub(crate) struct Session {
    client: Option<Object>,
    kind: Kind,
    phase: Phase,
    unnamed: bool,
    spelled: Spelled,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("kind", &self.kind).field("phase", &self.phase).finish_non_exhaustive()
    }
}

impl Session {
    pub(crate) fn new(client: Object, kind: Kind, unnamed: bool) -> Self {
        Self { client: Some(client), kind, phase: Phase::Fresh, unnamed, spelled: Spelled::default() }
    }

    /// Runs a statement: its rows, and how many rows it touched.
    pub(crate) async fn ask(&mut self, sql: &str, vals: &[Val<'_>]) -> Result<(Vec<Row>, u64), StoreError> {
        // Most questions read the same on Postgres as they are written; only those with names in braces are spelled.
        let sql = if sql.contains('{') { self.spelled.get(Dialect::Postgres, sql) } else { sql };
        let client: &ClientWrapper = self.client.as_deref().ok_or(StoreError::Stopped)?;
        let question = statement(client, sql, vals, self.unnamed);
        let (kind, phase) = (self.kind, std::mem::replace(&mut self.phase, Phase::Open));
        let answer = if phase == Phase::Open {
            question.await
        } else {
            let (begun, answer) = join(client.batch_execute(kind.begin()), question).await;
            begun?;
            answer
        };
        answer.map_err(|error| match error.code() {
            // The server was demoted to a standby: another connection may reach the new primary.
            Some(&SqlState::READ_ONLY_SQL_TRANSACTION) if kind == Kind::Write => unreachable(error),
            _ => StoreError::from(error),
        })
    }

    /// Whether its COMMIT makes something durable.
    pub(crate) fn writes(&self) -> bool {
        self.kind == Kind::Write && self.phase == Phase::Open
    }

    pub(crate) async fn commit(&mut self) -> Result<(), StoreError> {
        if self.phase != Phase::Open {
            return Ok(());
        }
        let Some(client) = self.client.as_deref() else { return Ok(()) };
        if self.kind == Kind::Read {
            // Nothing hangs on this answer: hand COMMIT to the connection and leave. The next user's BEGIN queues
            // behind it.
            let mut sent = pin!(client.batch_execute("COMMIT"));
            let _ = sent.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            self.phase = Phase::Ended;
            return Ok(());
        }
        let outcome = client.batch_execute("COMMIT").await.map_err(|error| match StoreError::from(error) {
            StoreError::Unreachable(cause) => StoreError::Unsure(cause),
            other => other,
        });
        // A refused COMMIT has ended the transaction; a lost connection ends with it.
        if !matches!(outcome, Err(StoreError::Unsure(_))) {
            self.phase = Phase::Ended;
        }
        outcome
    }

    pub(crate) async fn roll_back(&mut self) {
        if self.phase == Phase::Open
            && let Some(client) = self.client.as_deref()
            && client.batch_execute("ROLLBACK").await.is_ok()
        {
            self.phase = Phase::Ended;
        }
    }
}

impl Drop for Session {
    /// A block that was dropped half way leaves its transaction open: such a connection is closed, not reused.
    fn drop(&mut self) {
        if self.phase == Phase::Open
            && let Some(client) = self.client.take()
        {
            drop(Object::take(client));
        }
    }
}

async fn statement(
    client: &ClientWrapper,
    sql: &str,
    vals: &[Val<'_>],
    unnamed: bool,
) -> Result<(Vec<Row>, u64), tokio_postgres::Error> {
    let stream = if unnamed {
        // A transaction pooler may hand the next statement to another server connection, which never heard of a name.
        client.query_typed_raw(sql, vals.iter().map(|v| (v, v.postgres_type()))).await?
    } else {
        let statement = client.prepare_cached(sql).await?;
        client.query_raw(&statement, vals).await?
    };
    let mut stream = pin!(stream);
    let mut rows = Vec::new();
    while let Some(row) = stream.try_next().await? {
        rows.push(Row(Cells::Postgres(row)));
    }
    Ok((rows, stream.rows_affected().unwrap_or(0)))
}

/// Keeps an error that may be shared.
pub(super) fn unreachable(error: tokio_postgres::Error) -> StoreError {
    StoreError::Unreachable(Arc::new(error))
}
