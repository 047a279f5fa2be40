//! What IAM knows: users, groups, roles, policies, providers, and how much of each there may be
//! (credentials-and-iam.md 3).

mod arn;
mod builtin;
mod documents;
mod grants;
mod group;
mod names;
mod owner;
mod policy;
mod provider;
mod quota;
mod role;
mod tags;
mod user;

pub use arn::PolicyArn;
pub use builtin::{BUILT_IN, BuiltIn};
pub use grants::Grants;
pub use group::IamGroup;
pub use names::{folded, unique_id};
pub use owner::Owner;
pub use policy::{ManagedPolicy, PolicyVersion};
pub use provider::{OidcProvider, SamlProvider};
pub use quota::Quota;
pub use role::{IamRole, MAX_SESSION_DEFAULT_SECS};
pub use tags::{TagList, TagRefusal};
pub use user::IamUser;
