//! Managed policies of the account and their versions. Those of the service's own have no rows.

use super::iam_text::{listed, path_end, unlisted};
use super::{Page, one_more, unstorable};
use crate::{Row, StoreError, Tx, vals};
use kernel::AccountId;
use model::access::folded;
use model::{ManagedPolicy, PolicyVersion};

/// Managed policies, by account and folded name; versions by the policy's unique id.
#[derive(Debug)]
pub struct IamPolicies<'t> {
    pub(super) tx: &'t mut Tx,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, account, name, path, description, default_version, newest_version, created_at, updated_at, tags \
             FROM iam_policies ",
            $rest
        )
    };
}

/// Which policies a list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyFilter {
    /// Below this path.
    pub prefix: String,
    /// Only those that are attached to somebody.
    pub attached: bool,
    /// Only those that bound somebody.
    pub bounding: bool,
}

impl IamPolicies<'_> {
    /// A policy by its ARN.
    pub async fn get(&mut self, account: &AccountId, arn: &str) -> Result<Option<ManagedPolicy>, StoreError> {
        self.one(select!("WHERE account = $1 AND arn = $2"), account, arn).await
    }

    /// The same, locked until the end of the transaction: for a change that follows.
    pub async fn get_for_update(
        &mut self,
        account: &AccountId,
        arn: &str,
    ) -> Result<Option<ManagedPolicy>, StoreError> {
        self.one(select!("WHERE account = $1 AND arn = $2 {for_update}"), account, arn).await
    }

    async fn one(&mut self, sql: &str, account: &AccountId, arn: &str) -> Result<Option<ManagedPolicy>, StoreError> {
        if unstorable(arn) {
            return Ok(None);
        }
        self.tx.row(sql, vals![account, arn]).await?.map(read).transpose()
    }

    /// Adds a policy without a version; false when the name is taken.
    pub async fn insert(&mut self, policy: &ManagedPolicy) -> Result<bool, StoreError> {
        let sql = "INSERT INTO iam_policies (account, folded, id, arn, name, path, description, default_version, \
            newest_version, tags, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
            ON CONFLICT (account, folded) DO NOTHING RETURNING 1";
        let (p, folded, tags) = (policy, folded(&policy.name), listed(&policy.tags)?);
        let (arn, description) = (p.arn(), p.description.as_ref().map(listed).transpose()?);
        let all = vals![
            &p.account,
            &folded,
            &p.id,
            &arn,
            &p.name,
            &p.path,
            &description,
            p.default_version,
            p.newest_version,
            &tags,
            p.created,
            p.updated,
        ];
        Ok(self.tx.row(sql, all).await?.is_some())
    }

    /// Writes back what can change about a policy; false when it is gone.
    pub async fn save(&mut self, policy: &ManagedPolicy) -> Result<bool, StoreError> {
        let sql = "UPDATE iam_policies SET default_version = $3, newest_version = $4, tags = $5, updated_at = $6 \
            WHERE account = $1 AND arn = $2";
        let (p, arn, tags) = (policy, policy.arn(), listed(&policy.tags)?);
        let all = vals![&p.account, &arn, p.default_version, p.newest_version, &tags, p.updated];
        Ok(self.tx.execute(sql, all).await? == 1)
    }

    /// Removes a policy with its versions; false when it is gone.
    pub async fn delete(&mut self, policy: &ManagedPolicy) -> Result<bool, StoreError> {
        let versions = "DELETE FROM iam_policy_versions WHERE account = $1 AND policy = $2";
        self.tx.execute(versions, vals![&policy.account, &policy.id]).await?;
        let sql = "DELETE FROM iam_policies WHERE account = $1 AND arn = $2";
        Ok(self.tx.execute(sql, vals![&policy.account, &policy.arn()]).await? == 1)
    }

    /// Policies by name, those behind `after`, a folded name.
    pub async fn list(
        &mut self,
        account: &AccountId,
        filter: &PolicyFilter,
        after: &str,
        limit: u32,
    ) -> Result<Page<ManagedPolicy>, StoreError> {
        let sql = select!(
            "AS p WHERE p.account = $1 AND p.folded > $2 AND p.path >= $3 AND p.path < $4 \
             AND (NOT $5 OR EXISTS \
                (SELECT 1 FROM iam_attachments AS a WHERE a.account = p.account AND a.policy = p.arn)) \
             AND (NOT $6 OR EXISTS (SELECT 1 FROM iam_users AS u WHERE u.account = p.account AND u.boundary = p.arn) \
                OR EXISTS (SELECT 1 FROM iam_roles AS r WHERE r.account = p.account AND r.boundary = p.arn)) \
             ORDER BY p.folded LIMIT $7"
        );
        let end = path_end(&filter.prefix);
        let all = vals![account, after, &filter.prefix, &end, filter.attached, filter.bounding, one_more(limit)];
        Page::of(self.tx.rows(sql, all).await?, limit, read)
    }

    /// How many policies the account has.
    pub async fn get_count(&mut self, account: &AccountId) -> Result<i64, StoreError> {
        let row = self.tx.row("SELECT count(*) FROM iam_policies WHERE account = $1", vals![account]).await?;
        row.ok_or(StoreError::Misread { column: 0, expected: "a count" })?.get(0)
    }

    /// How many versions the account's policies have.
    pub async fn get_version_count(&mut self, account: &AccountId) -> Result<i64, StoreError> {
        let row = self.tx.row("SELECT count(*) FROM iam_policy_versions WHERE account = $1", vals![account]).await?;
        row.ok_or(StoreError::Misread { column: 0, expected: "a count" })?.get(0)
    }

    /// Adds a version.
    pub async fn insert_version(&mut self, policy: &ManagedPolicy, version: &PolicyVersion) -> Result<(), StoreError> {
        let sql = "INSERT INTO iam_policy_versions (account, policy, number, document, created_at) \
            VALUES ($1, $2, $3, $4, $5)";
        let v = version;
        let all = vals![&policy.account, &policy.id, v.number, &v.document, v.created];
        self.tx.execute(sql, all).await?;
        Ok(())
    }

    /// A version.
    pub async fn get_version(
        &mut self,
        policy: &ManagedPolicy,
        number: i64,
    ) -> Result<Option<PolicyVersion>, StoreError> {
        let sql = "SELECT number, document, created_at FROM iam_policy_versions \
            WHERE account = $1 AND policy = $2 AND number = $3";
        self.tx.row(sql, vals![&policy.account, &policy.id, number]).await?.map(read_version).transpose()
    }

    /// The versions of a policy, newest first. A quota keeps them few.
    pub async fn list_versions(&mut self, policy: &ManagedPolicy) -> Result<Vec<PolicyVersion>, StoreError> {
        let sql = "SELECT number, document, created_at FROM iam_policy_versions \
            WHERE account = $1 AND policy = $2 ORDER BY number DESC";
        self.tx.rows(sql, vals![&policy.account, &policy.id]).await?.into_iter().map(read_version).collect()
    }

    /// Removes a version; false when there is none of that number.
    pub async fn delete_version(&mut self, policy: &ManagedPolicy, number: i64) -> Result<bool, StoreError> {
        let sql = "DELETE FROM iam_policy_versions WHERE account = $1 AND policy = $2 AND number = $3";
        Ok(self.tx.execute(sql, vals![&policy.account, &policy.id, number]).await? == 1)
    }
}

fn read(mut row: Row) -> Result<ManagedPolicy, StoreError> {
    let description = row.get::<Option<String>>(4)?;
    Ok(ManagedPolicy {
        id: row.get(0)?,
        account: row.get(1)?,
        name: row.get(2)?,
        path: row.get(3)?,
        description: description.map(|text| unlisted(&text)).transpose()?,
        default_version: row.get(5)?,
        newest_version: row.get(6)?,
        created: row.get(7)?,
        updated: row.get(8)?,
        tags: unlisted(&row.get::<String>(9)?)?,
    })
}

fn read_version(mut row: Row) -> Result<PolicyVersion, StoreError> {
    Ok(PolicyVersion { number: row.get(0)?, document: row.get(1)?, created: row.get(2)? })
}
