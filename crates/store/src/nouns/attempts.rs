//! Failed attempts at proofs, per person or per unknown name.

use crate::{StoreError, Tx, vals};
use kernel::{Time, UserPoolId};
use model::Attempts;
use std::time::Duration;

/// A row that says nothing any more after this time goes: longer than any lock and any quiet time.
const KEPT: Duration = Duration::from_secs(3600);

/// Attempts, keyed by pool and subject: the bytes of a sub, or a MAC of a name nobody has.
#[derive(Debug)]
pub struct AttemptRows<'t> {
    pub(super) tx: &'t mut Tx,
}

impl AttemptRows<'_> {
    /// The attempts of a subject, locked against neighbours until the end of the transaction. No row, no failures.
    pub async fn get_for_update(&mut self, pool: &UserPoolId, subject: &[u8]) -> Result<Attempts, StoreError> {
        let sql = "SELECT password_failures, code_failures, last_attempt_at, locked_until FROM attempts \
            WHERE pool = $1 AND subject = $2 {for_update}";
        let Some(mut row) = self.tx.row(sql, vals![pool, subject]).await? else { return Ok(Attempts::default()) };
        Ok(Attempts {
            password_failures: row.get(0)?,
            code_failures: row.get(1)?,
            last: row.get(2)?,
            locked_until: row.get(3)?,
        })
    }

    /// Writes them back; a clean slate needs no row.
    pub async fn save(&mut self, pool: &UserPoolId, subject: &[u8], attempts: &Attempts) -> Result<(), StoreError> {
        if attempts.is_clean() {
            let sql = "DELETE FROM attempts WHERE pool = $1 AND subject = $2";
            self.tx.execute(sql, vals![pool, subject]).await?;
            return Ok(());
        }
        let sql = "INSERT INTO attempts \
            (pool, subject, password_failures, code_failures, last_attempt_at, locked_until, expires_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (pool, subject) DO UPDATE SET \
            password_failures = excluded.password_failures, code_failures = excluded.code_failures, \
            last_attempt_at = excluded.last_attempt_at, locked_until = excluded.locked_until, \
            expires_at = excluded.expires_at";
        let a = attempts;
        let expires: Time = a.last.max(a.locked_until) + KEPT;
        let all = vals![pool, subject, a.password_failures, a.code_failures, a.last, a.locked_until, expires];
        self.tx.execute(sql, all).await?;
        Ok(())
    }
}
