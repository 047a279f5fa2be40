//! Entities and their state machines: pool, client, user, group, credential, code, token family, attempt, access key,
//! temporary credentials, what IAM knows (users, roles, policies) and what identity pools do (identities, logins).
//!
//! Knows: what is true of one entity and which moves it allows. Never knows: rows, bytes on the wire, the present moment.
//! To add an entity: a file here, its noun in `store`, its question in the store's exam.

pub mod access;
pub mod access_key;
pub mod attempt;
pub mod aws_session;
pub mod caller;
pub mod client;
pub mod code;
pub mod credential;
pub mod family;
pub mod group;
pub mod identity;
pub mod password;
pub mod pool;
pub mod refusal;
pub mod say;
pub mod signing_key;
pub mod user;

pub use access::{
    BUILT_IN, BuiltIn, Grants, IamGroup, IamRole, IamUser, ManagedPolicy, OidcProvider, Owner, PolicyArn,
    PolicyVersion, Quota, SamlProvider, TagRefusal,
};
pub use access_key::{AccessKey, AccessKeyStatus, AccessKeyUse};
pub use attempt::{Attempts, Lock};
pub use aws_session::{AwsSession, SessionIdentity, SessionOf};
pub use caller::{Caller, Principal, Served};
pub use client::{Client, ClientSecret, Flow};
pub use code::{Code, CodePurpose};
pub use credential::{Credential, RetiredPassword};
pub use family::{Family, Standing};
pub use group::{Group, Membership, Rank};
pub use identity::{
    Aliases, Ambiguous, Asked, Chosen, Claims, Configured, DomainEvent, EventKind, GUEST_MANAGED_POLICY,
    GUEST_SERVICES, Identity, IdentityPool, IdentityState, Known, LOGINS_MAX, Login, MappingKind, MatchType,
    OWN_PROVIDER, PoolRoles, Presented, ProvenLogin, Providers, Resolution, ResolveError, RoleError, RoleMapping, Rule,
    TagError, TagMap, USE_STEP, UserPoolProvider, choose_role, guest_policy, merge_developers, resolve, session_tags,
};
pub use password::PasswordPolicy;
pub use pool::{Contact, Naming, Pool, Recovery};
pub use refusal::Refusal;
pub use signing_key::{KeyUse, OpenIdKeyRow, SigningKeyRow};
pub use user::{User, UserStatus};
