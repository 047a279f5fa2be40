//! Whom a role's trust policy names. The ARNs in it stand for those who bear them when it is written: they are kept beside
//! it by unique id, so that somebody made anew under an old name is not trusted. Shown, they have the names of the day, and
//! those who are gone their ids.

use crate::refused::Refused;
use crate::say;
use kernel::AccountId;
use model::{IamRole, IamUser};
use store::Tx;

/// What a name in a trust policy says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named<'n> {
    /// A user of the account, by the last part of its ARN.
    User(&'n str),
    /// A role of the account.
    Role(&'n str),
    /// A session of a role: the role's name, and the session's.
    Session(&'n str, &'n str),
    /// Somebody to whom GetFederationToken gives the name: nothing is kept of those.
    Federated,
    /// A unique id.
    Id(&'n str),
    /// Nobody of this account, which is the only one there is.
    Nobody,
}

impl<'n> Named<'n> {
    fn read(name: &'n str, account: &AccountId) -> Self {
        if !name.starts_with("arn:") {
            return Self::Id(name);
        }
        let of_account = |rest: &'n str| rest.strip_prefix(account.as_str())?.strip_prefix(':')?.split_once('/');
        let named = name.strip_prefix("arn:aws:").and_then(|rest| rest.split_once("::"));
        let Some((service, (kind, path))) = named.and_then(|(service, rest)| Some((service, of_account(rest)?))) else {
            return Self::Nobody;
        };
        let last = path.rsplit('/').next().unwrap_or_default();
        match (service, kind, path.split_once('/')) {
            ("iam", "user", _) => Self::User(last),
            ("iam", "role", _) => Self::Role(last),
            ("sts", "assumed-role", Some((role, session))) => Self::Session(role, session),
            ("sts", "federated-user", _) => Self::Federated,
            _ => Self::Nobody,
        }
    }
}

/// The ids behind the ARNs that a trust policy names: ARN and unique id.
///
/// # Errors
/// `MalformedPolicyDocument` when somebody is named who is not there. Observed.
pub async fn meant(tx: &mut Tx, account: &AccountId, named: &[String]) -> Result<Vec<(String, String)>, Refused> {
    let mut pairs = Vec::new();
    for name in named {
        let id = match Named::read(name, account) {
            Named::User(user) => {
                let user = tx.iam_users().get(account, user).await?.filter(|user| user.arn() == *name);
                user.map(|user| user.id)
            }
            Named::Role(role) => {
                let role = tx.iam_roles().get(account, role).await?.filter(|role| role.arn() == *name);
                role.map(|role| role.id)
            }
            Named::Session(role, session) => {
                tx.iam_roles().get(account, role).await?.map(|role| format!("{}:{session}", role.id))
            }
            // Compared as it stands.
            Named::Federated => continue,
            Named::Id(id) => match name_of(tx, account, id).await? {
                Some(_) => continue,
                None => None,
            },
            Named::Nobody => None,
        };
        pairs.push((name.clone(), id.ok_or_else(|| say::no_such_principal(name))?));
    }
    Ok(pairs)
}

/// The ARN that whoever has this id bears now; `None` when there is nobody any more.
async fn name_of(tx: &mut Tx, account: &AccountId, id: &str) -> Result<Option<String>, Refused> {
    let (bare, session) = id.split_once(':').map_or((id, None), |(bare, session)| (bare, Some(session)));
    if bare.starts_with(IamUser::PREFIX) {
        return Ok(tx.iam_users().get_by_id(account, bare).await?.map(|user| user.arn()));
    }
    let role = tx.iam_roles().get_by_id(account, bare).await?;
    Ok(role.map(|role| match session {
        Some(session) => format!("arn:aws:sts::{account}:assumed-role/{}/{session}", role.name),
        None => role.arn(),
    }))
}

/// The role with its trust policy as it is shown: as it was written, unless somebody in it has another name now or is
/// gone. For answers alone; what is kept stays what was written.
pub async fn as_it_stands(tx: &mut Tx, mut role: IamRole) -> Result<IamRole, Refused> {
    let mut moved = Vec::new();
    for (arn, id) in &role.trust_ids {
        let now = name_of(tx, &role.account, id).await?.unwrap_or_else(|| id.clone());
        if now != *arn {
            moved.push((arn.clone(), now));
        }
    }
    if !moved.is_empty()
        && let Ok(renamed) = iam::with_principals(&role.trust, &moved)
    {
        role.trust = renamed;
    }
    Ok(role)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_whom_they_mean() {
        let account = AccountId::parse("123456789012").unwrap();
        for (name, named) in [
            ("arn:aws:iam::123456789012:user/ana", Named::User("ana")),
            ("arn:aws:iam::123456789012:user/a/b/ana", Named::User("ana")),
            ("arn:aws:iam::123456789012:role/r", Named::Role("r")),
            ("arn:aws:sts::123456789012:assumed-role/r/s", Named::Session("r", "s")),
            ("arn:aws:sts::123456789012:assumed-role/r", Named::Nobody),
            ("arn:aws:sts::123456789012:federated-user/x", Named::Federated),
            ("AIDA234567ABCDEFGHIJK", Named::Id("AIDA234567ABCDEFGHIJK")),
            ("arn:aws:iam::999999999999:user/ana", Named::Nobody),
            ("arn:aws-cn:iam::123456789012:user/ana", Named::Nobody),
            ("arn:aws:iam::123456789012:group/g", Named::Nobody),
            ("arn:aws:iam::123456789012:user", Named::Nobody),
        ] {
            assert_eq!(Named::read(name, &account), named, "{name}");
        }
    }
}
