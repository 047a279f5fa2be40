//! Identity pools.

use super::{Page, one_more};
use crate::{Row, StoreError, Tx, vals};
use kernel::{AccountId, IdentityPoolId, Region};
use model::{IdentityPool, PoolRoles, Providers, TagMap};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Identity pools, by id.
#[derive(Debug)]
pub struct IdentityPools<'t> {
    pub(super) tx: &'t mut Tx,
}

/// What no question looks at, as it is stored. A member that an older row has not is as in a new pool.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Document<'a> {
    guests: bool,
    classic: bool,
    developer_provider: Option<Cow<'a, str>>,
    providers: Cow<'a, Providers>,
    roles: Cow<'a, PoolRoles>,
    tag_maps: Cow<'a, BTreeMap<String, TagMap>>,
    tags: Cow<'a, BTreeMap<String, String>>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT id, account, name, settings, version, created_at, updated_at FROM identity_pools ", $rest)
    };
}

impl IdentityPools<'_> {
    /// A pool.
    pub async fn get(&mut self, id: &IdentityPoolId) -> Result<Option<IdentityPool>, StoreError> {
        self.tx.row(select!("WHERE id = $1"), vals![id]).await?.map(read).transpose()
    }

    /// A pool, locked until the end of the transaction: for a change that follows.
    pub async fn get_for_update(&mut self, id: &IdentityPoolId) -> Result<Option<IdentityPool>, StoreError> {
        self.tx.row(select!("WHERE id = $1 {for_update}"), vals![id]).await?.map(read).transpose()
    }

    /// Adds a pool; `Taken` when the id is.
    pub async fn insert(&mut self, pool: &IdentityPool) -> Result<(), StoreError> {
        self.tx.touch_settings();
        let sql = "INSERT INTO identity_pools (id, account, region, name, settings, version, created_at, updated_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        let (p, settings) = (pool, document(pool)?);
        let all = vals![&p.id, &p.account, p.id.region(), &p.name, &settings, p.version, p.created, p.updated];
        self.tx.execute(sql, all).await?;
        Ok(())
    }

    /// Writes a pool back and moves its version on; false when it is gone or has changed since it was read.
    pub async fn update(&mut self, pool: &IdentityPool) -> Result<bool, StoreError> {
        self.tx.touch_settings();
        let sql = "UPDATE identity_pools SET name = $3, settings = $4, updated_at = $5, version = version + 1 \
            WHERE id = $1 AND version = $2";
        let (p, settings) = (pool, document(pool)?);
        Ok(self.tx.execute(sql, vals![&p.id, p.version, &p.name, &settings, p.updated]).await? == 1)
    }

    /// Removes a pool. Its identities, which may be millions, are carried away by the sweeper; nothing leads to them any
    /// more. False when there is no such pool.
    pub async fn delete(&mut self, id: &IdentityPoolId) -> Result<bool, StoreError> {
        self.tx.touch_settings();
        if self.tx.execute("DELETE FROM identity_pools WHERE id = $1", vals![id]).await? == 0 {
            return Ok(false);
        }
        self.tx.execute("INSERT INTO doomed_identity_pools (pool) VALUES ($1)", vals![id]).await?;
        Ok(true)
    }

    /// The pools of an account in a region by id, those behind `after`.
    pub async fn list(
        &mut self,
        account: &AccountId,
        region: &Region,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<IdentityPool>, StoreError> {
        let sql = select!("WHERE account = $1 AND region = $2 AND id > $3 ORDER BY id LIMIT $4");
        let rows = self.tx.rows(sql, vals![account, region, after.unwrap_or(""), one_more(limit)]).await?;
        Page::of(rows, limit, read)
    }

    /// How many pools the account has in a region.
    pub async fn get_count(&mut self, account: &AccountId, region: &Region) -> Result<i64, StoreError> {
        let sql = "SELECT count(*) FROM identity_pools WHERE account = $1 AND region = $2";
        let row = self.tx.row(sql, vals![account, region]).await?;
        row.ok_or(StoreError::Misread { column: 0, expected: "a count" })?.get(0)
    }
}

fn document(pool: &IdentityPool) -> Result<String, StoreError> {
    let document = Document {
        guests: pool.guests,
        classic: pool.classic,
        developer_provider: pool.developer_provider.as_deref().map(Cow::Borrowed),
        providers: Cow::Borrowed(&pool.providers),
        roles: Cow::Borrowed(&pool.roles),
        tag_maps: Cow::Borrowed(&pool.tag_maps),
        tags: Cow::Borrowed(&pool.tags),
    };
    serde_json::to_string(&document).map_err(|error| unreadable(&error))
}

fn unreadable(error: &serde_json::Error) -> StoreError {
    StoreError::Unreadable { what: "identity pool", why: error.to_string() }
}

fn read(mut row: Row) -> Result<IdentityPool, StoreError> {
    let settings = row.get::<String>(3)?;
    let document: Document<'_> = serde_json::from_str(&settings).map_err(|error| unreadable(&error))?;
    Ok(IdentityPool {
        id: row.get(0)?,
        account: row.get(1)?,
        name: row.get(2)?,
        guests: document.guests,
        classic: document.classic,
        developer_provider: document.developer_provider.map(Cow::into_owned),
        providers: document.providers.into_owned(),
        roles: document.roles.into_owned(),
        tag_maps: document.tag_maps.into_owned(),
        tags: document.tags.into_owned(),
        version: row.get(4)?,
        created: row.get(5)?,
        updated: row.get(6)?,
    })
}
