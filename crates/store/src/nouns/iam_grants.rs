//! What a principal's policies are at one moment: everything the decision about it needs, in a few questions.

use crate::{StoreError, Tx, vals};
use kernel::AccountId;
use model::{BUILT_IN, Grants};

/// Grants of users and roles.
#[derive(Debug)]
pub struct IamGrants<'t> {
    pub(super) tx: &'t mut Tx,
}

/// Who owns policies that count for `$2`: a user, the groups it is in, or a role (which is in none).
macro_rules! of_owner {
    ($start:literal, $owner:literal) => {
        concat!(
            $start,
            " AND (",
            $owner,
            " = $2 OR ",
            $owner,
            " IN (SELECT group_id FROM iam_members WHERE account = $1 AND user_id = $2))"
        )
    };
}

const INLINE: &str =
    of_owner!("SELECT i.owner, i.name, i.document FROM iam_inline AS i WHERE i.account = $1", "i.owner");

const ATTACHED: &str = of_owner!(
    "SELECT a.owner, a.policy, v.document FROM iam_attachments AS a \
     LEFT JOIN iam_policies AS p ON p.account = a.account AND p.arn = a.policy \
     LEFT JOIN iam_policy_versions AS v ON v.account = p.account AND v.policy = p.id AND v.number = p.default_version \
     WHERE a.account = $1",
    "a.owner"
);

impl IamGrants<'_> {
    /// A user's, by unique id; None when there is no such user.
    pub async fn of_user(&mut self, account: &AccountId, id: &str) -> Result<Option<Grants>, StoreError> {
        let Some(user) = self.tx.iam_users().get_by_id(account, id).await? else { return Ok(None) };
        let arn = user.arn();
        let grants = Grants {
            id: user.id,
            arn,
            name: user.name,
            tags: user.tags,
            generation: user.generation,
            identity: self.identity(account, id).await?,
            boundary: self.bounds(account, user.boundary).await?,
        };
        Ok(Some(grants))
    }

    /// A role's, by unique id; None when there is no such role.
    pub async fn of_role(&mut self, account: &AccountId, id: &str) -> Result<Option<Grants>, StoreError> {
        let Some(role) = self.tx.iam_roles().get_by_id(account, id).await? else { return Ok(None) };
        let arn = role.arn();
        let grants = Grants {
            id: role.id,
            arn,
            name: role.name,
            tags: role.tags,
            generation: role.generation,
            identity: self.identity(account, id).await?,
            boundary: self.bounds(account, role.boundary).await?,
        };
        Ok(Some(grants))
    }

    /// The document in force of a managed policy, the service's own included.
    pub async fn get_document(&mut self, account: &AccountId, arn: &str) -> Result<Option<String>, StoreError> {
        if let Some(document) = built_in(arn) {
            return Ok(Some(document));
        }
        let Some(policy) = self.tx.iam_policies().get(account, arn).await? else { return Ok(None) };
        let version = self.tx.iam_policies().get_version(&policy, policy.default_version).await?;
        Ok(version.map(|version| version.document))
    }

    async fn identity(&mut self, account: &AccountId, owner: &str) -> Result<Vec<(String, String)>, StoreError> {
        let mut all = Vec::new();
        for mut row in self.tx.rows(INLINE, vals![account, owner]).await? {
            all.push((row.get::<String>(0)?, format!("inline:{}", row.get::<String>(1)?), row.get::<String>(2)?));
        }
        for mut row in self.tx.rows(ATTACHED, vals![account, owner]).await? {
            let (of, arn) = (row.get::<String>(0)?, row.get::<String>(1)?);
            // Neither a row nor the program's text: such a policy allows nothing and denies nothing.
            if let Some(document) = row.get::<Option<String>>(2)?.or_else(|| built_in(&arn)) {
                all.push((of, arn, document));
            }
        }
        // One order on both engines: the explanation of a decision names the first policy that decides.
        all.sort_unstable();
        Ok(all.into_iter().map(|(_, name, document)| (name, document)).collect())
    }

    /// A boundary without a document stays one: it allows nothing.
    async fn bounds(
        &mut self,
        account: &AccountId,
        arn: Option<String>,
    ) -> Result<Option<(String, String)>, StoreError> {
        let Some(arn) = arn else { return Ok(None) };
        let document = self.get_document(account, &arn).await?.unwrap_or_default();
        Ok(Some((arn, document)))
    }
}

fn built_in(arn: &str) -> Option<String> {
    BUILT_IN.iter().find(|policy| policy.arn() == arn).map(|policy| policy.document.to_owned())
}
