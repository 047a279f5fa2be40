//! Attributes between the wire's name-value pairs and a person.

use contract::cognito_idp::types::{AttributeType, UserStatusType, UserType};
use kernel::Secret;
use model::{Client, User};

/// The pairs of a request. A pair without a value clears the attribute, like an empty one.
#[must_use]
pub fn read(given: Option<Vec<AttributeType>>) -> Vec<(String, String)> {
    let pair = |pair: AttributeType| (pair.name, pair.value.map(|value| value.expose()).unwrap_or_default());
    given.unwrap_or_default().into_iter().map(pair).collect()
}

/// All of a person's attributes, the sub first.
#[must_use]
pub fn all(user: &User) -> Vec<AttributeType> {
    pairs(user, |_| true)
}

/// Those a client may read, the sub first.
#[must_use]
pub fn readable(user: &User, client: &Client) -> Vec<AttributeType> {
    pairs(user, |name| client.may_read(name))
}

fn pairs(user: &User, wanted: impl Fn(&str) -> bool) -> Vec<AttributeType> {
    let pair =
        |name: &str, value: &str| AttributeType { name: name.to_owned(), value: Some(Secret::new(value.to_owned())) };
    let sub = wanted("sub").then(|| pair("sub", user.sub.as_str()));
    let others = user.attributes.iter().filter(|(name, _)| wanted(name)).map(|(name, value)| pair(name, value));
    sub.into_iter().chain(others).collect()
}

/// A person as lists show them, with the wanted attributes only where some are named.
#[must_use]
pub fn described(user: &User, wanted: Option<&[String]>) -> UserType {
    let attributes = match wanted {
        Some(names) if !names.is_empty() => pairs(user, |name| names.iter().any(|n| n == name)),
        _ => all(user),
    };
    UserType {
        username: Some(Secret::new(user.username.clone())),
        attributes: Some(attributes),
        user_create_date: Some(user.created),
        user_last_modified_date: Some(user.modified),
        enabled: Some(user.enabled()),
        user_status: Some(status(user)),
        ..UserType::default()
    }
}

/// The status as the contract spells it.
#[must_use]
pub fn status(user: &User) -> UserStatusType {
    UserStatusType::parse(user.status.as_str()).unwrap_or(UserStatusType::Unknown)
}
