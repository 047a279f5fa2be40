//! Requests that carry the settings of a thing: the way from the request to the shape in which the settings are kept.
//! The members are the same and the types are not, so copying by hand forgets the member a new contract adds.

use super::names::{snake, type_name};
use super::service::Service;
use anyhow::bail;
use std::fmt::Write;

/// Requests, and the shape their settings are kept in.
const KEPT: [(&str, &str); 4] = [
    ("CreateUserPoolRequest", "UserPoolType"),
    ("UpdateUserPoolRequest", "UserPoolType"),
    ("CreateUserPoolClientRequest", "UserPoolClientType"),
    ("UpdateUserPoolClientRequest", "UserPoolClientType"),
];
/// Members that say which thing is meant, are kept elsewhere and sealed, or that the handler reads into another member.
const NO_SETTINGS: [&str; 6] = ["UserPoolId", "ClientId", "ClientSecret", "GenerateSecret", "PoolName", "Schema"];

/// `Input::into_settings` for a request that carries settings; nothing for any other.
pub(crate) fn conversion(service: &Service, request: &str) -> anyhow::Result<String> {
    let Some((_, kept)) = KEPT.iter().find(|(name, _)| service.module == "cognito_idp" && *name == request) else {
        return Ok(String::new());
    };
    let theirs = service.facts.members(kept);
    let mut fields = String::new();
    for member in service.facts.members(request) {
        if NO_SETTINGS.contains(&member.name.as_str()) {
            continue;
        }
        let same = theirs.iter().find(|other| other.name == member.name && other.shape == member.shape);
        let Some(same) = same else { bail!("{kept} has no member for {}: say in settings.rs what it is", member.name) };
        let field = snake(&member.name);
        match (member.required, same.required) {
            (true, false) => writeln!(fields, "{field}: Some(self.{field}),")?,
            _ => writeln!(fields, "{field}: self.{field},")?,
        }
    }
    let kept = type_name(kept);
    Ok(format!(
        "impl Input {{\n    /// The settings among the members; what names the thing is left out.\n    #[must_use]\n    \
         pub fn into_settings(self) -> types::{kept} {{\n types::{kept} {{\n{fields}..types::{kept}::default()\n}}\n}}\n}}\n"
    ))
}
