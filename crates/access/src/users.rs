//! Users as answers show them.

use crate::{boundaries, tags};
use contract::iam::types::User;
use kernel::{AccountId, Time};
use model::IamUser;

/// A user with everything that is known.
pub fn shown(user: IamUser) -> User {
    let (boundary, tags) = (user.boundary.clone(), user.tags.clone());
    User { permissions_boundary: boundaries::shown(boundary), tags: tags::any(tags), ..listed(user) }
}

/// A user as lists show it: without boundary and tags.
pub fn listed(user: IamUser) -> User {
    User {
        arn: user.arn(),
        path: user.path,
        user_name: user.name,
        user_id: user.id,
        create_date: user.created,
        password_last_used: None,
        permissions_boundary: None,
        tags: None,
    }
}

/// The account's root, when it asks about itself.
pub fn root(account: &AccountId, since: Time) -> User {
    User {
        path: "/".to_owned(),
        user_name: model::access_key::ROOT.to_owned(),
        user_id: account.to_string(),
        arn: format!("arn:aws:iam::{account}:root"),
        create_date: since,
        ..User::default()
    }
}
