//! When roles were last used. Beside the roles, so that a use makes no node forget what it keeps of them.

use crate::{StoreError, Tx, vals};
use kernel::{AccountId, Time};
use std::time::Duration;

/// How much newer a use must be to be written down.
const NOTED_EVERY: Duration = Duration::from_secs(60);

/// Uses of roles, by unique id. They are read with their roles.
#[derive(Debug)]
pub struct IamRoleUses<'t> {
    pub(super) tx: &'t mut Tx,
}

impl IamRoleUses<'_> {
    /// Notes that a role was used; at most once a minute. False when the minute is not over.
    pub async fn note(&mut self, account: &AccountId, role: &str, at: Time, region: &str) -> Result<bool, StoreError> {
        let sql = "INSERT INTO iam_role_uses (account, role, used_at, region) VALUES ($1, $2, $3, $4) \
            ON CONFLICT (account, role) DO UPDATE SET used_at = excluded.used_at, region = excluded.region \
            WHERE iam_role_uses.used_at <= $5";
        Ok(self.tx.execute(sql, vals![account, role, at, region, at - NOTED_EVERY]).await? == 1)
    }
}
