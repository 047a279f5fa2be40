//! Inline policies of users, groups and roles.

use super::unstorable;
use crate::{Row, StoreError, Tx, vals};
use kernel::AccountId;
use model::Owner;

/// Inline policies, by owner and name.
#[derive(Debug)]
pub struct IamInline<'t> {
    pub(super) tx: &'t mut Tx,
}

impl IamInline<'_> {
    /// The document of a policy.
    pub async fn get(&mut self, account: &AccountId, owner: &Owner, name: &str) -> Result<Option<String>, StoreError> {
        if unstorable(name) {
            return Ok(None);
        }
        let sql = "SELECT document FROM iam_inline WHERE account = $1 AND owner = $2 AND name = $3";
        self.tx.row(sql, vals![account, owner.id(), name]).await?.map(|mut row| row.get(0)).transpose()
    }

    /// Writes a policy, over an older one of its name.
    pub async fn put(
        &mut self,
        account: &AccountId,
        owner: &Owner,
        name: &str,
        document: &str,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO iam_inline (account, owner, name, document) VALUES ($1, $2, $3, $4) \
            ON CONFLICT (account, owner, name) DO UPDATE SET document = excluded.document";
        self.tx.execute(sql, vals![account, owner.id(), name, document]).await?;
        Ok(())
    }

    /// Removes a policy; false when there is none of that name.
    pub async fn delete(&mut self, account: &AccountId, owner: &Owner, name: &str) -> Result<bool, StoreError> {
        if unstorable(name) {
            return Ok(false);
        }
        let sql = "DELETE FROM iam_inline WHERE account = $1 AND owner = $2 AND name = $3";
        Ok(self.tx.execute(sql, vals![account, owner.id(), name]).await? == 1)
    }

    /// Name and document of each, by name. Their size together is bounded by a quota, and with it their number.
    pub async fn list(&mut self, account: &AccountId, owner: &Owner) -> Result<Vec<(String, String)>, StoreError> {
        let sql = "SELECT name, document FROM iam_inline WHERE account = $1 AND owner = $2 ORDER BY name";
        let pair = |mut row: Row| Ok((row.get(0)?, row.get(1)?));
        self.tx.rows(sql, vals![account, owner.id()]).await?.into_iter().map(pair).collect()
    }
}
