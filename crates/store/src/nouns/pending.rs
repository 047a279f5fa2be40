//! Changed contacts that wait for their code while the old ones stay in force.

use super::unstorable;
use crate::{StoreError, Tx, vals};
use kernel::{Sub, Time, UserPoolId};

/// Values that are not in force yet, by pool, person and attribute.
#[derive(Debug)]
pub struct Pending<'t> {
    pub(super) tx: &'t mut Tx,
}

impl Pending<'_> {
    /// Lets a value wait, in the place of an older one of the same attribute.
    pub async fn save(
        &mut self,
        pool: &UserPoolId,
        sub: &Sub,
        attribute: &str,
        value: &str,
        now: Time,
    ) -> Result<(), StoreError> {
        if unstorable(value) {
            return Err(StoreError::Misread { column: 3, expected: "a text without zero bytes" });
        }
        let sql = "INSERT INTO pending_attributes (pool, sub, attribute, value, created_at) \
            VALUES ($1, $2, $3, $4, $5) ON CONFLICT (pool, sub, attribute) DO UPDATE SET \
            value = excluded.value, created_at = excluded.created_at";
        self.tx.execute(sql, vals![pool, sub, attribute, value, now]).await?;
        Ok(())
    }

    /// The value that waits.
    pub async fn get(&mut self, pool: &UserPoolId, sub: &Sub, attribute: &str) -> Result<Option<String>, StoreError> {
        if unstorable(attribute) {
            return Ok(None);
        }
        let sql = "SELECT value FROM pending_attributes WHERE pool = $1 AND sub = $2 AND attribute = $3";
        self.tx.row(sql, vals![pool, sub, attribute]).await?.map(|mut row| row.get(0)).transpose()
    }

    /// Lets go of the value that waits; false when none did.
    pub async fn delete(&mut self, pool: &UserPoolId, sub: &Sub, attribute: &str) -> Result<bool, StoreError> {
        let sql = "DELETE FROM pending_attributes WHERE pool = $1 AND sub = $2 AND attribute = $3";
        Ok(self.tx.execute(sql, vals![pool, sub, attribute]).await? == 1)
    }
}
