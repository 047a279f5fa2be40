//! Access keys of the account.

use super::{Page, one_more, unstorable};
use crate::{Row, StoreError, Tx, vals};
use model::{AccessKey, AccessKeyStatus};

/// Access keys, by id.
#[derive(Debug)]
pub struct AccessKeys<'t> {
    pub(super) tx: &'t mut Tx,
}

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT id, principal, label, secret, status, created_at FROM access_keys ", $rest)
    };
}

impl AccessKeys<'_> {
    /// A key. Read per request, never cached: an ended key ends at once.
    pub async fn get(&mut self, id: &str) -> Result<Option<AccessKey>, StoreError> {
        if unstorable(id) {
            return Ok(None);
        }
        let sql = select!("WHERE id = $1");
        self.tx.row(sql, vals![id]).await?.map(read).transpose()
    }

    /// Adds a key; `Taken` when the id was ever used.
    pub async fn insert(&mut self, key: &AccessKey) -> Result<(), StoreError> {
        let sql = "INSERT INTO access_keys (id, principal, label, secret, status, created_at) \
            VALUES ($1, $2, $3, $4, $5, $6)";
        let all = vals![&key.id, &key.principal, &key.label, &key.sealed_secret, key.status.as_str(), key.created];
        self.tx.execute(sql, all).await?;
        Ok(())
    }

    /// Ends a key; false when there is none of that id that may sign.
    pub async fn end(&mut self, id: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE access_keys SET status = 'ended' WHERE id = $1 AND status = 'active'";
        Ok(self.tx.execute(sql, vals![id]).await? == 1)
    }

    /// Keys by id, those behind `after`.
    pub async fn list(&mut self, after: &str, limit: u32) -> Result<Page<AccessKey>, StoreError> {
        let sql = select!("WHERE id > $1 ORDER BY id LIMIT $2");
        let rows = self.tx.rows(sql, vals![after, one_more(limit)]).await?;
        Page::of(rows, limit, read)
    }

    /// Whether any key may sign: the first start makes one.
    pub async fn any_active(&mut self) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM access_keys WHERE status = 'active' LIMIT 1";
        Ok(self.tx.row(sql, &[]).await?.is_some())
    }
}

fn read(mut row: Row) -> Result<AccessKey, StoreError> {
    Ok(AccessKey {
        id: row.get(0)?,
        principal: row.get(1)?,
        label: row.get(2)?,
        sealed_secret: row.get(3)?,
        status: AccessKeyStatus::parse(&row.get::<String>(4)?),
        created: row.get(5)?,
    })
}
