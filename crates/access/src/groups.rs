//! Groups as answers show them.

use contract::iam::types::Group;
use model::IamGroup;

/// A group.
pub fn shown(group: IamGroup) -> Group {
    Group { arn: group.arn(), path: group.path, group_name: group.name, group_id: group.id, create_date: group.created }
}
