//! The sentences of simulations. None of them was observed; they name the member that is wrong.

use contract::Fault;
use contract::iam::fault;

/// A policy of the request is none. `place` is the member, counted: `PolicyInputList.1`.
pub fn policy_invalid(place: &str, sentence: &str) -> Fault {
    fault::invalid_input(format!("Invalid policy {place}: {sentence}"))
}

/// A policy that is kept cannot be read: that is our fault, and no simulation can tell what it would have said.
pub fn policy_unreadable(id: &str) -> Fault {
    fault::policy_evaluation(format!("Policy {id} could not be evaluated."))
}

/// An action with wildcards, or without its service.
pub fn action_invalid(name: &str) -> Fault {
    fault::invalid_input(format!("{name} is not the name of an action: service:Name, without wildcards."))
}

/// A resource that is neither `*` nor an ARN.
pub fn resource_invalid(name: &str) -> Fault {
    fault::invalid_input(format!("Resource {name} must be in ARN format or \"*\"."))
}

/// A context entry without a name or a type.
pub fn entry_incomplete() -> Fault {
    fault::invalid_input("Context entries must have a name and a type.")
}

/// Two entries of one key.
pub fn entry_twice(key: &str) -> Fault {
    fault::invalid_input(format!("Context key {key} is given more than once."))
}

/// Values that are not of the type their entry says.
pub fn entry_invalid(key: &str, kind: &str) -> Fault {
    fault::invalid_input(format!("The values of context key {key} are not of type {kind}."))
}

/// Resource policies name principals: without a caller there is nobody they could name.
pub fn caller_needed() -> Fault {
    fault::invalid_input("CallerArn must be given with ResourcePolicy where the policies are not those of a user.")
}

/// Only users can be simulated as callers.
pub fn caller_invalid(arn: &str) -> Fault {
    fault::invalid_input(format!("CallerArn {arn} must be the ARN of a user."))
}

/// Between accounts both sides must allow; there is one account here.
pub fn other_account(named: &str) -> Fault {
    fault::invalid_input(format!("{named} belongs to another account, which cannot be simulated."))
}

/// One boundary bounds a principal.
pub fn one_boundary() -> Fault {
    fault::invalid_input("PermissionsBoundaryPolicyInputList can hold one policy.")
}

/// The scenarios of another service's instances.
pub fn handling_not_served() -> Fault {
    fault::invalid_input("ResourceHandlingOption is not supported.")
}

/// An identifier that names no policy, or two.
pub fn exclusion_invalid() -> Fault {
    fault::invalid_input("A policy to exclude is named either by PolicyArn or by InlinePolicyIdentifier.")
}

/// More than one call may ask. The models know no limit for these operations, so it is told as input that is not taken.
pub fn too_much(most: usize) -> Fault {
    fault::invalid_input(format!("Actions times resources times statements of a simulation can be {most} at most."))
}
