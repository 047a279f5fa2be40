//! The role that somebody wants to become.

use crate::Access;
use crate::refused::Refused;
use contract::Fault;
use contract::sts::types::AssumedRoleUser;
use kernel::AccountId;
use model::{AwsSession, IamRole, SessionOf};
use store::work;

impl Access {
    /// The role of an ARN, path and spelling included; `None` when there is none in this account.
    pub(crate) async fn role(&self, account: &AccountId, arn: &str) -> Result<Option<IamRole>, Fault> {
        let Some(name) = name_in(arn, account) else { return Ok(None) };
        let (account, name) = (account.clone(), name.to_owned());
        let found =
            self.store.read(work!(|tx, account, name| -> Refused { Ok(tx.iam_roles().get(account, name).await?) }));
        Ok(found.await?.filter(|role| role.arn() == arn))
    }
}

/// The last part of a role's ARN.
fn name_in<'a>(arn: &'a str, account: &AccountId) -> Option<&'a str> {
    let path = arn.strip_prefix("arn:aws:iam::")?.strip_prefix(account.as_str())?.strip_prefix(":role/")?;
    path.rsplit('/').next().filter(|name| !name.is_empty() && !name.contains('\0'))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_arn_of_a_role_of_this_account_names_one() {
        let account = AccountId::parse("123456789012").unwrap();
        assert_eq!(name_in("arn:aws:iam::123456789012:role/r", &account), Some("r"));
        assert_eq!(name_in("arn:aws:iam::123456789012:role/a/b/r", &account), Some("r"));
        for other in [
            "arn:aws:iam::123456789012:role/",
            "arn:aws:iam::123456789012:role",
            "arn:aws:iam::210987654321:role/r",
            "arn:aws:iam::123456789012:user/r",
            "arn:aws:sts::123456789012:role/r",
            "r",
        ] {
            assert_eq!(name_in(other, &account), None, "{other}");
        }
    }
}
