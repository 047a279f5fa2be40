//! Groups of users, and who is in them.

use super::iam_text::path_end;
use super::{Page, one_more, unstorable};
use crate::{Row, StoreError, Tx, vals};
use kernel::AccountId;
use model::IamGroup;
use model::access::folded;

/// Groups, by account and folded name; members by unique ids.
#[derive(Debug)]
pub struct IamGroups<'t> {
    pub(super) tx: &'t mut Tx,
}

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT g.id, g.account, g.name, g.path, g.created_at FROM ", $rest)
    };
}

impl IamGroups<'_> {
    /// A group, spelled as it was made.
    pub async fn get(&mut self, account: &AccountId, name: &str) -> Result<Option<IamGroup>, StoreError> {
        self.one(select!("iam_groups AS g WHERE g.account = $1 AND g.folded = $2 AND g.name = $3"), account, name).await
    }

    /// The same, locked until the end of the transaction: for a change that follows.
    pub async fn get_for_update(&mut self, account: &AccountId, name: &str) -> Result<Option<IamGroup>, StoreError> {
        let sql = select!("iam_groups AS g WHERE g.account = $1 AND g.folded = $2 AND g.name = $3 {for_update}");
        self.one(sql, account, name).await
    }

    async fn one(&mut self, sql: &str, account: &AccountId, name: &str) -> Result<Option<IamGroup>, StoreError> {
        if unstorable(name) {
            return Ok(None);
        }
        self.tx.row(sql, vals![account, &folded(name), name]).await?.map(read).transpose()
    }

    /// Whether the name, in whatever case, is another's than the one with this id.
    pub async fn is_taken(&mut self, account: &AccountId, name: &str, by_other_than: &str) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM iam_groups WHERE account = $1 AND folded = $2 AND id <> $3";
        Ok(self.tx.row(sql, vals![account, &folded(name), by_other_than]).await?.is_some())
    }

    /// Adds a group; false when the name is taken.
    pub async fn insert(&mut self, group: &IamGroup) -> Result<bool, StoreError> {
        let sql = "INSERT INTO iam_groups (account, folded, id, name, path, created_at) \
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (account, folded) DO NOTHING RETURNING 1";
        let (g, folded) = (group, folded(&group.name));
        Ok(self.tx.row(sql, vals![&g.account, &folded, &g.id, &g.name, &g.path, g.created]).await?.is_some())
    }

    /// Writes a group back under its name and path; false when it is gone, `Taken` when the name is another's.
    pub async fn save(&mut self, group: &IamGroup) -> Result<bool, StoreError> {
        let sql = "UPDATE iam_groups SET folded = $3, name = $4, path = $5 WHERE account = $1 AND id = $2";
        let (g, folded) = (group, folded(&group.name));
        Ok(self.tx.execute(sql, vals![&g.account, &g.id, &folded, &g.name, &g.path]).await? == 1)
    }

    /// Removes a group; false when it is gone.
    pub async fn delete(&mut self, account: &AccountId, id: &str) -> Result<bool, StoreError> {
        let sql = "DELETE FROM iam_groups WHERE account = $1 AND id = $2";
        Ok(self.tx.execute(sql, vals![account, id]).await? == 1)
    }

    /// Groups below a path by name, those behind `after`, a folded name.
    pub async fn list(
        &mut self,
        account: &AccountId,
        prefix: &str,
        after: &str,
        limit: u32,
    ) -> Result<Page<IamGroup>, StoreError> {
        let sql = select!(
            "iam_groups AS g WHERE g.account = $1 AND g.folded > $2 AND g.path >= $3 AND g.path < $4 \
             ORDER BY g.folded LIMIT $5"
        );
        let rows = self.tx.rows(sql, vals![account, after, prefix, &path_end(prefix), one_more(limit)]).await?;
        Page::of(rows, limit, read)
    }

    /// How many groups the account has.
    pub async fn get_count(&mut self, account: &AccountId) -> Result<i64, StoreError> {
        let row = self.tx.row("SELECT count(*) FROM iam_groups WHERE account = $1", vals![account]).await?;
        row.ok_or(StoreError::Misread { column: 0, expected: "a count" })?.get(0)
    }

    /// Puts a user into a group; false when they were in it.
    pub async fn join(&mut self, account: &AccountId, user: &str, group: &str) -> Result<bool, StoreError> {
        let sql = "INSERT INTO iam_members (account, user_id, group_id) VALUES ($1, $2, $3) \
            ON CONFLICT (account, user_id, group_id) DO NOTHING";
        Ok(self.tx.execute(sql, vals![account, user, group]).await? == 1)
    }

    /// Takes a user out of a group; false when they were not in it.
    pub async fn leave(&mut self, account: &AccountId, user: &str, group: &str) -> Result<bool, StoreError> {
        let sql = "DELETE FROM iam_members WHERE account = $1 AND user_id = $2 AND group_id = $3";
        Ok(self.tx.execute(sql, vals![account, user, group]).await? == 1)
    }

    /// The groups a user is in, by name. A quota keeps them few.
    pub async fn list_of(&mut self, account: &AccountId, user: &str) -> Result<Vec<IamGroup>, StoreError> {
        let sql = select!(
            "iam_members AS m CROSS JOIN iam_groups AS g WHERE m.account = $1 AND m.user_id = $2 \
             AND g.account = m.account AND g.id = m.group_id ORDER BY g.folded"
        );
        self.tx.rows(sql, vals![account, user]).await?.into_iter().map(read).collect()
    }

    /// The unique ids of a group's users in their order, those behind `after`.
    pub async fn list_members(
        &mut self,
        account: &AccountId,
        group: &str,
        after: &str,
        limit: u32,
    ) -> Result<Page<String>, StoreError> {
        let sql = "SELECT user_id FROM iam_members WHERE account = $1 AND group_id = $2 AND user_id > $3 \
            ORDER BY user_id LIMIT $4";
        let rows = self.tx.rows(sql, vals![account, group, after, one_more(limit)]).await?;
        Page::of(rows, limit, |mut row| row.get(0))
    }
}

fn read(mut row: Row) -> Result<IamGroup, StoreError> {
    Ok(IamGroup { id: row.get(0)?, account: row.get(1)?, name: row.get(2)?, path: row.get(3)?, created: row.get(4)? })
}
