//! Sentences about identities, their logins and their credentials.

use contract::Fault;
use contract::cognito_identity::fault;
use federation::{LoginError, LoginFault};
use model::{Refusal, ResolveError, RoleError};

/// Believed to be the service's. Of another region or account an identity does not exist either.
pub fn no_such_identity(id: &str) -> Fault {
    fault::resource_not_found(format!("Identity '{id}' not found."))
}

/// Observed (amazon-cognito-ios #13).
pub fn forbidden(id: &str) -> Fault {
    fault::not_authorized(format!("Access to Identity '{id}' is forbidden."))
}

/// Observed, widely.
pub fn no_guests() -> Fault {
    fault::not_authorized("Unauthenticated access is not supported for this identity pool.")
}

/// Observed (amazon-cognito-identity-js #68, aws-sdk-net #1112).
pub fn logins_dont_match() -> Fault {
    fault::not_authorized(
        "Logins don't match. Please include at least one valid login for this identity or identity pool.",
    )
}

/// The class is documented, the words are believed.
pub fn already_linked() -> Fault {
    fault::resource_conflict("Logins are already linked to another account.")
}

/// The model's own words.
pub fn already_registered() -> Fault {
    fault::developer_user_already_registered(
        "This developer user identifier is already registered with Cognito under a different identity ID",
    )
}

/// More logins than an identity may have.
pub fn too_many_logins() -> Fault {
    fault::resource_conflict(format!("An identity can have at most {} linked logins.", model::LOGINS_MAX))
}

/// Why somebody is nobody.
pub fn unresolved(error: ResolveError, presented: &str) -> Fault {
    match error {
        ResolveError::NotFound => no_such_identity(presented),
        ResolveError::Forbidden => forbidden(presented),
        ResolveError::GuestsRefused => no_guests(),
        ResolveError::LoginsDontMatch => logins_dont_match(),
        ResolveError::AlreadyLinked => already_linked(),
        ResolveError::AlreadyRegistered => already_registered(),
        ResolveError::TooManyLogins => too_many_logins(),
    }
}

/// Why a login is not believed: the caller hears the sentence, operators what stands behind it.
pub fn login_refused(error: LoginError) -> Fault {
    let (sentence, reason) = (error.to_string(), error.reason());
    match error.fault() {
        LoginFault::NotAuthorized => fault::not_authorized(sentence).audited(reason),
        LoginFault::ExternalService => fault::external_service(sentence).audited(reason),
        LoginFault::Internal => match error {
            LoginError::Unanswered(refusal) => broken(refusal),
            other => fault::internal_error("Internal error").because(other),
        },
    }
}

/// Something of ours did not answer.
pub fn broken(refusal: Refusal) -> Fault {
    match refusal {
        Refusal::Busy => fault::too_many_requests("Rate exceeded"),
        other => fault::internal_error("Internal error").because(other),
    }
}

/// A token of ours that speaks for no identity that signed in, or for another one.
pub fn own_token_elsewhere(reason: &str) -> Fault {
    logins_dont_match().audited(reason)
}

/// A token of ours says everything there is to say.
pub fn own_token_stands_alone() -> Fault {
    fault::invalid_parameter(format!("A token of {} cannot be presented with other logins.", model::OWN_PROVIDER))
}

/// Observed (amplify-js #741 and many others): the caller never learns which role, or why.
pub fn misconfigured(reason: impl Into<String>) -> Fault {
    fault::invalid_identity_pool_configuration(
        "Invalid identity pool configuration. Check assigned IAM roles for this pool.",
    )
    .audited(reason)
}

/// Why there is no role.
pub fn no_role(error: RoleError) -> Fault {
    let reason = error.to_string();
    match error {
        RoleError::NoRole(_) => misconfigured(reason),
        // Observed (amplify-js #8644).
        RoleError::Denied(_) => {
            fault::not_authorized("The ambiguous role mapping rules denied this request").audited(reason)
        }
        RoleError::NotAllowed(_) => {
            fault::not_authorized("The custom role is not among the roles of this identity.").audited(reason)
        }
    }
}

/// Observed (amplify-js #9704).
pub fn classic_is_closed() -> Fault {
    fault::invalid_parameter("Basic (classic) flow is not enabled, please use enhanced flow.")
}

/// Observed (aws-rum-web #172).
pub fn classic_knows_no_mappings() -> Fault {
    fault::invalid_parameter("Basic (classic) flow is not supported with RoleMappings, please use enhanced flow.")
}

/// Observed class (LambdAuth #32).
pub fn not_the_developer_provider() -> Fault {
    fault::invalid_parameter("This identity pool does not support the specified developer provider")
}

/// Neither of the two that would say who is meant.
pub fn nobody_is_looked_up() -> Fault {
    fault::invalid_parameter("Either IdentityId or DeveloperUserIdentifier is required.")
}

/// A developer's user whom nobody has registered.
pub fn no_such_developer_user() -> Fault {
    fault::resource_not_found("The developer user identifier is not registered in this identity pool.")
}

/// An identifier and an identity that do not belong together.
pub fn another_developer_user() -> Fault {
    fault::resource_conflict("The developer user identifier is registered under a different identity ID.")
}

/// A login that the identity does not have.
pub fn not_linked(provider: &str) -> Fault {
    fault::resource_not_found(format!("No login of {provider} is linked to this identity."))
}

/// Tags that a token cannot carry.
pub fn tags_do_not_fit(error: &model::TagError) -> Fault {
    fault::invalid_parameter(format!("The principal tags cannot be used: {error}."))
}

/// The contract bounds identifiers only where they stand by themselves.
pub fn developer_user_too_long() -> Fault {
    fault::invalid_parameter("A developer user identifier has 1 to 1024 characters.")
}
