//! Permissions boundaries: policies that bound what somebody may do.

use crate::refused::Refused;
use crate::{policies, say};
use contract::iam::types::{AttachedPermissionsBoundary, PermissionsBoundaryAttachmentType};
use kernel::AccountId;
use store::Tx;

/// A boundary as answers show it.
pub fn shown(arn: Option<String>) -> Option<AttachedPermissionsBoundary> {
    arn.map(|arn| AttachedPermissionsBoundary {
        permissions_boundary_type: Some(PermissionsBoundaryAttachmentType::PermissionsBoundaryPolicy),
        permissions_boundary_arn: Some(arn),
    })
}

/// The policy must be there: a boundary that named nothing would bound everything away without a word.
pub async fn check(tx: &mut Tx, account: &AccountId, arn: Option<&str>) -> Result<(), Refused> {
    let Some(arn) = arn else { return Ok(()) };
    policies::find(tx, account, arn).await?.map(|_| ()).ok_or_else(|| say::no_such_boundary(arn).into())
}
