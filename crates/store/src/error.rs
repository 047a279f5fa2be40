//! What can happen below a question. A small vocabulary; what it means for the caller is decided in the services.

use contract::Fault;
use model::Refusal;
use std::error::Error;
use std::sync::Arc;

/// What went wrong underneath. Shared, because a failed commit fails every block of its batch.
pub(crate) type Cause = Arc<dyn Error + Send + Sync>;

/// A cause with what it came from. The driver's own text is "db error", and what the server said stands below it. Of
/// the server's answer only the message is told, never its details, which may quote a row.
fn told(cause: &Cause) -> String {
    let mut line = cause.to_string();
    let mut below = cause.source();
    while let Some(error) = below {
        match error.downcast_ref::<tokio_postgres::error::DbError>() {
            Some(said) => line = format!("{line}: {}: {} ({})", said.severity(), said.message(), said.code().code()),
            None => line = format!("{line}: {error}"),
        }
        below = error.source();
    }
    line
}

/// Something the store could not do.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// Too many writers collided, or no connection or place in the queue came free in time. Asking again is sound.
    #[error("the database is busy")]
    Busy,
    /// Two transactions collided (40001, 40P01); `write` runs the block again when it sees this.
    #[error("two transactions collided")]
    Conflict,
    /// A unique index already holds the key.
    #[error("already taken ({0})")]
    Taken(String),
    /// The disk is full: nothing was written, and writing works again once there is room.
    #[error("the disk is full")]
    Full,
    /// A flush failed earlier, so that nobody knows what the disk holds: no more writes until a restart.
    #[error("writes have stopped because a flush failed")]
    Stopped,
    /// The database cannot be reached; nothing was committed.
    #[error("the database cannot be reached: {}", told(.0))]
    Unreachable(Cause),
    /// The connection broke between COMMIT and its answer: the change may hold or not.
    #[error("nobody knows whether the transaction was committed: {}", told(.0))]
    Unsure(Cause),
    /// The engine refused a statement.
    #[error("the database refused: {}", told(.0))]
    Engine(Cause),
    /// A column held something else than the code expects.
    #[error("column {column} does not hold {expected}")]
    Misread {
        /// Position in the question's list of columns, from zero.
        column: usize,
        /// What was asked for.
        expected: &'static str,
    },
    /// A stored document could not be read back.
    #[error("a stored {what} cannot be read: {why}")]
    Unreadable {
        /// Which kind of document.
        what: &'static str,
        /// What the reader said.
        why: String,
    },
    /// A transaction block waited for something that is no row: a bug in the block.
    #[error("a transaction block waited for something else than rows")]
    Suspended,
    /// A transaction block panicked: a bug in the block. It was rolled back, its neighbours were not.
    #[error("a transaction block panicked")]
    Panicked,
    /// A block touched more rows than one transaction may: sweeps and imports go in chunks.
    #[error("a transaction touched more than {0} rows")]
    TooLong(u32),
    /// The schema in the database does not fit this binary.
    #[error("{0}")]
    Schema(String),
    /// The keyring at hand is not the one that sealed this database.
    #[error("{0}")]
    ForeignKeyring(String),
    /// A setting cannot be used.
    #[error("{0}")]
    Setting(String),
}

impl StoreError {
    pub(crate) fn engine(cause: impl Error + Send + Sync + 'static) -> Self {
        Self::Engine(Arc::new(cause))
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        use rusqlite::ffi;
        match error.sqlite_error() {
            Some(e)
                if e.extended_code == ffi::SQLITE_CONSTRAINT_UNIQUE
                    || e.extended_code == ffi::SQLITE_CONSTRAINT_PRIMARYKEY =>
            {
                Self::Taken(error.to_string())
            }
            Some(e) if matches!(e.code, Code::DatabaseBusy | Code::DatabaseLocked) => Self::Busy,
            Some(e) if e.code == Code::DiskFull => Self::Full,
            _ => Self::engine(error),
        }
    }
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        use tokio_postgres::error::SqlState;
        let Some(code) = error.code() else {
            // No answer from the server at all: a broken socket. Errors of our own making (a wrong parameter) carry
            // no code either, and those a new attempt would not mend.
            let broken = error.is_closed() || error.source().is_some_and(|s| s.is::<std::io::Error>());
            return if broken { Self::Unreachable(Arc::new(error)) } else { Self::engine(error) };
        };
        match code {
            c if *c == SqlState::T_R_SERIALIZATION_FAILURE || *c == SqlState::T_R_DEADLOCK_DETECTED => Self::Conflict,
            // Nodes that create the same table at the same moment collide in the catalogue, in one of three ways.
            c if *c == SqlState::UNIQUE_VIOLATION
                || *c == SqlState::DUPLICATE_TABLE
                || *c == SqlState::DUPLICATE_OBJECT =>
            {
                Self::Taken(error.as_db_error().and_then(|e| e.constraint()).unwrap_or("unique").to_owned())
            }
            c if *c == SqlState::DISK_FULL => Self::Full,
            // A server that shuts down or starts up: another attempt may find the new primary.
            c if *c == SqlState::ADMIN_SHUTDOWN
                || *c == SqlState::CRASH_SHUTDOWN
                || *c == SqlState::CANNOT_CONNECT_NOW
                || c.code().starts_with("08") =>
            {
                Self::Unreachable(Arc::new(error))
            }
            // The statement's time ran out, on a lock or on a server that cannot keep up.
            c if *c == SqlState::TOO_MANY_CONNECTIONS
                || *c == SqlState::QUERY_CANCELED
                || *c == SqlState::LOCK_NOT_AVAILABLE =>
            {
                Self::Busy
            }
            _ => Self::engine(error),
        }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy | StoreError::Conflict => Self::Busy,
            other => Self::internal(other),
        }
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Refusal::from(error).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_store_asks_the_caller_to_come_back() {
        let fault = Fault::from(StoreError::Busy);
        assert_eq!((fault.kind.name, fault.kind.status), ("TooManyRequestsException", 400));
    }

    #[test]
    fn everything_else_is_our_fault_and_keeps_its_cause() {
        let fault = Fault::from(StoreError::Stopped);
        assert_eq!((fault.kind.name, fault.kind.status), ("InternalErrorException", 500));
        assert!(fault.cause().is_some_and(|c| c.to_string().contains("flush")));
        assert!(!fault.message.contains("flush"), "the caller learns nothing about our insides");
    }
}
