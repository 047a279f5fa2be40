//! Background jobs on many nodes: one does a job at a time, and one that overslept cannot do harm.

use crate::{StoreError, Tx, vals};
use kernel::Time;
use std::time::Duration;

/// A job that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// Grows with every change of hands. What the job writes is written only while its fence still stands.
    pub fence: i64,
}

/// Leases, by job.
#[derive(Debug)]
pub struct Leases<'t> {
    pub(super) tx: &'t mut Tx,
}

impl Leases<'_> {
    /// Takes or prolongs a job; None while somebody else has it.
    pub async fn take(
        &mut self,
        job: &str,
        holder: &str,
        now: Time,
        length: Duration,
    ) -> Result<Option<Lease>, StoreError> {
        let sql = "INSERT INTO leases (job, holder, fence, expires_at) VALUES ($1, $2, 1, $4) \
            ON CONFLICT (job) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at, \
            fence = CASE WHEN leases.holder = $2 AND leases.expires_at > $3 THEN leases.fence ELSE leases.fence + 1 END \
            WHERE leases.holder = $2 OR leases.expires_at <= $3 RETURNING fence";
        let row = self.tx.row(sql, vals![job, holder, now, now + length]).await?;
        row.map(|mut row| Ok(Lease { fence: row.get(0)? })).transpose()
    }

    /// Whether a lease still stands, locked until the end of the transaction: asked in the transaction that writes.
    pub async fn holds(&mut self, job: &str, lease: Lease) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM leases WHERE job = $1 AND fence = $2 {for_update}";
        Ok(self.tx.row(sql, vals![job, lease.fence]).await?.is_some())
    }

    /// Gives a job back before its time.
    pub async fn release(&mut self, job: &str, lease: Lease) -> Result<(), StoreError> {
        // The row stays: the fence must go on growing.
        let sql = "UPDATE leases SET expires_at = 0 WHERE job = $1 AND fence = $2";
        self.tx.execute(sql, vals![job, lease.fence]).await?;
        Ok(())
    }
}
