//! Everything that is known about who may do what: users, groups, roles and policies with all that belongs to them.

use crate::policies::Found;
use crate::refused::Refused;
use crate::{attachments, boundaries, documents, policies, roles, tags, trust};
use contract::iam::get_account_authorization_details::Output;
use contract::iam::types::{
    AttachedPolicy, EntityType, GroupDetail, ManagedPolicyDetail, PolicyDetail, RoleDetail, UserDetail,
};
use kernel::AccountId;
use model::access::folded;
use model::{BUILT_IN, IamGroup, IamRole, IamUser, Owner};
use store::{Page, PolicyFilter, Tx};

/// What is shown, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Users.
    Users,
    /// Groups.
    Groups,
    /// Roles.
    Roles,
    /// The account's policies.
    Policies,
    /// The service's own policies.
    BuiltIn,
}

/// All of them.
pub const KINDS: [Kind; 5] = [Kind::Users, Kind::Groups, Kind::Roles, Kind::Policies, Kind::BuiltIn];

impl Kind {
    /// As the filter calls it.
    pub const fn of(self) -> EntityType {
        match self {
            Self::Users => EntityType::User,
            Self::Groups => EntityType::Group,
            Self::Roles => EntityType::Role,
            Self::Policies => EntityType::LocalManagedPolicy,
            Self::BuiltIn => EntityType::AwsManagedPolicy,
        }
    }

    /// Where it stands; grows in the order of [`KINDS`].
    pub const fn place(self) -> &'static str {
        match self {
            Self::Users => "1",
            Self::Groups => "2",
            Self::Roles => "3",
            Self::Policies => "4",
            Self::BuiltIn => "5",
        }
    }
}

/// One of them, not looked into yet.
#[derive(Debug, Clone)]
pub enum Named {
    /// A user.
    User(IamUser),
    /// A group.
    Group(IamGroup),
    /// A role.
    Role(IamRole),
    /// A policy.
    Policy(Found),
}

impl Named {
    /// Its place among its kind.
    pub fn key(&self) -> String {
        match self {
            Self::User(user) => folded(&user.name),
            Self::Group(group) => folded(&group.name),
            Self::Role(role) => folded(&role.name),
            Self::Policy(Found::Account(policy)) => folded(&policy.name),
            Self::Policy(Found::BuiltIn(policy)) => policy.name.to_owned(),
        }
    }
}

/// Those of a kind behind `after`.
pub async fn names(
    tx: &mut Tx,
    account: &AccountId,
    kind: Kind,
    after: &str,
    limit: u32,
) -> Result<Page<Named>, Refused> {
    let everything = PolicyFilter { prefix: "/".to_owned(), attached: false, bounding: false };
    Ok(match kind {
        Kind::Users => named(tx.iam_users().list(account, "/", after, limit).await?, Named::User),
        Kind::Groups => named(tx.iam_groups().list(account, "/", after, limit).await?, Named::Group),
        Kind::Roles => named(tx.iam_roles().list(account, "/", after, limit).await?, Named::Role),
        Kind::Policies => {
            let page = tx.iam_policies().list(account, &everything, after, limit).await?;
            named(page, |policy| Named::Policy(Found::Account(policy)))
        }
        Kind::BuiltIn => built_in(after, limit),
    })
}

fn named<T>(page: Page<T>, name: impl FnMut(T) -> Named) -> Page<Named> {
    Page { items: page.items.into_iter().map(name).collect(), more: page.more }
}

fn built_in(after: &str, limit: u32) -> Page<Named> {
    let mut items: Vec<Named> = BUILT_IN
        .iter()
        .filter(|policy| policy.name > after)
        .map(|policy| Named::Policy(Found::BuiltIn(policy)))
        .collect();
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = items.len() > most;
    items.truncate(most);
    Page { items, more }
}

/// One of them with all that belongs to it.
#[derive(Debug)]
pub enum Detail {
    /// A user.
    User(UserDetail),
    /// A group.
    Group(GroupDetail),
    /// A role.
    Role(Box<RoleDetail>),
    /// A policy.
    Policy(ManagedPolicyDetail),
}

/// Looks one up.
pub async fn detail(tx: &mut Tx, account: &AccountId, named: &Named) -> Result<Detail, Refused> {
    Ok(match named.clone() {
        Named::User(one) => Detail::User(user(tx, account, one).await?),
        Named::Group(one) => Detail::Group(group(tx, account, one).await?),
        Named::Role(one) => Detail::Role(Box::new(role(tx, account, one).await?)),
        Named::Policy(one) => Detail::Policy(policy(tx, account, one).await?),
    })
}

async fn user(tx: &mut Tx, account: &AccountId, user: IamUser) -> Result<UserDetail, Refused> {
    let owner = Owner::User(user.id.clone());
    let groups = tx.iam_groups().list_of(account, &user.id).await?;
    Ok(UserDetail {
        arn: Some(user.arn()),
        path: Some(user.path),
        user_name: Some(user.name),
        user_id: Some(user.id),
        create_date: Some(user.created),
        user_policy_list: Some(inline(tx, account, &owner).await?),
        group_list: Some(groups.into_iter().map(|group| group.name).collect()),
        attached_managed_policies: Some(attached(tx, account, &owner).await?),
        permissions_boundary: boundaries::shown(user.boundary),
        tags: Some(tags::shown(user.tags)),
    })
}

async fn group(tx: &mut Tx, account: &AccountId, group: IamGroup) -> Result<GroupDetail, Refused> {
    let owner = Owner::Group(group.id.clone());
    Ok(GroupDetail {
        arn: Some(group.arn()),
        path: Some(group.path),
        group_name: Some(group.name),
        group_id: Some(group.id),
        create_date: Some(group.created),
        group_policy_list: Some(inline(tx, account, &owner).await?),
        attached_managed_policies: Some(attached(tx, account, &owner).await?),
    })
}

async fn role(tx: &mut Tx, account: &AccountId, role: IamRole) -> Result<RoleDetail, Refused> {
    let owner = Owner::Role(role.id.clone());
    let role = trust::as_it_stands(tx, role).await?;
    Ok(RoleDetail {
        role_last_used: Some(roles::last_used(&role)),
        arn: Some(role.arn()),
        path: Some(role.path),
        role_name: Some(role.name),
        role_id: Some(role.id),
        create_date: Some(role.created),
        assume_role_policy_document: Some(documents::encoded(&role.trust)),
        instance_profile_list: Some(Vec::new()),
        role_policy_list: Some(inline(tx, account, &owner).await?),
        attached_managed_policies: Some(attached(tx, account, &owner).await?),
        permissions_boundary: boundaries::shown(role.boundary),
        tags: Some(tags::shown(role.tags)),
    })
}

async fn policy(tx: &mut Tx, account: &AccountId, found: Found) -> Result<ManagedPolicyDetail, Refused> {
    let default = found.default_version();
    let versions = found.versions(tx).await?;
    let shown = found.shown((0, 0));
    let counts = tx.iam_attachments().get_counts(account, shown.arn.as_deref().unwrap_or_default()).await?;
    Ok(ManagedPolicyDetail {
        policy_name: shown.policy_name,
        policy_id: shown.policy_id,
        arn: shown.arn,
        path: shown.path,
        default_version_id: shown.default_version_id,
        attachment_count: Some(counts.0),
        permissions_boundary_usage_count: Some(counts.1),
        is_attachable: shown.is_attachable,
        description: shown.description,
        create_date: shown.create_date,
        update_date: shown.update_date,
        policy_version_list: Some(
            versions.into_iter().map(|version| policies::version_shown(version, default, true)).collect(),
        ),
    })
}

async fn inline(tx: &mut Tx, account: &AccountId, owner: &Owner) -> Result<Vec<PolicyDetail>, Refused> {
    let all = tx.iam_inline().list(account, owner).await?;
    let shown = |(name, document): (String, String)| PolicyDetail {
        policy_name: Some(name),
        policy_document: Some(documents::encoded(&document)),
    };
    Ok(all.into_iter().map(shown).collect())
}

async fn attached(tx: &mut Tx, account: &AccountId, owner: &Owner) -> Result<Vec<AttachedPolicy>, Refused> {
    let all = tx.iam_attachments().list(account, owner).await?;
    Ok(all.into_iter().map(attachments::shown).collect())
}

/// Each kind in a list of its own.
pub fn gathered(details: impl Iterator<Item = Detail>, empty: Output) -> Output {
    let (mut users, mut groups, mut roles, mut policies) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for detail in details {
        match detail {
            Detail::User(one) => users.push(one),
            Detail::Group(one) => groups.push(one),
            Detail::Role(one) => roles.push(*one),
            Detail::Policy(one) => policies.push(one),
        }
    }
    Output {
        user_detail_list: Some(users),
        group_detail_list: Some(groups),
        role_detail_list: Some(roles),
        policies: Some(policies),
        ..empty
    }
}
