//! Roles as answers show them.

use crate::{boundaries, documents, tags};
use contract::iam::types::{Role, RoleLastUsed};
use model::IamRole;

/// A role with everything that is known but its use.
pub fn shown(role: IamRole) -> Role {
    let (boundary, tags) = (role.boundary.clone(), role.tags.clone());
    Role { permissions_boundary: boundaries::shown(boundary), tags: tags::any(tags), ..listed(role) }
}

/// A role as lists show it: without boundary, tags and use.
pub fn listed(role: IamRole) -> Role {
    Role {
        arn: role.arn(),
        path: role.path,
        role_name: role.name,
        role_id: role.id,
        create_date: role.created,
        assume_role_policy_document: Some(documents::encoded(&role.trust)),
        description: role.description,
        max_session_duration: Some(role.max_session_secs),
        ..Role::default()
    }
}

/// When a role was last used; empty when it never was.
pub fn last_used(role: &IamRole) -> RoleLastUsed {
    let (at, region) = role.last_used.clone().unzip();
    RoleLastUsed { last_used_date: at, region }
}

/// A description nobody gave is none.
pub fn described(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}
