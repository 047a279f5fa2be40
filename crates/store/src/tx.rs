//! A transaction as a block sees it: three ways to ask, the same on both engines.

use crate::{Row, StoreError, Val, postgres, sqlite};
use kernel::IdentityId;
use model::IamRole;
use std::sync::Arc;

/// A transaction. It owns its connection, so that a block can be sent between threads and holds no lifetime.
#[derive(Debug)]
pub struct Tx {
    pub(crate) engine: Engine,
    budget: u32,
    most: u32,
    trouble: Option<StoreError>,
    touched: Touched,
    /// Roles that were read in this view of the database, where blocks share one; what has a view of its own keeps none.
    roles: Option<Vec<Arc<IamRole>>>,
}

/// How many roles are kept with a view: it is over before many are asked for.
const ROLES_MAX: usize = 16;

/// What a transaction changed of that which nodes keep for a while.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Touched {
    /// Settings, or what principals may do.
    pub(crate) settings: bool,
    /// Identities that may stand elsewhere now.
    pub(crate) identities: Vec<IdentityId>,
}

impl Touched {
    pub(crate) fn is_nothing(&self) -> bool {
        !self.settings && self.identities.is_empty()
    }
}

#[derive(Debug)]
pub(crate) enum Engine {
    Sqlite(sqlite::Session),
    Postgres(Box<postgres::Session>),
}

impl Tx {
    pub(crate) fn new(engine: Engine, rows_max: u32) -> Self {
        Self { engine, budget: rows_max, most: rows_max, trouble: None, touched: Touched::default(), roles: None }
    }

    /// Makes ready for the next block.
    pub(crate) fn renew(&mut self) {
        self.budget = self.most;
        self.trouble = None;
        self.touched = Touched::default();
    }

    /// What is asked from here on is asked in another view than before, which blocks will share.
    pub(crate) fn look_anew(&mut self) {
        self.roles.get_or_insert_default().clear();
    }

    /// The role that `which` means, where it was read in this view already: reading it again would say the same.
    pub(crate) fn known_role(&self, which: impl Fn(&IamRole) -> bool) -> Option<Arc<IamRole>> {
        self.roles.iter().flatten().find(|role| which(role)).cloned()
    }

    pub(crate) fn know_role(&mut self, role: &Arc<IamRole>) {
        if let Some(roles) = self.roles.as_mut().filter(|roles| roles.len() < ROLES_MAX) {
            roles.push(Arc::clone(role));
        }
    }

    /// This transaction changes settings: once it is committed, what this node kept of them is no longer used.
    pub(crate) fn touch_settings(&mut self) {
        self.touched.settings = true;
    }

    /// This transaction changes where an identity stands: the same for the one.
    pub(crate) fn touch_identity(&mut self, id: &IdentityId) {
        self.touched.identities.push(id.clone());
    }

    /// What was touched so far.
    pub(crate) fn take_touched(&mut self) -> Touched {
        std::mem::take(&mut self.touched)
    }

    /// The first refusal of the engine in this block. A block that swallowed it must not be committed: Postgres has
    /// given the transaction up by then and would answer COMMIT with a silent ROLLBACK.
    pub(crate) fn take_trouble(&mut self) -> Option<StoreError> {
        self.trouble.take()
    }

    /// The first row of the answer, if any.
    ///
    /// # Errors
    /// What the engine refused, see [`StoreError`].
    pub async fn row(&mut self, sql: &str, vals: &[Val<'_>]) -> Result<Option<Row>, StoreError> {
        let answer = match &mut self.engine {
            Engine::Sqlite(session) => session.row(sql, vals),
            // Boxed, so that blocks on SQLite do not carry the size of Postgres' futures.
            Engine::Postgres(session) => {
                Box::pin(session.ask(sql, vals)).await.map(|(rows, _)| rows.into_iter().next())
            }
        };
        let count = u64::from(matches!(answer, Ok(Some(_))));
        self.account(answer, count)
    }

    /// All rows of the answer. Questions bound their answers with LIMIT.
    ///
    /// # Errors
    /// What the engine refused, see [`StoreError`].
    pub async fn rows(&mut self, sql: &str, vals: &[Val<'_>]) -> Result<Vec<Row>, StoreError> {
        let answer = match &mut self.engine {
            Engine::Sqlite(session) => session.rows(sql, vals, self.budget),
            Engine::Postgres(session) => Box::pin(session.ask(sql, vals)).await.map(|(rows, _)| rows),
        };
        let count = answer.as_ref().map_or(0, Vec::len) as u64;
        self.account(answer, count)
    }

    /// Changes rows and tells how many.
    ///
    /// # Errors
    /// What the engine refused, see [`StoreError`].
    pub async fn execute(&mut self, sql: &str, vals: &[Val<'_>]) -> Result<u64, StoreError> {
        let answer = match &mut self.engine {
            Engine::Sqlite(session) => session.execute(sql, vals),
            Engine::Postgres(session) => Box::pin(session.ask(sql, vals)).await.map(|(_, changed)| changed),
        };
        let count = answer.as_ref().copied().unwrap_or(0);
        self.account(answer, count)
    }

    /// A row that another transaction wrote stands in the way: this one is to run again and to see it.
    pub(crate) fn collided(&mut self) -> StoreError {
        self.trouble.get_or_insert(StoreError::Conflict).clone()
    }

    fn account<T>(&mut self, answer: Result<T, StoreError>, rows: u64) -> Result<T, StoreError> {
        let outcome =
            answer.and_then(|value| match u32::try_from(rows).ok().and_then(|rows| self.budget.checked_sub(rows)) {
                Some(left) => {
                    self.budget = left;
                    Ok(value)
                }
                None => Err(StoreError::TooLong(self.most)),
            });
        if let Err(error) = &outcome
            && self.trouble.is_none()
        {
            self.trouble = Some(error.clone());
        }
        outcome
    }
}
