//! User pools.

use super::{Page, one_more};
use crate::document::{from_document, to_document};
use crate::{Row, StoreError, Tx, vals};
use contract::cognito_idp::get_user_pool_mfa_config::Output as MfaConfig;
use contract::cognito_idp::types::UserPoolType;
use kernel::{AccountId, Region, Time, UserPoolId};
use model::{Pool, Refusal};

/// Pools, by id.
#[derive(Debug)]
pub struct Pools<'t> {
    pub(super) tx: &'t mut Tx,
}

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT id, account, name, settings, created_at, modified_at, mfa FROM pools ", $rest)
    };
}

impl Pools<'_> {
    /// A pool.
    pub async fn get(&mut self, id: &UserPoolId) -> Result<Option<Pool>, StoreError> {
        self.tx.row(select!("WHERE id = $1"), vals![id]).await?.map(read).transpose()
    }

    /// A pool, locked until the end of the transaction.
    pub async fn get_for_update(&mut self, id: &UserPoolId) -> Result<Option<Pool>, StoreError> {
        self.tx.row(select!("WHERE id = $1 {for_update}"), vals![id]).await?.map(read).transpose()
    }

    /// A pool of this account that must be there, locked until the end of the transaction: for a change that follows.
    /// Another account's is not there.
    pub async fn require_for_update(&mut self, id: &UserPoolId, account: &AccountId) -> Result<Pool, Refusal> {
        let found = self.get_for_update(id).await?.filter(|pool| pool.account == *account);
        found.ok_or_else(|| Refusal::NoSuchPool(id.to_string()))
    }

    /// A pool that must be there.
    pub async fn require(&mut self, id: &UserPoolId) -> Result<Pool, Refusal> {
        self.get(id).await?.ok_or_else(|| Refusal::NoSuchPool(id.to_string()))
    }

    /// Adds a pool; `Taken` when the id is.
    pub async fn insert(&mut self, pool: &Pool) -> Result<(), StoreError> {
        self.tx.touch_settings();
        let sql = "INSERT INTO pools (id, account, region, name, settings, created_at, modified_at, mfa) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        let (settings, mfa) = (to_document(pool.settings.clone()), to_document(pool.mfa.clone()));
        let p = pool;
        let all = vals![&p.id, &p.account, p.id.region(), &p.name, &settings, p.created, p.modified, &mfa];
        self.tx.execute(sql, all).await?;
        Ok(())
    }

    /// Writes a pool back; false when it is gone.
    pub async fn save(&mut self, pool: &Pool) -> Result<bool, StoreError> {
        self.tx.touch_settings();
        let sql = "UPDATE pools SET name = $2, settings = $3, modified_at = $4, mfa = $5 WHERE id = $1";
        let (settings, mfa) = (to_document(pool.settings.clone()), to_document(pool.mfa.clone()));
        Ok(self.tx.execute(sql, vals![&pool.id, &pool.name, &settings, pool.modified, &mfa]).await? == 1)
    }

    /// Removes a pool, its clients and its keys at once. The rows of its people, which may be millions, are carried
    /// away by the sweeper; nothing leads to them any more. False when there is no such pool.
    pub async fn delete(&mut self, id: &UserPoolId, now: Time) -> Result<bool, StoreError> {
        self.tx.touch_settings();
        if self.tx.execute("DELETE FROM pools WHERE id = $1", vals![id]).await? == 0 {
            return Ok(false);
        }
        for sql in [
            "DELETE FROM client_directory WHERE client IN (SELECT id FROM clients WHERE pool = $1)",
            "DELETE FROM client_secrets WHERE pool = $1",
            "DELETE FROM clients WHERE pool = $1",
            "DELETE FROM signing_keys WHERE pool = $1",
        ] {
            self.tx.execute(sql, vals![id]).await?;
        }
        let doom = "INSERT INTO doomed_pools (pool, deleted_at) VALUES ($1, $2)";
        self.tx.execute(doom, vals![id, now]).await?;
        Ok(true)
    }

    /// The pools of an account in a region by id, those behind `after`.
    pub async fn list(
        &mut self,
        account: &AccountId,
        region: &Region,
        after: &str,
        limit: u32,
    ) -> Result<Page<Pool>, StoreError> {
        let sql = select!("WHERE account = $1 AND region = $2 AND id > $3 ORDER BY id LIMIT $4");
        let rows = self.tx.rows(sql, vals![account, region, after, one_more(limit)]).await?;
        Page::of(rows, limit, read)
    }

    /// About how many people the pool has: the rolled-up count and the changes since.
    pub async fn get_people(&mut self, id: &UserPoolId) -> Result<i64, StoreError> {
        let sql = "SELECT CAST(COALESCE((SELECT people FROM user_counts WHERE pool = $1), 0) \
            + COALESCE((SELECT sum(change) FROM user_count_changes WHERE pool = $1), 0) AS {int})";
        let row = self.tx.row(sql, vals![id]).await?;
        row.ok_or(StoreError::Misread { column: 0, expected: "a count" })?.get(0)
    }
}

fn read(mut row: Row) -> Result<Pool, StoreError> {
    Ok(Pool {
        id: row.get(0)?,
        account: row.get(1)?,
        name: row.get(2)?,
        settings: from_document::<UserPoolType>("pool settings", &row.get::<String>(3)?)?,
        created: row.get(4)?,
        modified: row.get(5)?,
        // Of a pool from before the column: nothing was set.
        mfa: row
            .get::<Option<String>>(6)?
            .map_or_else(|| Ok(MfaConfig::default()), |text| from_document("mfa", &text))?,
    })
}
