//! One module per noun: the questions that can be asked about it.

mod access_keys;
mod attempts;
mod clients;
mod codes;
mod counters;
mod credentials;
mod domain_events;
mod families;
mod groups;
mod iam_attachments;
mod iam_grants;
mod iam_groups;
mod iam_inline;
mod iam_policies;
mod iam_providers;
mod iam_role_uses;
mod iam_roles;
mod iam_text;
mod iam_users;
mod identities;
mod identity_logins;
mod identity_pools;
mod key_stock;
mod leases;
mod names;
mod openid_keys;
mod outbox;
mod password_history;
mod pending;
mod pools;
mod sealed;
mod signing_keys;
mod spent;
mod sweeper;
mod users;

pub use access_keys::AccessKeys;
pub use attempts::AttemptRows;
pub use clients::Clients;
pub use codes::Codes;
pub use counters::Counters;
pub use credentials::Credentials;
pub use domain_events::DomainEvents;
pub use families::Families;
pub use groups::Groups;
pub use iam_attachments::{Attached, EntityFilter, IamAttachments};
pub use iam_grants::IamGrants;
pub use iam_groups::IamGroups;
pub use iam_inline::IamInline;
pub use iam_policies::{IamPolicies, PolicyFilter};
pub use iam_providers::IamProviders;
pub use iam_role_uses::IamRoleUses;
pub use iam_roles::IamRoles;
pub use iam_users::IamUsers;
pub use identities::{Identities, IdentityFilter};
pub use identity_pools::IdentityPools;
pub use key_stock::{KeyStock, StockedKey};
pub use leases::{Lease, Leases};
pub use names::{NameKind, Names};
pub use openid_keys::OpenIdKeys;
pub use outbox::{Delivery, Letter, Outbox};
pub use password_history::PasswordHistory;
pub use pending::Pending;
pub use pools::Pools;
pub use sealed::{Sealed, SealedColumn, SealedValue};
pub use signing_keys::SigningKeys;
pub use spent::Spent;
pub use users::{SearchColumn, UserFilter, Users};

use crate::{Row, StoreError, Tx};

/// A piece of a list, in key order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// At most as many as were asked for.
    pub items: Vec<T>,
    /// There are more behind the last one.
    pub more: bool,
}

/// How many rows a page question asks for: one more than wanted tells whether there are more.
fn one_more(limit: u32) -> i64 {
    i64::from(limit) + 1
}

/// Postgres has no text with a zero byte and refuses the whole question (22021): nothing is called so. On SQLite
/// neither, so that both engines answer alike.
fn unstorable(text: &str) -> bool {
    text.contains('\0')
}

impl<T> Page<T> {
    fn of(rows: Vec<Row>, limit: u32, read: impl FnMut(Row) -> Result<T, StoreError>) -> Result<Self, StoreError> {
        let more = rows.len() > limit as usize;
        let items: Result<Vec<T>, StoreError> = rows.into_iter().take(limit as usize).map(read).collect();
        Ok(Self { items: items?, more })
    }
}

macro_rules! nouns {
    ($($(#[$doc:meta])* $method:ident => $noun:ident,)*) => {
        impl Tx {
            $($(#[$doc])* pub fn $method(&mut self) -> $noun<'_> { $noun { tx: self } })*
        }
    };
}
/// Nouns whose rows this node keeps for a second: a transaction that asks for one makes it forget them once it is
/// committed. Readers commit nothing.
macro_rules! kept_nouns {
    ($($(#[$doc:meta])* $method:ident => $noun:ident,)*) => {
        impl Tx {
            $($(#[$doc])* pub fn $method(&mut self) -> $noun<'_> {
                self.touch_settings();
                $noun { tx: self }
            })*
        }
    };
}
kept_nouns! {
    /// Users of the account.
    iam_users => IamUsers,
    /// Groups of users.
    iam_groups => IamGroups,
    /// Roles.
    iam_roles => IamRoles,
    /// Managed policies and their versions.
    iam_policies => IamPolicies,
    /// Inline policies.
    iam_inline => IamInline,
    /// Which managed policies are attached to whom.
    iam_attachments => IamAttachments,
    /// Identity providers the account trusts.
    iam_providers => IamProviders,
    /// Principals with their policies.
    iam_grants => IamGrants,
}
nouns! {
    /// User pools.
    pools => Pools,
    /// App clients and their secrets.
    clients => Clients,
    /// People.
    users => Users,
    /// What people can be called by.
    names => Names,
    /// Password verifiers.
    credentials => Credentials,
    /// Earlier passwords.
    password_history => PasswordHistory,
    /// Outstanding one-time codes.
    codes => Codes,
    /// Groups and who is in them.
    groups => Groups,
    /// Changed contacts that wait for their code.
    pending => Pending,
    /// Token families.
    families => Families,
    /// Identity pools.
    identity_pools => IdentityPools,
    /// Identities and their logins.
    identities => Identities,
    /// What happened to identities.
    domain_events => DomainEvents,
    /// Single-use things that were used.
    spent => Spent,
    /// Failed attempts and locks.
    attempts => AttemptRows,
    /// How often something happened within a window.
    counters => Counters,
    /// Access keys of the account.
    access_keys => AccessKeys,
    /// When roles were last used.
    iam_role_uses => IamRoleUses,
    /// Everything that is sealed.
    sealed => Sealed,
    /// Background jobs and who does them.
    leases => Leases,
    /// Messages and events on their way.
    outbox => Outbox,
    /// Signing keys made ahead of need.
    key_stock => KeyStock,
    /// The pools' signing keys.
    signing_keys => SigningKeys,
    /// The keys that sign tokens of identity pools.
    openid_keys => OpenIdKeys,
}
