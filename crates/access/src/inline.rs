//! Inline policies, the same for users, groups and roles.

use crate::refused::Refused;
use crate::whom::Whom;
use crate::{Access, documents, say};
use contract::Fault;
use iam::Kind;
use model::Caller;
use store::work;

/// Writes a policy, over an older one of its name. All of one owner's together are bounded.
pub async fn put(access: &Access, caller: &Caller, whom: Whom, name: String, document: String) -> Result<(), Fault> {
    access.check_document(&document, Kind::Identity)?;
    let account = caller.account.clone();
    let written = access
        .store
        .write(work!(|tx, account, whom, name, document| -> Refused {
            let owner = whom.require_for_update(tx, account).await?;
            let present = tx.iam_inline().list(account, &owner).await?;
            let others = present.iter().filter(|(known, _)| known != name).map(|(_, other)| other.as_str());
            if owner.inline().exceeded_by_documents(others.chain([document.as_str()])) {
                return Err(say::inline_too_large(owner.inline(), whom.kind(), whom.name()).into());
            }
            Ok(tx.iam_inline().put(account, &owner, name, document).await?)
        }))
        .await;
    Ok(written?)
}

/// The document of a policy as answers carry it.
pub async fn get(access: &Access, caller: &Caller, whom: &Whom, name: &str) -> Result<String, Fault> {
    let (account, whom, name) = (caller.account.clone(), whom.clone(), name.to_owned());
    let document = access
        .store
        .read(work!(|tx, account, whom, name| -> Refused {
            let owner = whom.require(tx, account).await?;
            let found = tx.iam_inline().get(account, &owner, name).await?;
            found.ok_or_else(|| say::no_such_inline(whom.kind(), name).into())
        }))
        .await?;
    Ok(documents::encoded(&document))
}

/// The names of somebody's policies.
pub async fn names(access: &Access, caller: &Caller, whom: Whom) -> Result<Vec<String>, Fault> {
    let account = caller.account.clone();
    let all = access
        .store
        .read(work!(|tx, account, whom| -> Refused {
            let owner = whom.require(tx, account).await?;
            Ok(tx.iam_inline().list(account, &owner).await?)
        }))
        .await?;
    Ok(all.into_iter().map(|(name, _)| name).collect())
}

/// Removes a policy.
pub async fn delete(access: &Access, caller: &Caller, whom: Whom, name: String) -> Result<(), Fault> {
    let account = caller.account.clone();
    let gone = access
        .store
        .write(work!(|tx, account, whom, name| -> Refused {
            let owner = whom.require_for_update(tx, account).await?;
            if tx.iam_inline().delete(account, &owner, name).await? {
                Ok(())
            } else {
                Err(say::no_such_inline(whom.kind(), name).into())
            }
        }))
        .await;
    Ok(gone?)
}
