//! The user behind a lasting key.

use super::say;
use crate::Access;
use crate::refused::Refused;
use contract::Fault;
use model::{AccessKeyStatus, Caller, IamUser, Principal};
use store::work;

impl Access {
    /// The user who signed with a lasting key; `None` for root.
    pub(crate) async fn by_lasting_key(&self, caller: &Caller, operation: &str) -> Result<Option<IamUser>, Fault> {
        let id = match &caller.principal {
            Principal::Root { .. } => return Ok(None),
            Principal::User { id, .. } => id.clone(),
            Principal::Session(_) => return Err(say::lasting_keys_only(operation)),
            Principal::Anonymous => return Err(say::nobody()),
        };
        self.user_by_id(&caller.account, id).await.map(Some)
    }

    /// A user as it is called now. One that is gone signs nothing any more.
    pub(crate) async fn user_by_id(&self, account: &kernel::AccountId, id: String) -> Result<IamUser, Fault> {
        let account = account.clone();
        let found =
            self.store.read(work!(|tx, account, id| -> Refused { Ok(tx.iam_users().get_by_id(account, id).await?) }));
        found.await?.ok_or_else(say::nobody)
    }

    /// What sessions quote: of the user, or of root. The key that signed is asked about once more, after that was read:
    /// whoever ended it meanwhile has moved the generation, and a session that quoted the new one would outlive its key.
    pub(crate) async fn generation(&self, caller: &Caller, user: Option<&IamUser>) -> Result<i64, Fault> {
        let generation = match user {
            Some(user) => user.generation,
            None => self.store.root_generation().await.map_err(Refused::from)?,
        };
        if self.authority.trusts_anyone() {
            return Ok(generation);
        }
        let id = caller.principal.access_key_id().ok_or_else(say::nobody)?.to_owned();
        let key = self.store.read(work!(|tx, id| -> Refused { Ok(tx.access_keys().get(id).await?) })).await?;
        let active = key.is_some_and(|key| key.status == AccessKeyStatus::Active);
        if active { Ok(generation) } else { Err(say::nobody()) }
    }
}
