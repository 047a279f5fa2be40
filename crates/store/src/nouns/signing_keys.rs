//! The pools' signing keys.

use crate::{Row, StoreError, Tx, vals};
use kernel::{Time, UserPoolId};
use model::{KeyUse, SigningKeyRow};

/// Signing keys, by pool and key id.
#[derive(Debug)]
pub struct SigningKeys<'t> {
    pub(super) tx: &'t mut Tx,
}

impl SigningKeys<'_> {
    /// All keys of a pool, retired ones included, oldest first.
    pub async fn list(&mut self, pool: &UserPoolId) -> Result<Vec<SigningKeyRow>, StoreError> {
        let sql = "SELECT pool, kid, key_use, private_key, public_jwk, created_at, not_before, retired_at \
            FROM signing_keys WHERE pool = $1 ORDER BY kid LIMIT 100";
        let rows = self.tx.rows(sql, vals![pool]).await?;
        let mut keys = rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
        keys.sort_by_key(|key| key.created);
        Ok(keys)
    }

    /// Adds a key.
    pub async fn insert(&mut self, key: &SigningKeyRow) -> Result<(), StoreError> {
        let sql = "INSERT INTO signing_keys \
            (pool, kid, key_use, private_key, public_jwk, created_at, not_before, retired_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        let k = key;
        let key_use = k.key_use.as_str();
        let all = vals![&k.pool, &k.kid, key_use, &k.sealed, &k.jwk, k.created, k.not_before, k.retired];
        self.tx.execute(sql, all).await?;
        Ok(())
    }

    /// From `at` on the key no longer signs; it stays published until [`Self::delete`].
    pub async fn retire(&mut self, pool: &UserPoolId, kid: &str, at: Time) -> Result<bool, StoreError> {
        let sql = "UPDATE signing_keys SET retired_at = $3 WHERE pool = $1 AND kid = $2 AND retired_at IS NULL";
        Ok(self.tx.execute(sql, vals![pool, kid, at]).await? == 1)
    }

    /// The key goes on signing: what was to follow it is gone.
    pub async fn unretire(&mut self, pool: &UserPoolId, kid: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE signing_keys SET retired_at = NULL WHERE pool = $1 AND kid = $2";
        Ok(self.tx.execute(sql, vals![pool, kid]).await? == 1)
    }

    /// The key signs from now on, whatever a node's clock says.
    pub async fn bring_forward(&mut self, pool: &UserPoolId, kid: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE signing_keys SET not_before = 0 WHERE pool = $1 AND kid = $2";
        Ok(self.tx.execute(sql, vals![pool, kid]).await? == 1)
    }

    /// Pools with a key that was made before `older_than` and that nothing is to follow yet, oldest key first.
    pub async fn list_aged_pools(&mut self, older_than: Time, limit: u32) -> Result<Vec<UserPoolId>, StoreError> {
        let sql = "SELECT pool FROM signing_keys WHERE retired_at IS NULL AND created_at <= $1 \
            ORDER BY created_at, pool, kid LIMIT $2";
        // A pool has two such keys as a rule, of one age: side by side in this order.
        let rows = self.tx.rows(sql, vals![older_than, i64::from(limit) * 2]).await?;
        let mut pools = rows.into_iter().map(|mut row| row.get(0)).collect::<Result<Vec<UserPoolId>, _>>()?;
        pools.dedup();
        pools.truncate(limit as usize);
        Ok(pools)
    }

    /// Withdraws a key: what it signed is good no longer.
    pub async fn delete(&mut self, pool: &UserPoolId, kid: &str) -> Result<bool, StoreError> {
        let sql = "DELETE FROM signing_keys WHERE pool = $1 AND kid = $2";
        Ok(self.tx.execute(sql, vals![pool, kid]).await? == 1)
    }
}

fn read(mut row: Row) -> Result<SigningKeyRow, StoreError> {
    Ok(SigningKeyRow {
        pool: row.get(0)?,
        kid: row.get(1)?,
        key_use: KeyUse::parse(&row.get::<String>(2)?)
            .ok_or(StoreError::Misread { column: 2, expected: "a key's use" })?,
        sealed: row.get(3)?,
        jwk: row.get(4)?,
        created: row.get(5)?,
        not_before: row.get(6)?,
        retired: row.get(7)?,
    })
}
