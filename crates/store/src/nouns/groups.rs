//! Groups and who is in them.

use super::{Page, one_more, unstorable};
use crate::{Row, StoreError, Tx, vals};
use kernel::{Sub, Time, UserPoolId};
use model::group::GROUPS_PER_USER_MAX;
use model::{Group, Membership, Rank, Refusal};
use uuid::Uuid;

/// Groups, by pool and name; their members by person and by the group's id.
#[derive(Debug)]
pub struct Groups<'t> {
    pub(super) tx: &'t mut Tx,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT g.pool, g.id, g.name, g.description, g.role_arn, g.precedence, g.created_at, g.modified_at ",
            $rest
        )
    };
}

/// The living groups of a person. CROSS JOIN, so that SQLite begins with the few rows of the person and not with the
/// many groups of the pool.
macro_rules! of_person {
    ($columns:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM group_members AS m CROSS JOIN groups AS g \
             WHERE m.pool = $1 AND m.sub = $2 AND g.pool = m.pool AND g.id = m.group_id LIMIT $3"
        )
    };
}

impl Groups<'_> {
    /// A group.
    pub async fn get(&mut self, pool: &UserPoolId, name: &str) -> Result<Option<Group>, StoreError> {
        if unstorable(name) {
            return Ok(None);
        }
        let sql = select!("FROM groups AS g WHERE g.pool = $1 AND g.name = $2");
        self.tx.row(sql, vals![pool, name]).await?.map(read).transpose()
    }

    /// A group that must be there.
    pub async fn require(&mut self, pool: &UserPoolId, name: &str) -> Result<Group, Refusal> {
        self.get(pool, name).await?.ok_or(Refusal::NoSuchGroup)
    }

    /// A group that must be there, locked until the end of the transaction: for a change that follows.
    pub async fn require_for_update(&mut self, pool: &UserPoolId, name: &str) -> Result<Group, Refusal> {
        if unstorable(name) {
            return Err(Refusal::NoSuchGroup);
        }
        let sql = select!("FROM groups AS g WHERE g.pool = $1 AND g.name = $2 {for_update}");
        let found = self.tx.row(sql, vals![pool, name]).await?.map(read).transpose()?;
        found.ok_or(Refusal::NoSuchGroup)
    }

    /// Adds a group; false when its name is taken.
    pub async fn insert(&mut self, group: &Group) -> Result<bool, StoreError> {
        let sql = "INSERT INTO groups (pool, name, id, description, role_arn, precedence, created_at, modified_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (pool, name) DO NOTHING RETURNING 1";
        let (g, description) = (group, document(group)?);
        let all = vals![
            &g.pool,
            &g.name,
            &g.id,
            description.as_deref(),
            g.role_arn.as_deref(),
            g.precedence,
            g.created,
            g.modified,
        ];
        Ok(self.tx.row(sql, all).await?.is_some())
    }

    /// Writes a group back; false when it is gone.
    pub async fn save(&mut self, group: &Group) -> Result<bool, StoreError> {
        let sql = "UPDATE groups SET description = $3, role_arn = $4, precedence = $5, modified_at = $6 \
            WHERE pool = $1 AND name = $2";
        let (g, description) = (group, document(group)?);
        let all = vals![&g.pool, &g.name, description.as_deref(), g.role_arn.as_deref(), g.precedence, g.modified];
        Ok(self.tx.execute(sql, all).await? == 1)
    }

    /// Removes a group. Nobody is in it from now on; the rows of its members, which may be millions, are carried away
    /// by the sweeper. False when there is none of that name.
    pub async fn delete(&mut self, pool: &UserPoolId, name: &str, now: Time) -> Result<bool, StoreError> {
        if unstorable(name) {
            return Ok(false);
        }
        let sql = "DELETE FROM groups WHERE pool = $1 AND name = $2 RETURNING id";
        let Some(mut row) = self.tx.row(sql, vals![pool, name]).await? else { return Ok(false) };
        let id: Uuid = row.get(0)?;
        let doom = "INSERT INTO doomed_groups (pool, group_id, deleted_at) VALUES ($1, $2, $3)";
        self.tx.execute(doom, vals![pool, &id, now]).await?;
        Ok(true)
    }

    /// How many groups the pool has.
    pub async fn get_count(&mut self, pool: &UserPoolId) -> Result<i64, StoreError> {
        let row = self.tx.row("SELECT count(*) FROM groups WHERE pool = $1", vals![pool]).await?;
        row.ok_or(StoreError::Misread { column: 0, expected: "a count" })?.get(0)
    }

    /// The groups of a pool by name, those behind `after`.
    pub async fn list(&mut self, pool: &UserPoolId, after: &str, limit: u32) -> Result<Page<Group>, StoreError> {
        let sql = select!("FROM groups AS g WHERE g.pool = $1 AND g.name > $2 ORDER BY g.name LIMIT $3");
        let rows = self.tx.rows(sql, vals![pool, after, one_more(limit)]).await?;
        Page::of(rows, limit, read)
    }

    /// Puts a person into a group; false when they were in it.
    pub async fn join(&mut self, group: &Group, sub: &Sub) -> Result<bool, StoreError> {
        let sql = "INSERT INTO group_members (pool, sub, group_id) VALUES ($1, $2, $3) \
            ON CONFLICT (pool, sub, group_id) DO NOTHING";
        Ok(self.tx.execute(sql, vals![&group.pool, sub, &group.id]).await? == 1)
    }

    /// Takes a person out of a group; false when they were not in it.
    pub async fn leave(&mut self, group: &Group, sub: &Sub) -> Result<bool, StoreError> {
        let sql = "DELETE FROM group_members WHERE pool = $1 AND sub = $2 AND group_id = $3";
        Ok(self.tx.execute(sql, vals![&group.pool, sub, &group.id]).await? == 1)
    }

    /// How many groups a person is in.
    pub async fn get_count_of(&mut self, pool: &UserPoolId, sub: &Sub) -> Result<i64, StoreError> {
        let sql = of_person!("count(*)");
        let row = self.tx.row(sql, vals![pool, sub, 1]).await?;
        row.ok_or(StoreError::Misread { column: 0, expected: "a count" })?.get(0)
    }

    /// The groups a person is in, by name.
    pub async fn list_of(&mut self, pool: &UserPoolId, sub: &Sub) -> Result<Vec<Group>, StoreError> {
        let sql =
            of_person!("g.pool, g.id, g.name, g.description, g.role_arn, g.precedence, g.created_at, g.modified_at");
        let rows = self.tx.rows(sql, vals![pool, sub, one_more(GROUPS_PER_USER_MAX)]).await?;
        let mut groups = rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
        groups.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(groups)
    }

    /// What a person's tokens say about their groups: one look, without what only lists show.
    pub async fn get_membership(&mut self, pool: &UserPoolId, sub: &Sub) -> Result<Membership, StoreError> {
        let sql = of_person!("g.name, g.role_arn, g.precedence");
        let rows = self.tx.rows(sql, vals![pool, sub, one_more(GROUPS_PER_USER_MAX)]).await?;
        let rank = |mut row: Row| Ok(Rank { name: row.get(0)?, role_arn: row.get(1)?, precedence: row.get(2)? });
        Ok(Membership::of(rows.into_iter().map(rank).collect::<Result<_, StoreError>>()?))
    }
}

/// A description is any text, and Postgres cannot hold any text: JSON escapes what it cannot.
fn document(group: &Group) -> Result<Option<String>, StoreError> {
    group.description.as_ref().map(serde_json::to_string).transpose().map_err(unreadable)
}

fn unreadable(error: serde_json::Error) -> StoreError {
    StoreError::Unreadable { what: "description", why: error.to_string() }
}

fn read(mut row: Row) -> Result<Group, StoreError> {
    let description = row.get::<Option<String>>(3)?;
    Ok(Group {
        pool: row.get(0)?,
        id: row.get(1)?,
        name: row.get(2)?,
        description: description.map(|text| serde_json::from_str(&text)).transpose().map_err(unreadable)?,
        role_arn: row.get(4)?,
        precedence: row.get(5)?,
        created: row.get(6)?,
        modified: row.get(7)?,
    })
}
