//! Managed policies attached to users, groups and roles, and whom they bound.

use super::iam_text::path_end;
use super::{Page, one_more, unstorable};
use crate::{Row, StoreError, Tx, vals};
use kernel::AccountId;
use model::Owner;

/// Attachments, by owner and the policy's ARN.
#[derive(Debug)]
pub struct IamAttachments<'t> {
    pub(super) tx: &'t mut Tx,
}

/// Somebody a policy is attached to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// Who, by unique id.
    pub owner: Owner,
    /// Their name.
    pub name: String,
}

/// Whom a list of a policy's entities shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityFilter {
    /// Below this path.
    pub prefix: String,
    /// Those the policy is attached to.
    pub attached: bool,
    /// Those it bounds.
    pub bounded: bool,
    /// Users.
    pub users: bool,
    /// Groups.
    pub groups: bool,
    /// Roles.
    pub roles: bool,
}

/// Entities of one kind a policy is attached to. CROSS JOIN, so that SQLite begins with the policy's few rows.
macro_rules! attached {
    ($table:literal, $kind:literal) => {
        concat!(
            "SELECT e.id, e.name, e.path, ",
            $kind,
            " AS kind FROM iam_attachments AS a CROSS JOIN ",
            $table,
            " AS e WHERE a.account = $1 AND a.policy = $2 AND e.account = a.account AND e.id = a.owner AND $3"
        )
    };
}

/// Entities of one kind that a policy bounds.
macro_rules! bounded {
    ($table:literal, $kind:literal) => {
        concat!(
            "SELECT e.id, e.name, e.path, ",
            $kind,
            " AS kind FROM ",
            $table,
            " AS e WHERE e.account = $1 AND e.boundary = $2 AND $4"
        )
    };
}

const ENTITIES: &str = concat!(
    "SELECT id, name, kind FROM (",
    attached!("iam_users", "'user'"),
    " UNION ",
    attached!("iam_groups", "'group'"),
    " UNION ",
    attached!("iam_roles", "'role'"),
    " UNION ",
    bounded!("iam_users", "'user'"),
    " UNION ",
    bounded!("iam_roles", "'role'"),
    ") AS found WHERE id > $5 AND path >= $6 AND path < $7 \
     AND (kind = 'user' AND $8 OR kind = 'group' AND $9 OR kind = 'role' AND $10) ORDER BY id LIMIT $11"
);

impl IamAttachments<'_> {
    /// Attaches a policy; false when it is attached.
    pub async fn attach(&mut self, account: &AccountId, owner: &Owner, policy: &str) -> Result<bool, StoreError> {
        let sql = "INSERT INTO iam_attachments (account, owner, policy) VALUES ($1, $2, $3) \
            ON CONFLICT (account, owner, policy) DO NOTHING RETURNING 1";
        Ok(self.tx.row(sql, vals![account, owner.id(), policy]).await?.is_some())
    }

    /// Takes a policy away; false when it is not attached.
    pub async fn detach(&mut self, account: &AccountId, owner: &Owner, policy: &str) -> Result<bool, StoreError> {
        if unstorable(policy) {
            return Ok(false);
        }
        let sql = "DELETE FROM iam_attachments WHERE account = $1 AND owner = $2 AND policy = $3";
        Ok(self.tx.execute(sql, vals![account, owner.id(), policy]).await? == 1)
    }

    /// The ARNs of the policies attached to somebody. A quota keeps them few.
    pub async fn list(&mut self, account: &AccountId, owner: &Owner) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT policy FROM iam_attachments WHERE account = $1 AND owner = $2 ORDER BY policy";
        let rows = self.tx.rows(sql, vals![account, owner.id()]).await?;
        rows.into_iter().map(|mut row| row.get(0)).collect()
    }

    /// How many a policy is attached to, and how many it bounds.
    pub async fn get_counts(&mut self, account: &AccountId, policy: &str) -> Result<(i64, i64), StoreError> {
        let sql = "SELECT CAST((SELECT count(*) FROM iam_attachments WHERE account = $1 AND policy = $2) AS {int}), \
            CAST((SELECT count(*) FROM iam_users WHERE account = $1 AND boundary = $2) \
            + (SELECT count(*) FROM iam_roles WHERE account = $1 AND boundary = $2) AS {int})";
        let row = self.tx.row(sql, vals![account, policy]).await?;
        let mut row = row.ok_or(StoreError::Misread { column: 0, expected: "counts" })?;
        Ok((row.get(0)?, row.get(1)?))
    }

    /// Whom a policy concerns by unique id, those behind `after`.
    pub async fn list_entities(
        &mut self,
        account: &AccountId,
        policy: &str,
        filter: &EntityFilter,
        after: &str,
        limit: u32,
    ) -> Result<Page<Attached>, StoreError> {
        let (f, end) = (filter, path_end(&filter.prefix));
        let all = vals![
            account,
            policy,
            f.attached,
            f.bounded,
            after,
            &f.prefix,
            &end,
            f.users,
            f.groups,
            f.roles,
            one_more(limit),
        ];
        Page::of(self.tx.rows(ENTITIES, all).await?, limit, read)
    }
}

fn read(mut row: Row) -> Result<Attached, StoreError> {
    let (id, kind) = (row.get(0)?, row.get::<String>(2)?);
    let owner = match kind.as_str() {
        "user" => Owner::User(id),
        "group" => Owner::Group(id),
        _ => Owner::Role(id),
    };
    Ok(Attached { owner, name: row.get(1)? })
}
