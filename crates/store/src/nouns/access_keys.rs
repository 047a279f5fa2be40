//! Access keys of the account.

use super::{Page, one_more, unstorable};
use crate::{Row, StoreError, Tx, vals};
use model::access_key::ROOT;
use model::{AccessKey, AccessKeyStatus, AccessKeyUse};
use std::time::Duration;

/// How much newer a use must be to be written down.
const USE_NOTED_EVERY: Duration = Duration::from_secs(60);

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

    /// Ends a key for good; false when there is none of that id, or it was ended before.
    pub async fn end(&mut self, id: &str) -> Result<bool, StoreError> {
        // Root's generation is among what is kept.
        self.tx.touch_settings();
        let sql = "UPDATE access_keys SET status = 'ended' WHERE id = $1 AND status <> 'ended'";
        Ok(self.tx.execute(sql, vals![id]).await? == 1)
    }

    /// Switches a principal's key on or off; false when it has none of that id that is not ended. Root's generation moves
    /// with a key of root's that is switched off.
    pub async fn switch(&mut self, principal: &str, id: &str, active: bool) -> Result<bool, StoreError> {
        if unstorable(id) {
            return Ok(false);
        }
        let sql = "UPDATE access_keys SET status = $3 WHERE principal = $1 AND id = $2 AND status <> 'ended'";
        let status = if active { AccessKeyStatus::Active } else { AccessKeyStatus::Inactive };
        let switched = self.tx.execute(sql, vals![principal, id, status.as_str()]).await? == 1;
        if switched && !active && principal == ROOT {
            self.tx.touch_settings();
            let count = "INSERT INTO meta (name, value) VALUES ('root_keys_switched_off', '1') ON CONFLICT (name) \
                DO UPDATE SET value = CAST(CAST(meta.value AS {int}) + 1 AS TEXT)";
            self.tx.execute(count, &[]).await?;
        }
        Ok(switched)
    }

    /// A principal's keys that are not ended, by id.
    pub async fn list_of(&mut self, principal: &str) -> Result<Vec<AccessKey>, StoreError> {
        let sql = select!("WHERE principal = $1 AND status <> 'ended' ORDER BY id LIMIT 1000");
        self.tx.rows(sql, vals![principal]).await?.into_iter().map(read).collect()
    }

    /// Notes that a key signed; at most once a minute. False when the minute is not over.
    pub async fn note_use(&mut self, id: &str, used: &AccessKeyUse) -> Result<bool, StoreError> {
        let sql = "INSERT INTO access_key_uses (access_key, used_at, service, region) VALUES ($1, $2, $3, $4) \
            ON CONFLICT (access_key) DO UPDATE \
            SET used_at = excluded.used_at, service = excluded.service, region = excluded.region \
            WHERE access_key_uses.used_at <= $5";
        let all = vals![id, used.at, &used.service, &used.region, used.at - USE_NOTED_EVERY];
        Ok(self.tx.execute(sql, all).await? == 1)
    }

    /// When a key last signed, if it ever did.
    pub async fn get_use(&mut self, id: &str) -> Result<Option<AccessKeyUse>, StoreError> {
        let sql = "SELECT used_at, service, region FROM access_key_uses WHERE access_key = $1";
        let read = |mut row: Row| Ok(AccessKeyUse { at: row.get(0)?, service: row.get(1)?, region: row.get(2)? });
        self.tx.row(sql, vals![id]).await?.map(read).transpose()
    }

    /// The generation of root, who has no row: how many of its keys were ended for good, and how often one was switched
    /// off. It only grows.
    pub async fn get_root_generation(&mut self) -> Result<i64, StoreError> {
        let sql = "SELECT (SELECT count(*) FROM access_keys WHERE principal = $1 AND status = 'ended') \
            + coalesce((SELECT CAST(value AS {int}) FROM meta WHERE name = 'root_keys_switched_off'), 0)";
        let row = self.tx.row(sql, vals![ROOT]).await?;
        row.ok_or(StoreError::Misread { column: 0, expected: "a count" })?.get(0)
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
