//! May he? Root may; this is where policies will be evaluated once there are any.

use crate::Authority;
use model::{Caller, Principal};

/// The answer is no. Its text is the service's own sentence (user-pools.md 1.8).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("User: {principal} is not authorized to perform: {action} on resource: {resource}")]
pub struct Denied {
    /// The caller's ARN, or `anonymous`.
    pub principal: String,
    /// `cognito-idp:AdminDisableUser`.
    pub action: String,
    /// The ARN asked about, or `*`.
    pub resource: String,
}

impl Authority {
    /// Whether the caller may do this to that. Root may do everything in its account; nobody else signs yet.
    ///
    /// # Errors
    /// [`Denied`].
    pub fn authorise(&self, caller: &Caller, action: &str, resource: &str) -> Result<(), Denied> {
        match &caller.principal {
            Principal::Root { .. } => Ok(()),
            Principal::Anonymous => Err(Denied {
                principal: "anonymous".to_owned(),
                action: action.to_owned(),
                resource: resource.to_owned(),
            }),
        }
    }
}
