//! What happened, for whoever keeps something by it: appended in the transaction in which it did, read by jobs, swept
//! after a month.

use super::{Page, one_more};
use crate::{Row, StoreError, Tx, vals};
use kernel::{IdentityPoolId, Time};
use model::DomainEvent;
use uuid::Uuid;

/// Events, by pool and moment.
#[derive(Debug)]
pub struct DomainEvents<'t> {
    pub(super) tx: &'t mut Tx,
}

impl DomainEvents<'_> {
    /// Adds an event.
    pub async fn append(&mut self, event: &DomainEvent) -> Result<(), StoreError> {
        let sql = "INSERT INTO domain_events (pool, at, id, account, payload) VALUES ($1, $2, $3, $4, $5)";
        let e = event;
        let payload = serde_json::to_string(&e.kind).map_err(|error| unreadable(&error))?;
        self.tx.execute(sql, vals![&e.pool, e.at, &e.id, &e.account, &payload]).await?;
        Ok(())
    }

    /// The events of a pool by moment and id, those behind `after`. The clocks of nodes differ and a transaction takes its
    /// time: whoever must not miss any begins some minutes before the last one seen and leaves out what they know.
    pub async fn list(
        &mut self,
        pool: &IdentityPoolId,
        after: Option<(Time, &Uuid)>,
        limit: u32,
    ) -> Result<Page<DomainEvent>, StoreError> {
        let first = Uuid::nil();
        let (at, id) = after.unwrap_or((Time::from_millis(i64::MIN), &first));
        let sql = "SELECT id, account, pool, payload, at FROM domain_events \
            WHERE pool = $1 AND (at, id) > ($2, $3) ORDER BY at, id LIMIT $4";
        let rows = self.tx.rows(sql, vals![pool, at, id, one_more(limit)]).await?;
        Page::of(rows, limit, read)
    }
}

fn unreadable(error: &serde_json::Error) -> StoreError {
    StoreError::Unreadable { what: "event", why: error.to_string() }
}

fn read(mut row: Row) -> Result<DomainEvent, StoreError> {
    Ok(DomainEvent {
        id: row.get(0)?,
        account: row.get(1)?,
        pool: row.get(2)?,
        kind: serde_json::from_str(&row.get::<String>(3)?).map_err(|error| unreadable(&error))?,
        at: row.get(4)?,
    })
}
