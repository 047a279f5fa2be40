//! What identity pools know: the pool and whom it believes, identities and their logins, which role somebody gets and
//! with which tags (identity-pools.md).

mod configured;
mod entity;
mod event;
mod logins;
mod pool;
mod proven;
mod resolve;
#[cfg(test)]
mod resolve_test;
mod role_settings;
mod roles;
#[cfg(test)]
mod roles_test;
mod rules;
mod scope_down;
mod session_tags;

pub use configured::Configured;
pub use entity::{Identity, IdentityState};
pub use event::{DomainEvent, EventKind};
pub use logins::{Aliases, Known, LOGINS_MAX, Login, OWN_PROVIDER, USE_STEP};
pub use pool::{IdentityPool, Providers, TagMap, UserPoolProvider};
pub use proven::{Claims, ProvenLogin};
pub use resolve::{Asked, Presented, Resolution, ResolveError, merge_developers, resolve};
pub use role_settings::{Ambiguous, MappingKind, MatchType, PoolRoles, RoleMapping, Rule};
pub use roles::{Chosen, RoleError, choose_role};
pub use scope_down::{GUEST_MANAGED_POLICY, GUEST_SERVICES, guest_policy};
pub use session_tags::{TagError, fits, session_tags};
