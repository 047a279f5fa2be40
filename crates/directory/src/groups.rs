//! Groups as answers show them.

use contract::cognito_idp::types::GroupType;
use model::Group;

/// A group; what was never set is left out.
#[must_use]
pub fn described(group: Group) -> GroupType {
    GroupType {
        group_name: Some(group.name),
        user_pool_id: Some(group.pool.as_str().to_owned()),
        description: group.description,
        role_arn: group.role_arn,
        precedence: group.precedence,
        last_modified_date: Some(group.modified),
        creation_date: Some(group.created),
    }
}
