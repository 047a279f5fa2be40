//! An identity pool: whom it believes and what it makes of them.

use super::PoolRoles;
use kernel::{AccountId, IdentityPoolId, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An identity pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityPool {
    /// `{region}:{uuid}`.
    pub id: IdentityPoolId,
    /// The account it belongs to.
    pub account: AccountId,
    /// Its name; need not be unique.
    pub name: String,
    /// `AllowUnauthenticatedIdentities`: whether it takes guests.
    pub guests: bool,
    /// `AllowClassicFlow`: whether GetOpenIdToken is served.
    pub classic: bool,
    /// What the developer's own users are keyed by in `Logins`. Once there it never changes.
    pub developer_provider: Option<String>,
    /// Whom it believes beside.
    pub providers: Providers,
    /// Who gets which role.
    pub roles: PoolRoles,
    /// Which claims become session tags, by canonical provider ([`super::Aliases::canonical`]).
    pub tag_maps: BTreeMap<String, TagMap>,
    /// The pool's own tags.
    pub tags: BTreeMap<String, String>,
    /// When it was made.
    pub created: Time,
    /// When it was last changed.
    pub updated: Time,
    /// Moves with every change: a writer that read an older one is told so.
    pub version: i64,
}

/// Whom a pool believes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Providers {
    /// `CognitoIdentityProviders`, in the order they were given.
    pub user_pools: Vec<UserPoolProvider>,
    /// `SupportedLoginProviders`: the app's id by the provider's key.
    pub social: BTreeMap<String, String>,
    /// `OpenIdConnectProviderARNs`.
    pub oidc: Vec<String>,
    /// `SamlProviderARNs`.
    pub saml: Vec<String>,
}

/// One app client of a user pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserPoolProvider {
    /// `ProviderName` as it was entered, in whichever of the pool's aliases.
    pub name: String,
    /// `ClientId`.
    pub client_id: String,
    /// `ServerSideTokenCheck`: whether the person must still be there and signed in.
    pub server_side_check: bool,
}

/// Which claims of a provider's token become session tags.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagMap {
    /// `UseDefaults`: the user's name and the client's id, and nothing of `tags`.
    pub defaults: bool,
    /// The claim by the tag's key.
    pub tags: BTreeMap<String, String>,
}

impl IdentityPool {
    /// `arn:aws:cognito-identity:REGION:ACCOUNT:identitypool/ID`.
    #[must_use]
    pub fn arn(&self) -> String {
        self.id.arn(&self.account)
    }
}
