//! The policies a principal holds: its own, its groups', its boundary.

use super::who::Who;
use crate::refused::Refused;
use crate::whom::Whom;
use crate::{attachments, say, whom};
use contract::Fault;
use contract::iam::types::{AttachmentType, PolicyIdentifier, PolicyIdentifierPolicyType, PolicySourceType};
use kernel::AccountId;
use model::{BUILT_IN, Owner};
use store::Tx;

/// A policy as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Which.
    pub name: Name,
    /// Its text.
    pub document: String,
}

/// How a policy is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Name {
    /// Of one user, group or role: whose, and its name.
    Inline(Whom, String),
    /// By its ARN.
    Managed(String),
}

/// A principal with what it holds.
#[derive(Debug)]
pub struct Holder {
    /// Who it is to policies.
    pub who: Who,
    /// Its own policies and its groups'.
    pub identity: Vec<Held>,
    /// The policy that bounds it. One that is gone bounds everything away.
    pub boundary: Option<(String, Option<Held>)>,
}

impl Held {
    /// As answers call it. Observed: managed policies by their names, inline ones by whose they are.
    pub fn id(&self) -> String {
        match &self.name {
            Name::Inline(whom, name) => format!("{}_{}_{name}", whom.kind(), whom.name()),
            Name::Managed(arn) => attachments::shown(arn.clone()).policy_name.unwrap_or_else(|| arn.clone()),
        }
    }

    /// Where it comes from.
    pub fn source(&self) -> PolicySourceType {
        match &self.name {
            Name::Inline(Whom::User(_), _) => PolicySourceType::User,
            Name::Inline(Whom::Group(_), _) => PolicySourceType::Group,
            Name::Inline(Whom::Role(_), _) => PolicySourceType::Role,
            Name::Managed(arn) if is_built_in(arn) => PolicySourceType::AwsManaged,
            Name::Managed(_) => PolicySourceType::UserManaged,
        }
    }
}

fn is_built_in(arn: &str) -> bool {
    BUILT_IN.iter().any(|policy| policy.arn() == arn)
}

/// What an ARN of a principal holds.
pub async fn holder(tx: &mut Tx, account: &AccountId, arn: &str) -> Result<Holder, Refused> {
    let mut holder = match principal(account, arn)? {
        Whom::User(name) => {
            let user = whom::user(tx, account, &name).await?;
            same(&user.arn(), arn, || say::no_such_user(&name))?;
            let mut identity = of(tx, account, Whom::User(user.name.clone()), Owner::User(user.id.clone())).await?;
            for group in tx.iam_groups().list_of(account, &user.id).await? {
                identity.extend(of(tx, account, Whom::Group(group.name), Owner::Group(group.id)).await?);
            }
            Holder { who: Who::user(&user), identity, boundary: user.boundary.map(|arn| (arn, None)) }
        }
        Whom::Group(name) => {
            let group = whom::group(tx, account, &name).await?;
            same(&group.arn(), arn, || say::no_such_group(&name))?;
            let identity = of(tx, account, Whom::Group(group.name), Owner::Group(group.id)).await?;
            Holder { who: Who::default(), identity, boundary: None }
        }
        Whom::Role(name) => {
            let role = whom::role(tx, account, &name).await?;
            same(&role.arn(), arn, || say::no_such_role(&name))?;
            let identity = of(tx, account, Whom::Role(role.name.clone()), Owner::Role(role.id.clone())).await?;
            Holder { who: Who::role(&role), identity, boundary: role.boundary.map(|arn| (arn, None)) }
        }
    };
    if let Some((arn, held)) = &mut holder.boundary {
        *held = managed(tx, account, arn).await?;
    }
    Ok(holder)
}

/// Names are found whatever their case and path; an ARN names one with both.
fn same(own: &str, asked: &str, otherwise: impl FnOnce() -> Fault) -> Result<(), Refused> {
    if own == asked { Ok(()) } else { Err(otherwise().into()) }
}

/// `arn:aws:iam::ACCOUNT:user/path/NAME`, or of a group or role. Another account's principals are not there.
fn principal(account: &AccountId, arn: &str) -> Result<Whom, Refused> {
    let invalid = || Refused::from(say::arn_invalid(arn));
    let named = arn.strip_prefix("arn:aws:iam::").and_then(|rest| rest.split_once(':'));
    let (owner, thing) = named.filter(|_| !arn.contains('\0')).ok_or_else(invalid)?;
    let (kind, path) = thing.split_once('/').ok_or_else(invalid)?;
    let name = path.rsplit('/').next().filter(|name| !name.is_empty()).ok_or_else(invalid)?.to_owned();
    let ours = owner == account.as_str();
    match kind {
        "user" if ours => Ok(Whom::User(name)),
        "group" if ours => Ok(Whom::Group(name)),
        "role" if ours => Ok(Whom::Role(name)),
        "user" => Err(say::no_such_user(&name).into()),
        "group" => Err(say::no_such_group(&name).into()),
        "role" => Err(say::no_such_role(&name).into()),
        _ => Err(invalid()),
    }
}

/// The inline and the managed policies of one owner.
async fn of(tx: &mut Tx, account: &AccountId, whom: Whom, owner: Owner) -> Result<Vec<Held>, Refused> {
    let inline = tx.iam_inline().list(account, &owner).await?.into_iter();
    let mut all: Vec<Held> =
        inline.map(|(name, document)| Held { name: Name::Inline(whom.clone(), name), document }).collect();
    for arn in tx.iam_attachments().list(account, &owner).await? {
        // One that is gone allows nothing and denies nothing.
        all.extend(managed(tx, account, &arn).await?);
    }
    Ok(all)
}

async fn managed(tx: &mut Tx, account: &AccountId, arn: &str) -> Result<Option<Held>, Refused> {
    let document = tx.iam_grants().get_document(account, arn).await?;
    Ok(document.map(|document| Held { name: Name::Managed(arn.to_owned()), document }))
}

impl Holder {
    /// Leaves out what the request wants left out. What is not held is out already.
    pub fn without(mut self, excluded: &[PolicyIdentifier]) -> Result<Self, Refused> {
        for one in excluded {
            match (&one.policy_arn, &one.inline_policy_identifier) {
                (Some(arn), None) => self.leave_out(arn, one.policy_type),
                (None, Some(inline)) => {
                    let attached = inline.attachment_name.clone();
                    let whom = match inline.attachment_type {
                        AttachmentType::User => Whom::User(attached),
                        AttachmentType::Group => Whom::Group(attached),
                        AttachmentType::Role => Whom::Role(attached),
                    };
                    let name = Name::Inline(whom, inline.policy_name.clone());
                    self.identity.retain(|held| held.name != name);
                }
                (Some(_), Some(_)) | (None, None) => return Err(say::simulation::exclusion_invalid().into()),
            }
        }
        Ok(self)
    }

    /// A policy may bound somebody and be attached as well: the type says which of the two is meant.
    fn leave_out(&mut self, arn: &str, kind: Option<PolicyIdentifierPolicyType>) {
        let bounds = kind == Some(PolicyIdentifierPolicyType::PermissionBoundary);
        if bounds || kind.is_none() {
            self.boundary.take_if(|(known, _)| known == arn);
        }
        if !bounds {
            self.identity.retain(|held| !matches!(&held.name, Name::Managed(known) if known == arn));
        }
    }
}
