//! What one mapping makes of a token's claims (identity-pools.md 8, steps 3 and 4).

use super::{Claims, MappingKind, MatchType, ProvenLogin, RoleMapping, Rule};
use serde_json::Value;
use std::borrow::Cow;

/// Where a mapping leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// To this role.
    Role {
        /// Its ARN.
        arn: String,
        /// Which part of the mapping said so.
        why: String,
    },
    /// To none, or to more than one.
    Ambiguous,
    /// The role that was asked for is none of those it leads to.
    NotAllowed(String),
}

/// Asks one mapping. `custom` is the role that was asked for.
pub(super) fn consult(mapping: &RoleMapping, login: &ProvenLogin<'_>, custom: Option<&str>) -> Outcome {
    match &mapping.kind {
        MappingKind::Token if !login.names_roles => by_token(&Claims::default(), custom),
        MappingKind::Token => by_token(&login.claims, custom),
        MappingKind::Rules(rules) => by_rules(rules, &login.claims, custom),
    }
}

/// The token names the roles: a user pool puts those of the person's groups into it.
fn by_token(claims: &Claims, custom: Option<&str>) -> Outcome {
    let roles = told_roles(claims);
    let role = |arn: &str, why: &str| Outcome::Role { arn: arn.to_owned(), why: why.to_owned() };
    if let Some(custom) = custom {
        return if roles.iter().any(|arn| arn == custom) {
            role(custom, "CustomRoleArn is one of cognito:roles")
        } else {
            Outcome::NotAllowed(custom.to_owned())
        };
    }
    let preferred = claims.get("cognito:preferred_role").and_then(Value::as_str).filter(|arn| !arn.is_empty());
    match (preferred, roles.as_slice()) {
        (Some(arn), _) => role(arn, "cognito:preferred_role"),
        (None, [only]) => role(only, "the only one of cognito:roles"),
        (None, _) => Outcome::Ambiguous,
    }
}

/// `cognito:roles`, each once. Observed: a list; the developer guide says text with commas.
fn told_roles(claims: &Claims) -> Vec<String> {
    let mut roles: Vec<String> = match claims.get("cognito:roles") {
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::String(text)) => text.split(',').map(|arn| arn.trim().to_owned()).collect(),
        _ => Vec::new(),
    };
    roles.retain(|arn| !arn.is_empty());
    roles.sort_unstable();
    roles.dedup();
    roles
}

/// The first rule that matches; where a role is asked for, any that matches and leads to it.
fn by_rules(rules: &[Rule], claims: &Claims, custom: Option<&str>) -> Outcome {
    let wanted = |rule: &&(usize, &Rule)| custom.is_none_or(|arn| rule.1.role_arn == arn);
    let numbered = rules.iter().enumerate().map(|(at, rule)| (at + 1, rule));
    let matching: Vec<(usize, &Rule)> = numbered.filter(|(_, rule)| matches(rule, claims)).collect();
    match (matching.iter().find(wanted), custom) {
        (Some((number, rule)), _) => {
            let why = format!("rule {number}, {} {:?} {:?}", rule.claim, rule.match_type, rule.value);
            Outcome::Role { arn: rule.role_arn.clone(), why }
        }
        (None, Some(custom)) => Outcome::NotAllowed(custom.to_owned()),
        (None, None) => Outcome::Ambiguous,
    }
}

/// Whether a rule holds. Case counts. Of a list, one element is enough; for NotEqual none may be the value.
fn matches(rule: &Rule, claims: &Claims) -> bool {
    let texts: Vec<Cow<'_, str>> = match claims.get(&rule.claim) {
        None | Some(Value::Null) => return false,
        Some(Value::Array(list)) => list.iter().map(text).collect(),
        Some(single) => vec![text(single)],
    };
    let value = rule.value.as_str();
    match rule.match_type {
        MatchType::Equals => texts.iter().any(|text| text == value),
        MatchType::Contains => texts.iter().any(|text| text.contains(value)),
        MatchType::StartsWith => texts.iter().any(|text| text.starts_with(value)),
        MatchType::NotEqual => texts.iter().all(|text| text != value),
    }
}

/// A claim as text; what is no text is compared as JSON writes it.
fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}
