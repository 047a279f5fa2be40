//! Token families: one sign-in and the refresh token that prolongs it.

use super::{Page, one_more};
use crate::{Row, StoreError, Tx, vals};
use kernel::{Sub, Time, UserPoolId};
use model::Family;
use uuid::Uuid;

/// Families, by pool and `origin_jti`.
#[derive(Debug)]
pub struct Families<'t> {
    pub(super) tx: &'t mut Tx,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT pool, id, sub, client, user_generation, revoked, auth_time, event_id, token_hash, sequence, \
             expires_at, replaced_at FROM families ",
            $rest
        )
    };
}

impl Families<'_> {
    /// A family. Read per request, never cached: revocation is seen at once on every node.
    pub async fn get(&mut self, pool: &UserPoolId, id: &Uuid) -> Result<Option<Family>, StoreError> {
        let sql = select!("WHERE pool = $1 AND id = $2");
        self.tx.row(sql, vals![pool, id]).await?.map(read).transpose()
    }

    /// A family, locked until the end of the transaction.
    pub async fn get_for_update(&mut self, pool: &UserPoolId, id: &Uuid) -> Result<Option<Family>, StoreError> {
        let sql = select!("WHERE pool = $1 AND id = $2 {for_update}");
        self.tx.row(sql, vals![pool, id]).await?.map(read).transpose()
    }

    /// Adds a family: somebody signed in.
    pub async fn insert(&mut self, family: &Family) -> Result<(), StoreError> {
        let sql = "INSERT INTO families (pool, id, sub, client, user_generation, revoked, auth_time, event_id, \
            token_hash, sequence, expires_at, replaced_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
        let (f, replaced) = (family, moments(&family.replaced));
        let all = vals![
            &f.pool,
            &f.id,
            &f.sub,
            &f.client,
            f.user_generation,
            f.revoked,
            f.auth_time,
            &f.event_id,
            &f.token_hash,
            f.sequence,
            f.expires,
            &replaced,
        ];
        self.tx.execute(sql, all).await?;
        Ok(())
    }

    /// Writes down the next refresh token; false when somebody else has rotated the one before it, or the family was
    /// ended. Of many at once, one wins.
    pub async fn rotate(&mut self, next: &Family) -> Result<bool, StoreError> {
        let sql = "UPDATE families SET token_hash = $4, sequence = sequence + 1, replaced_at = $5 \
            WHERE pool = $1 AND id = $2 AND sequence = $3 AND revoked = FALSE";
        let n = next;
        let replaced = moments(&n.replaced);
        let all = vals![&n.pool, &n.id, n.sequence - 1, &n.token_hash, &replaced];
        Ok(self.tx.execute(sql, all).await? == 1)
    }

    /// Ends a family. The row stays until its tokens have expired, so that they go on being refused. False when there
    /// is none or it was ended before.
    pub async fn revoke(&mut self, pool: &UserPoolId, id: &Uuid) -> Result<bool, StoreError> {
        let sql = "UPDATE families SET revoked = TRUE WHERE pool = $1 AND id = $2 AND revoked = FALSE";
        Ok(self.tx.execute(sql, vals![pool, id]).await? == 1)
    }

    /// A person's families by id, those behind `after`.
    pub async fn list(
        &mut self,
        pool: &UserPoolId,
        sub: &Sub,
        after: &Uuid,
        limit: u32,
    ) -> Result<Page<Family>, StoreError> {
        let sql = select!("WHERE pool = $1 AND sub = $2 AND id > $3 ORDER BY id LIMIT $4");
        let rows = self.tx.rows(sql, vals![pool, sub, after, one_more(limit)]).await?;
        Page::of(rows, limit, read)
    }
}

/// Moments as text, milliseconds between commas; none where there are none.
fn moments(all: &[Time]) -> Option<String> {
    let texts: Vec<String> = all.iter().map(|at| at.millis().to_string()).collect();
    (!texts.is_empty()).then(|| texts.join(","))
}

fn read_moments(text: Option<String>) -> Result<Vec<Time>, StoreError> {
    let unreadable = |why: std::num::ParseIntError| StoreError::Unreadable { what: "moments", why: why.to_string() };
    let text = text.unwrap_or_default();
    let parts = text.split(',').filter(|part| !part.is_empty());
    parts.map(|part| part.parse().map(Time::from_millis).map_err(unreadable)).collect()
}

fn read(mut row: Row) -> Result<Family, StoreError> {
    Ok(Family {
        pool: row.get(0)?,
        id: row.get(1)?,
        sub: row.get(2)?,
        client: row.get(3)?,
        user_generation: row.get(4)?,
        revoked: row.get(5)?,
        auth_time: row.get(6)?,
        event_id: row.get(7)?,
        token_hash: row.get(8)?,
        sequence: row.get(9)?,
        expires: row.get(10)?,
        replaced: read_moments(row.get(11)?)?,
    })
}
