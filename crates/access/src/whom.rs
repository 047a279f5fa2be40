//! Whom a call is about.

use crate::refused::Refused;
use crate::say;
use kernel::AccountId;
use model::{Caller, IamGroup, IamRole, IamUser, Owner, Principal, SessionOf};
use store::Tx;

/// Somebody who can have policies, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// A user.
    User(String),
    /// A group.
    Group(String),
    /// A role.
    Role(String),
}

impl Whom {
    /// The name that was asked for.
    pub fn name(&self) -> &str {
        match self {
            Self::User(name) | Self::Group(name) | Self::Role(name) => name,
        }
    }

    /// As sentences call it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Group(_) => "group",
            Self::Role(_) => "role",
        }
    }

    /// Who it is, by unique id.
    pub async fn require(&self, tx: &mut Tx, account: &AccountId) -> Result<Owner, Refused> {
        Ok(match self {
            Self::User(name) => Owner::User(user(tx, account, name).await?.id),
            Self::Group(name) => Owner::Group(group(tx, account, name).await?.id),
            Self::Role(name) => Owner::Role(role(tx, account, name).await?.id),
        })
    }

    /// The same, locked until the end of the transaction: what is counted next stays so.
    pub async fn require_for_update(&self, tx: &mut Tx, account: &AccountId) -> Result<Owner, Refused> {
        Ok(match self {
            Self::User(name) => Owner::User(user_for_update(tx, account, name).await?.id),
            Self::Group(name) => Owner::Group(group_for_update(tx, account, name).await?.id),
            Self::Role(name) => Owner::Role(role_for_update(tx, account, name).await?.id),
        })
    }
}

/// A user that must be there.
pub async fn user(tx: &mut Tx, account: &AccountId, name: &str) -> Result<IamUser, Refused> {
    tx.iam_users().get(account, name).await?.ok_or_else(|| say::no_such_user(name).into())
}

/// The same, locked until the end of the transaction.
pub async fn user_for_update(tx: &mut Tx, account: &AccountId, name: &str) -> Result<IamUser, Refused> {
    tx.iam_users().get_for_update(account, name).await?.ok_or_else(|| say::no_such_user(name).into())
}

/// The caller's own user. It was there when the signature was looked at.
async fn by_id(tx: &mut Tx, account: &AccountId, id: &str) -> Result<IamUser, Refused> {
    tx.iam_users().get_by_id(account, id).await?.ok_or_else(|| say::no_such_user(id).into())
}

/// A group that must be there.
pub async fn group(tx: &mut Tx, account: &AccountId, name: &str) -> Result<IamGroup, Refused> {
    tx.iam_groups().get(account, name).await?.ok_or_else(|| say::no_such_group(name).into())
}

/// The same, locked until the end of the transaction.
pub async fn group_for_update(tx: &mut Tx, account: &AccountId, name: &str) -> Result<IamGroup, Refused> {
    tx.iam_groups().get_for_update(account, name).await?.ok_or_else(|| say::no_such_group(name).into())
}

/// A role that must be there.
pub async fn role(tx: &mut Tx, account: &AccountId, name: &str) -> Result<IamRole, Refused> {
    tx.iam_roles().get(account, name).await?.ok_or_else(|| say::no_such_role(name).into())
}

/// The same, locked until the end of the transaction.
pub async fn role_for_update(tx: &mut Tx, account: &AccountId, name: &str) -> Result<IamRole, Refused> {
    tx.iam_roles().get_for_update(account, name).await?.ok_or_else(|| say::no_such_role(name).into())
}

/// Whose keys, or which user, a call with an optional `UserName` asks about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// The user of this name.
    Named(String),
    /// The user of this unique id: the caller itself.
    Itself(String),
    /// The account's root asks about itself.
    Root,
}

/// Who it is about: the one named, else the caller.
pub enum Subject {
    /// A user.
    User(IamUser),
    /// The account's root.
    Root,
}

impl Asked {
    /// Without a name, a call is about whoever signed it. Sessions of roles are nobody's user.
    pub fn of(caller: &Caller, name: Option<String>) -> Result<Self, Refused> {
        if let Some(name) = name {
            return Ok(Self::Named(name));
        }
        match &caller.principal {
            Principal::Root { .. } => Ok(Self::Root),
            Principal::User { id, .. } => Ok(Self::Itself(id.clone())),
            Principal::Session(session) => match &session.of {
                SessionOf::User { id, .. } => Ok(Self::Itself(id.clone())),
                SessionOf::Root => Ok(Self::Root),
                SessionOf::Role { .. } | SessionOf::Federated { .. } => Err(say::user_name_needed().into()),
            },
            Principal::Anonymous => Err(say::user_name_needed().into()),
        }
    }

    /// Who it is.
    pub async fn require(&self, tx: &mut Tx, account: &AccountId) -> Result<Subject, Refused> {
        match self {
            Self::Named(name) => Ok(Subject::User(user(tx, account, name).await?)),
            Self::Itself(id) => Ok(Subject::User(by_id(tx, account, id).await?)),
            Self::Root => Ok(Subject::Root),
        }
    }

    /// The same, locked until the end of the transaction.
    pub async fn require_for_update(&self, tx: &mut Tx, account: &AccountId) -> Result<Subject, Refused> {
        match self {
            Self::Named(name) => Ok(Subject::User(user_for_update(tx, account, name).await?)),
            Self::Itself(id) => {
                let name = by_id(tx, account, id).await?.name;
                Ok(Subject::User(user_for_update(tx, account, &name).await?))
            }
            Self::Root => Ok(Subject::Root),
        }
    }
}

impl Subject {
    /// As rows of keys name it.
    pub fn principal(&self) -> &str {
        match self {
            Self::User(user) => &user.id,
            Self::Root => model::access_key::ROOT,
        }
    }

    /// As answers name it.
    pub fn name(&self) -> &str {
        match self {
            Self::User(user) => &user.name,
            Self::Root => model::access_key::ROOT,
        }
    }
}
