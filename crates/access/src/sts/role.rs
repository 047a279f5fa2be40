//! The role that somebody wants to become.

use crate::Access;
use crate::refused::Refused;
use contract::Fault;
use contract::sts::types::AssumedRoleUser;
use kernel::AccountId;
use model::{AwsSession, IamRole, SessionOf};

impl Access {
    /// The role of an ARN, path and spelling included; `None` when there is none in this account.
    pub(crate) async fn role(&self, account: &AccountId, arn: &str) -> Result<Option<IamRole>, Fault> {
        self.authority.role(account, arn).await.map_err(|error| Refused::from(error).into())
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
