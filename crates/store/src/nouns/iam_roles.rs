//! Roles of the account.

use super::iam_text::{listed, path_end, unlisted};
use super::{Page, one_more, unstorable};
use crate::{Row, StoreError, Tx, vals};
use kernel::{AccountId, Time};
use model::IamRole;
use model::access::folded;
use std::sync::Arc;

/// Roles, by account and folded name.
#[derive(Debug)]
pub struct IamRoles<'t> {
    pub(super) tx: &'t mut Tx,
}

macro_rules! select {
    ($used:literal, $rest:literal) => {
        concat!(
            "SELECT r.id, r.account, r.name, r.path, r.description, r.trust, r.max_session_secs, r.created_at, \
             r.boundary, r.tags, r.generation, ",
            $used,
            " r.trust_ids FROM iam_roles AS r ",
            $rest
        )
    };
    ($rest:literal) => {
        select!(
            "(SELECT u.used_at FROM iam_role_uses AS u WHERE u.account = r.account AND u.role = r.id), \
             (SELECT u.region FROM iam_role_uses AS u WHERE u.account = r.account AND u.role = r.id),",
            $rest
        )
    };
}

impl IamRoles<'_> {
    /// A role, spelled as it was made: policies name things in one spelling, and another must not lead past a Deny.
    pub async fn get(&mut self, account: &AccountId, name: &str) -> Result<Option<IamRole>, StoreError> {
        self.one(select!("WHERE r.account = $1 AND r.folded = $2 AND r.name = $3"), account, name).await
    }

    /// The same for somebody who wants to become it; when it was last used is not looked up, and is nothing here. Of those
    /// who ask in one view of the database the first asks it.
    pub async fn get_to_assume(&mut self, account: &AccountId, name: &str) -> Result<Option<Arc<IamRole>>, StoreError> {
        if let Some(known) = self.tx.known_role(|role| role.account == *account && role.name == name) {
            return Ok(Some(known));
        }
        let sql = select!(
            "CAST(NULL AS BIGINT), CAST(NULL AS TEXT),",
            "WHERE r.account = $1 AND r.folded = $2 AND r.name = $3"
        );
        let found = self.one(sql, account, name).await?.map(Arc::new);
        found.iter().for_each(|role| self.tx.know_role(role));
        Ok(found)
    }

    /// As [`IamRoles::get`], locked until the end of the transaction: for a change that follows.
    pub async fn get_for_update(&mut self, account: &AccountId, name: &str) -> Result<Option<IamRole>, StoreError> {
        self.one(select!("WHERE r.account = $1 AND r.folded = $2 AND r.name = $3 {for_update}"), account, name).await
    }

    async fn one(&mut self, sql: &str, account: &AccountId, name: &str) -> Result<Option<IamRole>, StoreError> {
        if unstorable(name) {
            return Ok(None);
        }
        self.tx.row(sql, vals![account, &folded(name), name]).await?.map(read).transpose()
    }

    /// A role by unique id.
    pub async fn get_by_id(&mut self, account: &AccountId, id: &str) -> Result<Option<IamRole>, StoreError> {
        if unstorable(id) {
            return Ok(None);
        }
        self.tx.row(select!("WHERE r.account = $1 AND r.id = $2"), vals![account, id]).await?.map(read).transpose()
    }

    /// Adds a role; false when the name is taken.
    pub async fn insert(&mut self, role: &IamRole) -> Result<bool, StoreError> {
        let sql = "INSERT INTO iam_roles (account, folded, id, name, path, description, trust, max_session_secs, \
            boundary, tags, generation, created_at, trust_ids) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
            ON CONFLICT (account, folded) DO NOTHING RETURNING 1";
        let (r, folded, tags) = (role, folded(&role.name), listed(&role.tags)?);
        let trust_ids = listed(&role.trust_ids)?;
        let all = vals![
            &r.account,
            &folded,
            &r.id,
            &r.name,
            &r.path,
            &r.description,
            &r.trust,
            r.max_session_secs,
            &r.boundary,
            &tags,
            r.generation,
            r.created,
            &trust_ids,
        ];
        Ok(self.tx.row(sql, all).await?.is_some())
    }

    /// Writes back what can change about a role; false when it is gone.
    pub async fn save(&mut self, role: &IamRole) -> Result<bool, StoreError> {
        let sql = "UPDATE iam_roles SET description = $3, trust = $4, max_session_secs = $5, boundary = $6, tags = $7, \
            generation = $8, trust_ids = $9 WHERE account = $1 AND id = $2";
        let (r, tags, trust_ids) = (role, listed(&role.tags)?, listed(&role.trust_ids)?);
        let all = vals![
            &r.account,
            &r.id,
            &r.description,
            &r.trust,
            r.max_session_secs,
            &r.boundary,
            &tags,
            r.generation,
            &trust_ids,
        ];
        Ok(self.tx.execute(sql, all).await? == 1)
    }

    /// Ends every session of a role that was handed out so far: they quote an earlier generation. False when the role is
    /// gone.
    pub async fn end_sessions(&mut self, account: &AccountId, id: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE iam_roles SET generation = generation + 1 WHERE account = $1 AND id = $2";
        Ok(self.tx.execute(sql, vals![account, id]).await? == 1)
    }

    /// Removes a role; false when it is gone.
    pub async fn delete(&mut self, account: &AccountId, id: &str) -> Result<bool, StoreError> {
        let used = "DELETE FROM iam_role_uses WHERE account = $1 AND role = $2";
        self.tx.execute(used, vals![account, id]).await?;
        let sql = "DELETE FROM iam_roles WHERE account = $1 AND id = $2";
        Ok(self.tx.execute(sql, vals![account, id]).await? == 1)
    }

    /// Roles below a path by name, those behind `after`, a folded name.
    pub async fn list(
        &mut self,
        account: &AccountId,
        prefix: &str,
        after: &str,
        limit: u32,
    ) -> Result<Page<IamRole>, StoreError> {
        let sql = select!(
            "WHERE r.account = $1 AND r.folded > $2 AND r.path >= $3 AND r.path < $4 ORDER BY r.folded LIMIT $5"
        );
        let rows = self.tx.rows(sql, vals![account, after, prefix, &path_end(prefix), one_more(limit)]).await?;
        Page::of(rows, limit, read)
    }

    /// How many roles the account has.
    pub async fn get_count(&mut self, account: &AccountId) -> Result<i64, StoreError> {
        let row = self.tx.row("SELECT count(*) FROM iam_roles WHERE account = $1", vals![account]).await?;
        row.ok_or(StoreError::Misread { column: 0, expected: "a count" })?.get(0)
    }
}

fn read(mut row: Row) -> Result<IamRole, StoreError> {
    let last_used = row.get::<Option<Time>>(11)?.zip(row.get::<Option<String>>(12)?);
    Ok(IamRole {
        id: row.get(0)?,
        account: row.get(1)?,
        name: row.get(2)?,
        path: row.get(3)?,
        description: row.get(4)?,
        trust: row.get(5)?,
        max_session_secs: row.get(6)?,
        created: row.get(7)?,
        boundary: row.get(8)?,
        tags: unlisted(&row.get::<String>(9)?)?,
        generation: row.get(10)?,
        trust_ids: unlisted(&row.get::<String>(13)?)?,
        last_used,
    })
}
