//! The sentences of IAM. Clients compare some of them, so each lives here once. "Observed" are those seen in public
//! reports of the service's own words; the others follow their pattern.

pub mod simulation;

use crate::refused::VALIDATION_ERROR;
use contract::Fault;
use contract::iam::fault;
use model::{Quota, TagRefusal};

/// Observed.
pub fn no_such_user(name: &str) -> Fault {
    fault::no_such_entity(format!("The user with name {name} cannot be found."))
}

/// Observed.
pub fn no_such_group(name: &str) -> Fault {
    fault::no_such_entity(format!("The group with name {name} cannot be found."))
}

/// Observed.
pub fn no_such_role(name: &str) -> Fault {
    fault::no_such_entity(format!("The role with name {name} cannot be found."))
}

/// Observed.
pub fn user_exists(name: &str) -> Fault {
    fault::entity_already_exists(format!("User with name {name} already exists."))
}

/// Observed.
pub fn group_exists(name: &str) -> Fault {
    fault::entity_already_exists(format!("Group with name {name} already exists."))
}

/// Observed.
pub fn role_exists(name: &str) -> Fault {
    fault::entity_already_exists(format!("Role with name {name} already exists."))
}

/// Observed.
pub fn policy_exists(name: &str) -> Fault {
    fault::entity_already_exists(format!("A policy called {name} already exists. Duplicate names are not allowed."))
}

/// Observed.
pub fn provider_exists(name: &str) -> Fault {
    fault::entity_already_exists(format!("Provider with url {name} already exists."))
}

/// As the one for urls.
pub fn saml_provider_exists(name: &str) -> Fault {
    fault::entity_already_exists(format!("SAMLProvider with name {name} already exists."))
}

/// Observed.
pub fn no_such_oidc_provider(arn: &str) -> Fault {
    fault::no_such_entity(format!("OpenIDConnect Provider not found for arn {arn}"))
}

/// Observed.
pub fn no_such_saml_provider(arn: &str) -> Fault {
    fault::no_such_entity(format!("Manifest not found for arn {arn}"))
}

/// Observed: GetPolicy, and detaching what is not attached.
pub fn no_such_policy(arn: &str) -> Fault {
    fault::no_such_entity(format!("Policy {arn} was not found."))
}

/// Observed.
pub fn not_attachable(arn: &str) -> Fault {
    fault::no_such_entity(format!("Policy {arn} does not exist or is not attachable."))
}

/// Observed: the same about a permissions boundary.
pub fn no_such_boundary(arn: &str) -> Fault {
    fault::no_such_entity(format!("Scope ARN: {arn} does not exist or is not attachable."))
}

/// Observed.
pub fn no_such_version(arn: &str, version: &str) -> Fault {
    fault::no_such_entity(format!("Policy {arn} version {version} does not exist or is not attachable."))
}

/// Observed: a trust policy names somebody who is not there.
pub fn no_such_principal(name: &str) -> Fault {
    fault::malformed_policy_document(format!("Invalid principal in policy: \"AWS\":\"{name}\""))
}

/// Observed: `kind` is `user`, `group` or `role`.
pub fn no_such_inline(kind: &str, name: &str) -> Fault {
    fault::no_such_entity(format!("The {kind} policy with name {name} cannot be found."))
}

/// Observed.
pub fn no_such_key(id: &str) -> Fault {
    fault::no_such_entity(format!("The Access Key with id {id} cannot be found."))
}

/// Observed.
pub fn no_login_profile(name: &str) -> Fault {
    fault::no_such_entity(format!("Login Profile for User {name} cannot be found."))
}

/// RemoveUserFromGroup of somebody who is not in it.
pub fn not_a_member(user: &str, group: &str) -> Fault {
    fault::no_such_entity(format!("User {user} is not in group {group}."))
}

/// Observed.
pub fn arn_invalid(arn: &str) -> Fault {
    fault::invalid_input(format!("ARN {arn} is not valid."))
}

/// A change of a policy that is text of the program.
pub fn built_in_policy(arn: &str) -> Fault {
    fault::invalid_input(format!("Policy {arn} is managed by the service and cannot be changed."))
}

/// Observed.
pub fn quota_exceeded(quota: Quota) -> Fault {
    fault::limit_exceeded(format!("Cannot exceed quota for {}: {}", quota.name(), quota.most()))
}

/// Observed, of inline policies: `kind` is `user`, `group` or `role`.
pub fn inline_too_large(quota: Quota, kind: &str, name: &str) -> Fault {
    fault::limit_exceeded(format!("Maximum policy size of {} bytes exceeded for {kind} {name}", quota.most()))
}

/// Observed.
pub fn versions_exceeded() -> Fault {
    fault::limit_exceeded(format!(
        "A managed policy can have up to {} versions. Before you create a new version, you must delete an existing version.",
        Quota::VersionsPerPolicy.most()
    ))
}

/// Why something cannot be deleted yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InTheWay {
    /// Managed policies are attached.
    Attachments,
    /// It has inline policies.
    Inline,
    /// The user is in groups, or the group has users.
    Membership,
    /// The user has access keys.
    Keys,
    /// The policy is attached to somebody or bounds them.
    Attached,
    /// The policy has further versions.
    Versions,
    /// The version is the one in force.
    DefaultVersion,
}

/// Observed.
pub fn delete_conflict(what: InTheWay) -> Fault {
    fault::delete_conflict(match what {
        InTheWay::Attachments => "Cannot delete entity, must detach all policies first.",
        InTheWay::Inline => "Cannot delete entity, must delete policies first.",
        InTheWay::Membership => "Cannot delete entity, must remove users from group first.",
        InTheWay::Keys => "Cannot delete entity, must delete access keys first.",
        InTheWay::Attached => "Cannot delete a policy attached to entities.",
        InTheWay::Versions => {
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. \
             The default version is deleted with the policy."
        }
        InTheWay::DefaultVersion => "Cannot delete the default version of a policy.",
    })
}

/// Tags that are not taken.
pub fn tags_refused(refusal: TagRefusal) -> Fault {
    match refusal {
        TagRefusal::Twice => {
            fault::invalid_input("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
        }
        TagRefusal::Reserved => {
            fault::invalid_input("Tag keys that begin with aws: are reserved for the service's own use.")
        }
        TagRefusal::TooMany => quota_exceeded(Quota::Tags),
    }
}

/// Observed: GetUser and the key operations without a name, by somebody who is no user.
pub fn user_name_needed() -> Fault {
    Fault::new(&VALIDATION_ERROR, "Must specify userName when calling with non-User credentials")
}

/// A marker that is not ours, of another list, or too old.
pub fn marker_invalid() -> Fault {
    Fault::new(&VALIDATION_ERROR, "Invalid Marker.")
}

/// UpdateAccessKey to a status that only time brings.
pub fn status_not_settable(status: &str) -> Fault {
    fault::invalid_input(format!("Access keys cannot be set to {status}."))
}

/// Observed.
pub fn url_invalid() -> Fault {
    Fault::new(&VALIDATION_ERROR, "Invalid Open ID Connect Provider URL")
}

/// A thumbprint that is no SHA-1 digest in hexadecimal.
pub fn thumbprint_invalid() -> Fault {
    fault::invalid_input("Thumbprints are SHA-1 digests, 40 hexadecimal digits each.")
}

/// Observed.
pub fn metadata_unreadable() -> Fault {
    fault::invalid_input("Could not parse metadata")
}

/// Assertions that are encrypted for us are refused rather than stored without effect.
pub fn encryption_not_served() -> Fault {
    fault::invalid_input("Encrypted SAML assertions are not supported.")
}
