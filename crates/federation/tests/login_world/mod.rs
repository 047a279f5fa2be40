//! Identity pools for the tests of logins.
#![allow(dead_code)] // each test file uses its part

use crate::world::account;
use kernel::{IdentityPoolId, Time};
use model::{IdentityPool, PoolRoles, Providers, UserPoolProvider};

/// The key of [`crate::world::pool`] as Amazon spells it.
pub const AWS_KEY: &str = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI";
/// The same as its tokens' issuer spells it.
pub const PUBLIC_KEY: &str = "id.example/eu-west-1_AbCdEfGhI";
pub const NOT_SUPPORTED: &str = "Token is not from a supported provider of this identity pool.";

pub fn identity_pool(providers: Providers) -> IdentityPool {
    IdentityPool {
        id: IdentityPoolId::parse("eu-west-1:00000000-0000-4000-8000-000000000001").unwrap(),
        account: account(),
        name: "shop".into(),
        guests: false,
        classic: false,
        developer_provider: None,
        providers,
        roles: PoolRoles::default(),
        tag_maps: Default::default(),
        tags: Default::default(),
        created: Time::from_secs(1),
        updated: Time::from_secs(1),
        version: 0,
    }
}

/// A pool that believes a user pool's tokens for these clients.
pub fn of_people(name: &str, clients: &[&str], server_side_check: bool) -> IdentityPool {
    let entry = |id: &&str| UserPoolProvider { name: name.into(), client_id: (*id).into(), server_side_check };
    identity_pool(Providers { user_pools: clients.iter().map(entry).collect(), ..Providers::default() })
}
