//! The role that somebody wants to become.

use super::say;
use crate::Access;
use crate::refused::Refused;
use contract::Fault;
use contract::sts::types::AssumedRoleUser;
use kernel::AccountId;
use model::{AwsSession, IamRole, SessionOf};
use std::sync::Arc;
use store::work;

impl Access {
    /// The role of an ARN, path and spelling included; `None` when there is none in this account.
    pub(crate) async fn role(&self, account: &AccountId, arn: &str) -> Result<Option<Arc<IamRole>>, Fault> {
        self.authority.role(account, arn).await.map_err(|error| Refused::from(error).into())
    }

    /// Whether a session still stands, by the rows: this node may not know for a second that it is over, and what is made
    /// of it here would last longer than that. Asked after the role was read, so that a role's ended session never becomes
    /// one that quotes the generation it was ended with.
    pub(crate) async fn must_stand(&self, account: &AccountId, session: &AwsSession) -> Result<(), Fault> {
        let (account, principal) = (account.clone(), session.of.principal_id().map(str::to_owned));
        let asked = self.store.read(work!(|tx, account, principal| -> Refused {
            Ok(match principal.as_deref() {
                Some(id) if id.starts_with(IamRole::PREFIX) => {
                    tx.iam_roles().get_by_id(account, id).await?.map(|role| role.generation)
                }
                Some(id) => tx.iam_users().get_by_id(account, id).await?.map(|user| user.generation),
                None => Some(tx.access_keys().get_root_generation().await?),
            })
        }));
        let generation: i64 = asked.await?.ok_or_else(say::nobody)?;
        if session.generation < generation { Err(say::session_over()) } else { Ok(()) }
    }
}

/// A session of the role under a name.
#[must_use]
pub fn session_of(role: &IamRole, session_name: String) -> SessionOf {
    SessionOf::Role { id: role.id.clone(), name: role.name.clone(), session_name }
}

/// The session as answers name it.
#[must_use]
pub fn shown(session: &AwsSession, account: &AccountId) -> AssumedRoleUser {
    AssumedRoleUser { assumed_role_id: session.user_id(account), arn: session.arn(account) }
}
