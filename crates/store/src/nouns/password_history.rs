//! Earlier passwords, sealed: what a new one must differ from where the pool's policy says so.

use crate::{Row, StoreError, Tx, vals};
use kernel::{Sub, UserPoolId};
use model::RetiredPassword;

/// Earlier passwords, by pool, person and generation.
#[derive(Debug)]
pub struct PasswordHistory<'t> {
    pub(super) tx: &'t mut Tx,
}

impl PasswordHistory<'_> {
    /// The last `most` passwords before the present one, newest first.
    pub async fn list(&mut self, pool: &UserPoolId, sub: &Sub, most: u32) -> Result<Vec<RetiredPassword>, StoreError> {
        let sql = "SELECT pool, sub, generation, sealed, retired_at FROM password_history \
            WHERE pool = $1 AND sub = $2 ORDER BY generation DESC LIMIT $3";
        self.tx.rows(sql, vals![pool, sub, most]).await?.into_iter().map(read).collect()
    }

    /// Keeps a password that was replaced.
    pub async fn save(&mut self, retired: &RetiredPassword) -> Result<(), StoreError> {
        let sql = "INSERT INTO password_history (pool, sub, generation, sealed, retired_at) \
            VALUES ($1, $2, $3, $4, $5) ON CONFLICT (pool, sub, generation) DO UPDATE SET \
            sealed = excluded.sealed, retired_at = excluded.retired_at";
        let r = retired;
        self.tx.execute(sql, vals![&r.pool, &r.sub, &r.generation, &r.sealed, r.retired]).await?;
        Ok(())
    }

    /// Forgets all but the newest `keep`: nothing is kept that no policy asks for.
    pub async fn trim(&mut self, pool: &UserPoolId, sub: &Sub, keep: u32) -> Result<(), StoreError> {
        let sql = "DELETE FROM password_history WHERE pool = $1 AND sub = $2 AND generation NOT IN \
            (SELECT generation FROM password_history WHERE pool = $1 AND sub = $2 ORDER BY generation DESC LIMIT $3)";
        self.tx.execute(sql, vals![pool, sub, keep]).await?;
        Ok(())
    }
}

fn read(mut row: Row) -> Result<RetiredPassword, StoreError> {
    Ok(RetiredPassword {
        pool: row.get(0)?,
        sub: row.get(1)?,
        generation: row.get(2)?,
        sealed: row.get(3)?,
        retired: row.get(4)?,
    })
}
