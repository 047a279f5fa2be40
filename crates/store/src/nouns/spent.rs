//! Single-use things that were used.

use crate::{StoreError, Tx, vals};
use kernel::{Time, UserPoolId};

/// Nonces of sealed tokens that may be presented once.
#[derive(Debug)]
pub struct Spent<'t> {
    pub(super) tx: &'t mut Tx,
}

impl Spent<'_> {
    /// Uses a nonce up; false when it was used before. The row may go once the token has expired by itself.
    pub async fn take(&mut self, pool: &UserPoolId, nonce: &[u8], expires: Time) -> Result<bool, StoreError> {
        let sql = "INSERT INTO spent (pool, nonce, expires_at) VALUES ($1, $2, $3) \
            ON CONFLICT (pool, nonce) DO NOTHING RETURNING 1";
        Ok(self.tx.row(sql, vals![pool, nonce, expires]).await?.is_some())
    }
}
