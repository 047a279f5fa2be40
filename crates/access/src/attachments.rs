//! Managed policies attached to users, groups and roles, the same for all three.

use crate::refused::Refused;
use crate::whom::Whom;
use crate::{Access, policies, say};
use contract::Fault;
use contract::iam::types::AttachedPolicy;
use model::{Caller, PolicyArn};
use store::work;

/// Attaches a policy; a second time changes nothing. Counted under the owner's lock.
pub async fn attach(access: &Access, caller: &Caller, whom: Whom, arn: String) -> Result<(), Fault> {
    let account = caller.account.clone();
    let done = access
        .store
        .write(work!(|tx, account, whom, arn| -> Refused {
            let owner = whom.require_for_update(tx, account).await?;
            if policies::find(tx, account, arn).await?.is_none() {
                return Err(say::not_attachable(arn).into());
            }
            tx.iam_attachments().attach(account, &owner, arn).await?;
            let count = tx.iam_attachments().list(account, &owner).await?.len();
            let quota = owner.attachments();
            if quota.exceeded_by(count) { Err(say::quota_exceeded(quota).into()) } else { Ok(()) }
        }))
        .await;
    Ok(done?)
}

/// Takes a policy away.
pub async fn detach(access: &Access, caller: &Caller, whom: Whom, arn: String) -> Result<(), Fault> {
    let account = caller.account.clone();
    let done = access
        .store
        .write(work!(|tx, account, whom, arn| -> Refused {
            let owner = whom.require_for_update(tx, account).await?;
            if PolicyArn::read(arn, account) == PolicyArn::Malformed {
                return Err(say::arn_invalid(arn).into());
            }
            if tx.iam_attachments().detach(account, &owner, arn).await? {
                Ok(())
            } else {
                Err(say::no_such_policy(arn).into())
            }
        }))
        .await;
    Ok(done?)
}

/// The policies attached to somebody whose paths begin with `prefix`.
pub async fn list(access: &Access, caller: &Caller, whom: Whom, prefix: &str) -> Result<Vec<AttachedPolicy>, Fault> {
    let account = caller.account.clone();
    let arns = access
        .store
        .read(work!(|tx, account, whom| -> Refused {
            let owner = whom.require(tx, account).await?;
            Ok(tx.iam_attachments().list(account, &owner).await?)
        }))
        .await?;
    Ok(arns.into_iter().filter(|arn| path_of(arn).starts_with(prefix)).map(shown).collect())
}

/// A place in a list of attachments: two policies of one name are told apart by whose they are.
pub fn key(policy: &AttachedPolicy) -> String {
    let own = policy.policy_arn.as_deref().is_some_and(|arn| !arn.starts_with("arn:aws:iam::aws:"));
    format!("{}{}", policy.policy_name.as_deref().unwrap_or_default(), if own { "" } else { ":aws" })
}

/// An attachment as answers show it.
pub fn shown(arn: String) -> AttachedPolicy {
    let name = arn.rsplit_once('/').map(|(_, name)| name.to_owned());
    AttachedPolicy { policy_name: name, policy_arn: Some(arn) }
}

/// `/path/` of `arn:aws:iam::ACCOUNT:policy/path/NAME`.
fn path_of(arn: &str) -> &str {
    let resource = arn.split_once(":policy").map(|(_, resource)| resource).unwrap_or_default();
    resource.rfind('/').and_then(|end| resource.get(..=end)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_and_name_are_read_from_the_arn() {
        assert_eq!(path_of("arn:aws:iam::123456789012:policy/p"), "/");
        assert_eq!(path_of("arn:aws:iam::123456789012:policy/a/b/p"), "/a/b/");
        let shown = shown("arn:aws:iam::123456789012:policy/a/b/p".to_owned());
        assert_eq!(shown.policy_name.as_deref(), Some("p"));
    }
}
