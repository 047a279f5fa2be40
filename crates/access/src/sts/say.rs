//! The sentences of STS. "Observed" are those seen in public reports of the service's own words; the others follow their
//! pattern.

use crate::refused::{VALIDATION_ERROR, throttled};
use authority::{NotPermitted, Unproven};
use contract::Fault;
use contract::fault::common;
use contract::sts::fault;
use federation::ForeignTokenError;
use model::Refusal;

/// No policy of anybody's lets this happen.
pub fn denied(sentence: impl Into<String>) -> Fault {
    Fault::new(&common::ACCESS_DENIED, sentence)
}

/// Observed: said alike of a role that does not trust the caller and of one that does not exist.
pub fn not_trusted(action: &str) -> Fault {
    denied(format!("Not authorized to perform {action}"))
}

/// What policies answered, or that they could not be asked.
pub fn not_permitted(why: NotPermitted) -> Fault {
    match why {
        NotPermitted::Denied(denial) => denied(denial.sentence).with_reasons(denial.encoded),
        unknown @ NotPermitted::Unknown(_) => not_decided(unknown),
    }
}

/// Policies could not be read.
pub fn not_decided(why: NotPermitted) -> Fault {
    if let NotPermitted::Unknown(Unproven::Busy) = why {
        return throttled();
    }
    Fault::new(&common::INTERNAL_FAILURE, "Internal error").because(why)
}

/// A caller who is gone since the signature was checked.
pub fn nobody() -> Fault {
    Fault::new(&common::UNRECOGNIZED_CLIENT, "The security token included in the request is invalid.")
}

/// A caller's session that is over since the signature was checked, in the words of the signature's own check.
pub fn session_over() -> Fault {
    Fault::new(&common::EXPIRED_TOKEN, "The security token included in the request is expired")
}

/// Observed: operations that only lasting keys may call.
pub fn lasting_keys_only(operation: &str) -> Fault {
    denied(format!("Cannot call {operation} with session credentials"))
}

/// Observed. Nobody has a device here.
pub fn no_such_device() -> Fault {
    denied(
        "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.",
    )
}

/// Trusted token issuers of another kind; there are none here, and what nobody checked is not passed on.
pub fn no_context_providers() -> Fault {
    invalid("ProvidedContexts are not supported: no context provider is known here.")
}

/// GetAccessKeyInfo of something that is no key of anybody's.
pub fn no_such_access_key() -> Fault {
    invalid("The access key ID provided does not exist in our records.")
}

/// Observed.
pub fn root_assumes_no_role() -> Fault {
    denied("Roles may not be assumed by root accounts.")
}

/// Observed: no message of a denial here, or one that is too old.
pub fn message_invalid() -> Fault {
    fault::invalid_authorization_message("Message is not valid")
}

/// What is asked for does not fit together.
pub fn invalid(sentence: impl Into<String>) -> Fault {
    Fault::new(&VALIDATION_ERROR, sentence)
}

/// Observed.
pub fn longer_than_the_role_allows() -> Fault {
    invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
}

/// Observed.
pub fn longer_than_a_chain_allows() -> Fault {
    invalid("The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining")
}

/// Observed.
pub fn packed_too_large(percent: i64) -> Fault {
    fault::packed_policy_too_large(format!(
        "Packed policy consumes {percent}% of allotted space, please use smaller policy."
    ))
}

/// Observed.
pub fn duplicate_tag_keys() -> Fault {
    invalid("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
}

/// Observed.
pub fn inherited_tag_key() -> Fault {
    invalid(
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    )
}

/// A transitive key without its tag.
pub fn transitive_key_without_tag(key: &str) -> Fault {
    invalid(format!("The transitive tag key {key} is not among the keys of the session tags."))
}

/// A tag of the service's own.
pub fn reserved_tag_key() -> Fault {
    invalid("Tag keys that begin with 'aws:' are reserved for system use.")
}

/// Observed pattern of the limit.
pub fn too_many_tags() -> Fault {
    invalid("The number of session tags exceeds the limit of 50.")
}

/// A managed policy that is not there.
pub fn no_such_session_policy(arn: &str) -> Fault {
    invalid(format!("The policy {arn} does not exist or cannot be used as a session policy."))
}

/// More managed policies than a session takes.
pub fn too_many_session_policies() -> Fault {
    invalid("At most 10 managed policies can be passed as session policies.")
}

/// The session before this one says who somebody is, and that stays.
pub fn source_identity_fixed() -> Fault {
    denied("The source identity of the calling session cannot be changed.")
}

/// Observed.
pub fn no_such_provider(issuer: &str) -> Fault {
    fault::invalid_identity_token(format!("No OpenIDConnect provider found in your account for {issuer}"))
}

/// `SubjectFromWebIdentityToken` has room for 255 characters.
pub fn subject_too_long() -> Fault {
    fault::invalid_identity_token("The subject of the token is longer than 255 characters.")
}

/// A name that a session could not have.
pub fn source_identity_claim_malformed() -> Fault {
    fault::invalid_identity_token("The claim https://aws.amazon.com/source_identity has no sensible form.")
}

/// Tags of a token that are none.
pub fn tags_claim_malformed() -> Fault {
    fault::invalid_identity_token("The claim https://aws.amazon.com/tags has no sensible form.")
}

/// Why a web identity token is not taken. The sentences of the first three and of `Expired` are observed.
pub fn token_refused(error: ForeignTokenError) -> Fault {
    use ForeignTokenError as E;
    let invalid = |sentence: String| fault::invalid_identity_token(sentence);
    match error {
        E::NotAToken => invalid(
            "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)".to_owned(),
        ),
        E::WrongAudience => invalid("Incorrect token audience".to_owned()),
        E::UnknownKey | E::Unusable(_) => invalid(
            "Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity documentation for requirements".to_owned(),
        )
        .because(error),
        E::Expired { now_secs, expired_secs } => fault::expired_token(format!(
            "Token expired: current date/time {now_secs} must be before the expiration date/time {expired_secs}"
        )),
        E::MissingClaim(name) => invalid(format!("Missing a required claim: {name}")),
        E::WrongIssuer(_) => invalid("The issuer of the token is not the one of the provider.".to_owned()).because(error),
        E::NotYet => invalid("The token is not valid yet.".to_owned()),
        E::BadSignature(_) => invalid("The signature of the token could not be verified.".to_owned()).because(error),
        E::Ended => fault::idp_rejected_claim("The token is no longer honoured by its issuer."),
        E::Unreachable(_) => {
            fault::idp_communication_error("The identity provider could not be reached.").because(error)
        }
        E::Unanswered(Refusal::Busy) => throttled(),
        E::Unanswered(_) => Fault::new(&common::INTERNAL_FAILURE, "Internal error").because(error),
    }
}
