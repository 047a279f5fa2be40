//! Users of the account.

use super::iam_text::{listed, path_end, unlisted};
use super::{Page, one_more, unstorable};
use crate::{Row, StoreError, Tx, vals};
use kernel::AccountId;
use model::IamUser;
use model::access::folded;

/// Users, by account and folded name.
#[derive(Debug)]
pub struct IamUsers<'t> {
    pub(super) tx: &'t mut Tx,
}

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT id, account, name, path, created_at, boundary, tags, generation FROM iam_users ", $rest)
    };
}

impl IamUsers<'_> {
    /// A user, spelled as it was made: policies name things in one spelling, and another must not lead past a Deny.
    pub async fn get(&mut self, account: &AccountId, name: &str) -> Result<Option<IamUser>, StoreError> {
        self.one(select!("WHERE account = $1 AND folded = $2 AND name = $3"), account, name).await
    }

    /// The same, locked until the end of the transaction: for a change that follows.
    pub async fn get_for_update(&mut self, account: &AccountId, name: &str) -> Result<Option<IamUser>, StoreError> {
        self.one(select!("WHERE account = $1 AND folded = $2 AND name = $3 {for_update}"), account, name).await
    }

    async fn one(&mut self, sql: &str, account: &AccountId, name: &str) -> Result<Option<IamUser>, StoreError> {
        if unstorable(name) {
            return Ok(None);
        }
        self.tx.row(sql, vals![account, &folded(name), name]).await?.map(read).transpose()
    }

    /// A user by unique id.
    pub async fn get_by_id(&mut self, account: &AccountId, id: &str) -> Result<Option<IamUser>, StoreError> {
        if unstorable(id) {
            return Ok(None);
        }
        self.tx.row(select!("WHERE account = $1 AND id = $2"), vals![account, id]).await?.map(read).transpose()
    }

    /// Whether the name, in whatever case, is another's than the one with this id.
    pub async fn is_taken(&mut self, account: &AccountId, name: &str, by_other_than: &str) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM iam_users WHERE account = $1 AND folded = $2 AND id <> $3";
        Ok(self.tx.row(sql, vals![account, &folded(name), by_other_than]).await?.is_some())
    }

    /// Adds a user; false when the name is taken.
    pub async fn insert(&mut self, user: &IamUser) -> Result<bool, StoreError> {
        let sql = "INSERT INTO iam_users (account, folded, id, name, path, boundary, tags, generation, created_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (account, folded) DO NOTHING RETURNING 1";
        let (u, folded, tags) = (user, folded(&user.name), listed(&user.tags)?);
        let all = vals![&u.account, &folded, &u.id, &u.name, &u.path, &u.boundary, &tags, u.generation, u.created];
        Ok(self.tx.row(sql, all).await?.is_some())
    }

    /// Writes a user back, under a new name if it has one; false when it is gone, `Taken` when the name is another's.
    pub async fn save(&mut self, user: &IamUser) -> Result<bool, StoreError> {
        let sql = "UPDATE iam_users SET folded = $3, name = $4, path = $5, boundary = $6, tags = $7, generation = $8 \
            WHERE account = $1 AND id = $2";
        let (u, folded, tags) = (user, folded(&user.name), listed(&user.tags)?);
        let all = vals![&u.account, &u.id, &folded, &u.name, &u.path, &u.boundary, &tags, u.generation];
        Ok(self.tx.execute(sql, all).await? == 1)
    }

    /// Ends every session of a user that was handed out so far: they quote an earlier generation. False when the user is
    /// gone.
    pub async fn end_sessions(&mut self, account: &AccountId, id: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE iam_users SET generation = generation + 1 WHERE account = $1 AND id = $2";
        Ok(self.tx.execute(sql, vals![account, id]).await? == 1)
    }

    /// Removes a user; false when it is gone.
    pub async fn delete(&mut self, account: &AccountId, id: &str) -> Result<bool, StoreError> {
        let sql = "DELETE FROM iam_users WHERE account = $1 AND id = $2";
        Ok(self.tx.execute(sql, vals![account, id]).await? == 1)
    }

    /// Users below a path by name, those behind `after`, a folded name.
    pub async fn list(
        &mut self,
        account: &AccountId,
        prefix: &str,
        after: &str,
        limit: u32,
    ) -> Result<Page<IamUser>, StoreError> {
        let sql = select!("WHERE account = $1 AND folded > $2 AND path >= $3 AND path < $4 ORDER BY folded LIMIT $5");
        let rows = self.tx.rows(sql, vals![account, after, prefix, &path_end(prefix), one_more(limit)]).await?;
        Page::of(rows, limit, read)
    }

    /// How many users the account has.
    pub async fn get_count(&mut self, account: &AccountId) -> Result<i64, StoreError> {
        let row = self.tx.row("SELECT count(*) FROM iam_users WHERE account = $1", vals![account]).await?;
        row.ok_or(StoreError::Misread { column: 0, expected: "a count" })?.get(0)
    }
}

fn read(mut row: Row) -> Result<IamUser, StoreError> {
    Ok(IamUser {
        id: row.get(0)?,
        account: row.get(1)?,
        name: row.get(2)?,
        path: row.get(3)?,
        created: row.get(4)?,
        boundary: row.get(5)?,
        tags: unlisted(&row.get::<String>(6)?)?,
        generation: row.get(7)?,
    })
}
