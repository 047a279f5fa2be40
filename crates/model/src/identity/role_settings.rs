//! Who gets which role, as SetIdentityPoolRoles sets it.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The roles of a pool.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolRoles {
    /// The ARN of the role of people.
    pub authenticated: Option<String>,
    /// The ARN of the role of guests.
    pub unauthenticated: Option<String>,
    /// Other roles for the people of a provider, by its mapping key as it was entered.
    pub mappings: BTreeMap<String, RoleMapping>,
}

/// Which role the people of one provider get.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleMapping {
    /// How it is found.
    pub kind: MappingKind,
    /// `AmbiguousRoleResolution`: what happens when none or more than one is.
    pub ambiguous: Ambiguous,
}

/// How a mapping finds the role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum MappingKind {
    /// The token names it.
    Token,
    /// The first of these that matches, in stored order.
    Rules(Vec<Rule>),
}

/// What happens when a mapping does not lead to one role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ambiguous {
    /// The pool's role of people.
    AuthenticatedRole,
    /// A refusal.
    Deny,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// The claim it looks at.
    pub claim: String,
    /// How it compares.
    pub match_type: MatchType,
    /// With what.
    pub value: String,
    /// The role's ARN.
    pub role_arn: String,
}

/// How a rule compares a claim with its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MatchType {
    /// The same text.
    Equals,
    /// The value stands somewhere in it.
    Contains,
    /// It begins with the value.
    StartsWith,
    /// Another text. A claim that is not there is no other text.
    NotEqual,
}
