//! How often something happened within a window.

use crate::{StoreError, Tx, vals};
use kernel::{Time, UserPoolId};
use std::time::Duration;

/// Counters per pool, subject and kind; a window opens with its first event.
#[derive(Debug)]
pub struct Counters<'t> {
    pub(super) tx: &'t mut Tx,
}

impl Counters<'_> {
    /// Counts one more and tells how many there were in the running window, this one included.
    pub async fn raise(
        &mut self,
        pool: &UserPoolId,
        subject: &str,
        kind: &str,
        now: Time,
        window: Duration,
    ) -> Result<u32, StoreError> {
        let sql = "INSERT INTO counters (pool, subject, kind, times, expires_at) VALUES ($1, $2, $3, 1, $5) \
            ON CONFLICT (pool, subject, kind) DO UPDATE SET \
            times = CASE WHEN counters.expires_at <= $4 THEN 1 ELSE counters.times + 1 END, \
            expires_at = CASE WHEN counters.expires_at <= $4 THEN excluded.expires_at ELSE counters.expires_at END \
            RETURNING times";
        let row = self.tx.row(sql, vals![pool, subject, kind, now, now + window]).await?;
        row.ok_or(StoreError::Misread { column: 0, expected: "a counter" })?.get(0)
    }

    /// How many there were in the running window.
    pub async fn get(&mut self, pool: &UserPoolId, subject: &str, kind: &str, now: Time) -> Result<u32, StoreError> {
        let sql = "SELECT times FROM counters WHERE pool = $1 AND subject = $2 AND kind = $3 AND expires_at > $4";
        match self.tx.row(sql, vals![pool, subject, kind, now]).await? {
            Some(mut row) => row.get(0),
            None => Ok(0),
        }
    }

    /// Forgets a counter: what it guarded succeeded.
    pub async fn reset(&mut self, pool: &UserPoolId, subject: &str, kind: &str) -> Result<(), StoreError> {
        let sql = "DELETE FROM counters WHERE pool = $1 AND subject = $2 AND kind = $3";
        self.tx.execute(sql, vals![pool, subject, kind]).await?;
        Ok(())
    }
}
