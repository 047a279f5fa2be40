//! Which role somebody gets (identity-pools.md 8, steps 1 to 7).

use super::rules::{Outcome, consult};
use super::{Aliases, Ambiguous, PoolRoles, ProvenLogin, RoleMapping};

/// The role, and why this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// Its ARN.
    pub arn: String,
    /// For the operator: which setting led to it.
    pub why: String,
}

/// Why there is no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoleError {
    /// The pool has no role for them (`InvalidIdentityPoolConfigurationException`).
    #[error("no role is set for {0}")]
    NoRole(&'static str),
    /// The mapping led to no single role and denies then.
    #[error("the mapping of {0} is ambiguous and denies")]
    Denied(String),
    /// The role that was asked for is not theirs to take.
    #[error("the role {0} may not be taken")]
    NotAllowed(String),
}

/// The role of somebody with these logins; a guest has none. `custom` is `CustomRoleArn`. Whom the developer vouches for
/// gets the pool's role of people, whatever the mappings say (public API reference).
///
/// # Errors
/// [`RoleError`].
pub fn choose_role(
    roles: &PoolRoles,
    logins: &[ProvenLogin<'_>],
    custom: Option<&str>,
    developer: bool,
    aliases: &Aliases,
) -> Result<Chosen, RoleError> {
    if logins.is_empty() && !developer {
        return default_role(roles.unauthenticated.as_deref(), "unauthenticated", custom);
    }
    let mapped = if developer { Vec::new() } else { mappings(roles, logins, aliases) };
    let mut first: Option<(&str, &RoleMapping)> = None;
    let (mut refused, mut denied) = (None, None);
    for (key, mapping, login) in mapped {
        match consult(mapping, login, custom) {
            Outcome::Role { arn, why } => return Ok(Chosen { arn, why: format!("mapping of {key}: {why}") }),
            Outcome::NotAllowed(arn) => refused = Some(arn),
            // One that denies decides: else a second login would be a way around it.
            Outcome::Ambiguous if mapping.ambiguous == Ambiguous::Deny => denied = denied.or(Some((key, mapping))),
            Outcome::Ambiguous => first = first.or(Some((key, mapping))),
        }
    }
    match (refused, denied.or(first)) {
        (Some(arn), _) => Err(RoleError::NotAllowed(arn)),
        (None, Some((key, mapping))) if mapping.ambiguous == Ambiguous::Deny => Err(RoleError::Denied(key.to_owned())),
        (None, Some((key, _))) => {
            let chosen = default_role(roles.authenticated.as_deref(), "authenticated", custom)?;
            Ok(Chosen { why: format!("mapping of {key}: ambiguous; {}", chosen.why), ..chosen })
        }
        (None, None) => default_role(roles.authenticated.as_deref(), "authenticated", custom),
    }
}

/// The mappings that the logins answer to, by provider key.
fn mappings<'a>(
    roles: &'a PoolRoles,
    logins: &'a [ProvenLogin<'a>],
    aliases: &Aliases,
) -> Vec<(&'a str, &'a RoleMapping, &'a ProvenLogin<'a>)> {
    let mut found: Vec<(String, &str, &RoleMapping, &ProvenLogin<'_>)> = Vec::new();
    for (key, mapping) in &roles.mappings {
        let canonical = aliases.canonical_mapping(key);
        let answers =
            |login: &&ProvenLogin<'_>| login.mapping_keys.iter().any(|own| aliases.canonical_mapping(own) == canonical);
        found.extend(logins.iter().find(answers).map(|login| (canonical.clone(), key.as_str(), mapping, login)));
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found.into_iter().map(|(_, key, mapping, login)| (key, mapping, login)).collect()
}

/// The pool's own role; another one cannot be asked for.
fn default_role(role: Option<&str>, kind: &'static str, custom: Option<&str>) -> Result<Chosen, RoleError> {
    let arn = role.ok_or(RoleError::NoRole(kind))?;
    match custom {
        Some(custom) if custom != arn => Err(RoleError::NotAllowed(custom.to_owned())),
        _ => Ok(Chosen { arn: arn.to_owned(), why: format!("the pool's {kind} role") }),
    }
}
