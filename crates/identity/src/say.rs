//! The sentences of identity pools. Clients compare many of them, so each lives here once. "Observed" are those seen in
//! public reports of the service's own words (identity-pools.md 3 to 9); the others follow their pattern.

mod identities;

pub use identities::*;

use contract::Fault;
use contract::cognito_identity::fault;

/// Of another region or account a pool does not exist either.
pub fn no_such_pool(id: &str) -> Fault {
    fault::resource_not_found(format!("IdentityPool '{id}' not found."))
}

/// A page token that is not ours, of another list, or too old.
pub fn invalid_pagination_token() -> Fault {
    fault::invalid_parameter("Invalid pagination token")
}

/// Observed (aws-cdk #22951): a mapping for somebody the pool takes no tokens of.
pub fn not_a_mapping_key(key: &str) -> Fault {
    fault::invalid_parameter(format!("{key} is not a valid RoleMapping ProviderName or is not a configured provider."))
}

/// Roles by token, for a provider whose tokens name none.
pub fn token_mapping_elsewhere(key: &str) -> Fault {
    fault::invalid_parameter(format!(
        "Tokens of {key} name no roles: only those of user pools of this server and of SAML providers do."
    ))
}

/// Another writer came first, and what was read is no longer what stands there.
pub fn changed_meanwhile() -> Fault {
    fault::concurrent_modification("The identity pool was changed meanwhile. Read it again and retry.")
}

/// A developer provider's name, once set, stays (identity-pools.md 2).
pub fn developer_provider_stays() -> Fault {
    fault::invalid_parameter("DeveloperProviderName cannot be changed once it is set.")
}

/// A developer provider named as a public one would let a backend speak for people of that provider.
pub fn developer_provider_is_public(name: &str) -> Fault {
    fault::invalid_parameter(format!("{name} is the name of a public provider and cannot name a developer provider."))
}

/// An entry of `CognitoIdentityProviders` that leaves out what the contract calls optional.
pub fn user_pool_incomplete() -> Fault {
    fault::invalid_parameter("A Cognito identity provider needs a ProviderName and a ClientId.")
}

/// The same user pool and client twice.
pub fn user_pool_twice(name: &str, client: &str) -> Fault {
    fault::invalid_parameter(format!("The Cognito identity provider {name} with client {client} is given twice."))
}

/// A provider name that leads to no user pool.
pub fn no_such_user_pool(name: &str) -> Fault {
    fault::invalid_parameter(format!("Invalid Cognito Identity Provider: {name} is not a user pool."))
}

/// A client that the user pool does not have.
pub fn no_such_client(name: &str, client: &str) -> Fault {
    fault::invalid_parameter(format!("Invalid Cognito Identity Provider: {name} has no client {client}."))
}

/// More of something than a pool may have.
pub fn too_many(what: &str, most: usize) -> Fault {
    fault::limit_exceeded(format!("An identity pool can have at most {most} {what}."))
}

/// A key of `SupportedLoginProviders` that names no provider known here.
pub fn not_a_login_provider(name: &str) -> Fault {
    fault::invalid_parameter(format!("{name} is not a supported login provider."))
}

/// The app id of a provider in another form than that provider's.
pub fn app_id_invalid(provider: &str) -> Fault {
    fault::invalid_parameter(format!("The app id given for {provider} is not valid."))
}

/// An ARN in `OpenIdConnectProviderARNs` that names none of the account's providers.
pub fn no_such_oidc_provider(arn: &str) -> Fault {
    fault::invalid_parameter(format!("Invalid OpenIdConnect Provider ARN: {arn}"))
}

/// The same in `SamlProviderARNs`.
pub fn no_such_saml_provider(arn: &str) -> Fault {
    fault::invalid_parameter(format!("Invalid SAML Provider ARN: {arn}"))
}

/// What is no ARN of a role.
pub fn role_arn_invalid(arn: &str) -> Fault {
    fault::invalid_parameter(format!("Invalid role ARN: {arn}"))
}

/// The contract calls it optional, the service does not (identity-pools.md 3).
pub fn ambiguity_unsaid(key: &str) -> Fault {
    fault::invalid_parameter(format!("AmbiguousRoleResolution is required for {key}."))
}

/// Rules without any.
pub fn rules_missing(key: &str) -> Fault {
    fault::invalid_parameter(format!("RulesConfiguration is required for {key} when Type is Rules."))
}

/// Rules that nobody would read.
pub fn rules_unread(key: &str) -> Fault {
    fault::invalid_parameter(format!("RulesConfiguration is allowed for {key} only when Type is Rules."))
}

/// More rules than one mapping may have.
pub fn too_many_rules(key: &str, most: usize) -> Fault {
    fault::invalid_parameter(format!("The mapping of {key} can have at most {most} rules."))
}

/// A map of tags for a provider that the pool does not have.
pub fn not_a_configured_provider(name: &str) -> Fault {
    fault::invalid_parameter(format!("{name} is not a configured provider of this identity pool."))
}

/// The same name for two things that must be told apart.
pub fn given_twice(what: &str) -> Fault {
    fault::invalid_parameter(format!("{what} is given twice."))
}

/// An ARN that names nothing with tags.
pub fn arn_invalid(arn: &str) -> Fault {
    fault::invalid_parameter(format!("Invalid ARN: {arn}"))
}

/// An operator's question that lacks a member, or has it in another form.
pub fn question_unreadable(member: &str) -> Fault {
    fault::invalid_parameter(format!("{member} is missing or has another type than expected."))
}

/// A tag key of the service's own.
pub fn tag_key_reserved(key: &str) -> Fault {
    fault::invalid_parameter(format!(
        "The tag key {key} begins with aws:, which is reserved for the service's own use."
    ))
}

/// More tags than a pool may have.
pub fn too_many_tags(most: usize) -> Fault {
    fault::invalid_parameter(format!("An identity pool can have at most {most} tags."))
}
