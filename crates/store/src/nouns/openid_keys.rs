//! The keys that sign tokens of identity pools.

use crate::{Row, StoreError, Tx, vals};
use kernel::{AccountId, Time};
use model::OpenIdKeyRow;

/// Keys by account and key id.
#[derive(Debug)]
pub struct OpenIdKeys<'t> {
    pub(super) tx: &'t mut Tx,
}

impl OpenIdKeys<'_> {
    /// All keys of an account, retired ones included, oldest first.
    pub async fn list(&mut self, account: &AccountId) -> Result<Vec<OpenIdKeyRow>, StoreError> {
        let sql = "SELECT account, kid, algorithm, private_key, public_jwk, created_at, not_before, retired_at \
            FROM openid_keys WHERE account = $1 ORDER BY kid LIMIT 100";
        let rows = self.tx.rows(sql, vals![account]).await?;
        let mut keys = rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
        keys.sort_by_key(|key| key.created);
        Ok(keys)
    }

    /// Adds a key.
    pub async fn insert(&mut self, key: &OpenIdKeyRow) -> Result<(), StoreError> {
        let sql = "INSERT INTO openid_keys \
            (account, kid, algorithm, private_key, public_jwk, created_at, not_before, retired_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        let k = key;
        let all = vals![&k.account, &k.kid, &k.algorithm, &k.sealed, &k.jwk, k.created, k.not_before, k.retired];
        self.tx.execute(sql, all).await?;
        Ok(())
    }

    /// From `at` on the key no longer signs; it stays published until the sweeper takes it.
    pub async fn retire(&mut self, account: &AccountId, kid: &str, at: Time) -> Result<bool, StoreError> {
        let sql = "UPDATE openid_keys SET retired_at = $3 WHERE account = $1 AND kid = $2 AND retired_at IS NULL";
        Ok(self.tx.execute(sql, vals![account, kid, at]).await? == 1)
    }

    /// The key goes on signing: what was to follow it is gone.
    pub async fn unretire(&mut self, account: &AccountId, kid: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE openid_keys SET retired_at = NULL WHERE account = $1 AND kid = $2";
        Ok(self.tx.execute(sql, vals![account, kid]).await? == 1)
    }

    /// The key signs from now on, whatever a node's clock says.
    pub async fn bring_forward(&mut self, account: &AccountId, kid: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE openid_keys SET not_before = 0 WHERE account = $1 AND kid = $2";
        Ok(self.tx.execute(sql, vals![account, kid]).await? == 1)
    }

    /// Withdraws a key: what it signed is good no longer.
    pub async fn delete(&mut self, account: &AccountId, kid: &str) -> Result<bool, StoreError> {
        let sql = "DELETE FROM openid_keys WHERE account = $1 AND kid = $2";
        Ok(self.tx.execute(sql, vals![account, kid]).await? == 1)
    }
}

fn read(mut row: Row) -> Result<OpenIdKeyRow, StoreError> {
    Ok(OpenIdKeyRow {
        account: row.get(0)?,
        kid: row.get(1)?,
        algorithm: row.get(2)?,
        sealed: row.get(3)?,
        jwk: row.get(4)?,
        created: row.get(5)?,
        not_before: row.get(6)?,
        retired: row.get(7)?,
    })
}
