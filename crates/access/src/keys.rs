//! Access keys as answers show them.

use contract::iam::types::{AccessKeyMetadata, StatusType};
use model::{AccessKey, AccessKeyStatus};

/// A key without its secret, which is shown once.
pub fn shown(key: AccessKey, user_name: &str) -> AccessKeyMetadata {
    AccessKeyMetadata {
        user_name: Some(user_name.to_owned()),
        access_key_id: Some(key.id),
        status: Some(if key.status == AccessKeyStatus::Active { StatusType::Active } else { StatusType::Inactive }),
        create_date: Some(key.created),
    }
}
