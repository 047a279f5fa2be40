//! The sentences of refusals about people and tokens. Clients compare them, so each lives here once (user-pools.md 5).

use crate::group::{GROUPS_PER_POOL_MAX, GROUPS_PER_USER_MAX};
use crate::refusal::Refusal;
use contract::Fault;
use contract::cognito_idp::fault;

/// Masked wrong name or password.
pub const INCORRECT_USERNAME_OR_PASSWORD: &str = "Incorrect username or password.";
/// Unknown name, everywhere but where name and client are a pair.
pub const USER_DOES_NOT_EXIST: &str = "User does not exist.";
/// Code limits.
pub const ATTEMPT_LIMIT_EXCEEDED: &str = "Attempt limit exceeded, please try after some time.";
/// A message by SMS in a pool that has no SmsConfiguration. Observed in reports of the service's own words.
pub const NO_SMS_CONFIGURATION: &str = "User pool does not have SMS configuration to send messages.";
/// A preferred username that signs in, for somebody who is not confirmed.
pub const PREFERRED_TOO_EARLY: &str = "preferred_username can only be set after the user is confirmed.";
/// Our own failures; the cause is in the log line only.
pub const INTERNAL: &str = "Something went wrong";

/// `User pool client {id} does not exist.`
#[must_use]
pub fn no_such_client(id: &str) -> String {
    format!("User pool client {id} does not exist.")
}

/// `User pool {id} does not exist.`
#[must_use]
pub fn no_such_pool(id: &str) -> String {
    format!("User pool {id} does not exist.")
}

fn account_with_given(attribute: &str) -> String {
    format!("An account with the given {attribute} already exists.")
}

fn attribute_immutable(name: &str) -> String {
    format!("user.{name}: Attribute cannot be updated. (changing an immutable attribute)")
}

fn attribute_unknown(name: &str) -> String {
    format!("user.{name}: Attribute does not exist in the schema.\n")
}

fn attribute_not_verifiable(name: &str) -> String {
    format!("user.{name}: Attribute cannot be verified.")
}

fn attributes_required(names: &[String]) -> String {
    let each: String = names.iter().map(|name| format!("{name}: The attribute is required\n")).collect();
    format!("Attributes did not conform to the schema: {each}")
}

impl From<Refusal> for Fault {
    #[allow(clippy::too_many_lines)] // a table: one line a refusal
    fn from(refusal: Refusal) -> Self {
        use Refusal as R;
        match refusal {
            R::NoSuchClient(id) => fault::resource_not_found(no_such_client(&id)),
            R::NoSuchPool(id) => fault::resource_not_found(no_such_pool(&id)),
            R::NoSuchUser => fault::user_not_found(USER_DOES_NOT_EXIST),
            R::NoSuchUserForClient => fault::user_not_found("Username/client id combination not found."),
            R::NoSuchGroup => fault::resource_not_found("Group not found."),
            R::GroupTaken => fault::group_exists("A group with the name already exists"),
            R::TooManyGroups => {
                fault::limit_exceeded(format!("A user pool can have at most {GROUPS_PER_POOL_MAX} groups."))
            }
            // AdminAddUserToGroup declares no LimitExceededException.
            R::InTooManyGroups => {
                fault::invalid_parameter(format!("A user can be in at most {GROUPS_PER_USER_MAX} groups."))
            }
            R::WrongPassword => fault::not_authorized(INCORRECT_USERNAME_OR_PASSWORD),
            R::Locked => fault::not_authorized("Password attempts exceeded"),
            R::Disabled => fault::not_authorized("User is disabled."),
            R::NotConfirmed => fault::user_not_confirmed("User is not confirmed."),
            R::ResetRequired => fault::password_reset_required("Password reset required for the user"),
            R::TemporaryPasswordExpired => {
                fault::not_authorized("Temporary password has expired and must be reset by an administrator.")
            }
            R::SecretHashMissing(client) => fault::not_authorized(format!(
                "Client {client} is configured with secret but SECRET_HASH was not received"
            )),
            R::SecretHashWrong(client) => {
                fault::not_authorized(format!("Unable to verify secret hash for client {client}"))
            }
            R::SecretWrong(client) => fault::not_authorized(format!("Unable to verify secret for client {client}")),
            R::FlowNotEnabled(sentence) => fault::invalid_parameter(sentence),
            R::FlowNotSupported => fault::invalid_parameter("Initiate Auth method not supported."),
            R::ParameterMissing(name) => fault::invalid_parameter(format!("Missing required parameter {name}")),
            R::SessionInvalid => fault::not_authorized("Invalid session for the user."),
            R::SessionExpired => fault::not_authorized("Invalid session for the user, session is expired."),
            R::SessionReused => fault::not_authorized("Invalid session for the user, session can only be used once."),
            R::CodeWrong => fault::code_mismatch("Invalid verification code provided, please try again."),
            R::CodeExpired => fault::expired_code("Invalid code provided, please request a code again."),
            R::LimitExceeded => fault::limit_exceeded(ATTEMPT_LIMIT_EXCEEDED),
            R::AlreadyConfirmed(status) => {
                fault::not_authorized(format!("User cannot be confirmed. Current status is {status}"))
            }
            R::NothingToResend => fault::invalid_parameter("User is already confirmed."),
            R::NoAutoVerification => fault::invalid_parameter("Cannot resend codes. Auto verification not turned on."),
            R::SignUpClosed => fault::not_authorized("SignUp is not permitted for this user pool"),
            R::UsernameTaken => fault::username_exists("User already exists"),
            R::UsernameTakenByAccount => fault::username_exists("User account already exists"),
            R::AttributeTaken(name) => fault::username_exists(account_with_given(name)),
            R::AliasTaken(name) => fault::alias_exists(format!("An account with the {name} already exists.")),
            R::ContactTaken(name) => fault::alias_exists(account_with_given(name)),
            R::AttributeImmutable(name) => fault::invalid_parameter(attribute_immutable(&name)),
            R::AttributeUnknown(name) => fault::invalid_parameter(attribute_unknown(&name)),
            R::AttributesRequired(names) => fault::invalid_parameter(attributes_required(&names)),
            R::PreferredTooEarly => fault::invalid_parameter(PREFERRED_TOO_EARLY),
            R::AttributeNotVerifiable(name) => fault::invalid_parameter(attribute_not_verifiable(&name)),
            R::PasswordPolicy(rule) => fault::invalid_password(format!("Password did not conform with policy: {rule}")),
            R::TemporaryPasswordPolicy(rule) => {
                fault::invalid_password(format!("Password did not conform with password policy: {rule}"))
            }
            R::PasswordUsedBefore => fault::password_history_policy_violation("Password has previously been used"),
            R::NotResettable => fault::not_authorized("User password cannot be reset in the current state."),
            R::NoVerifiedContact => fault::invalid_parameter(
                "Cannot reset password for the user as there is no registered/verified email or phone_number",
            ),
            R::AdministratorResets => fault::not_authorized("Contact administrator to reset password."),
            R::AttributeNotWritable => fault::not_authorized("A client attempted to write unauthorized attribute"),
            R::AttributeFixed(name) => fault::not_authorized(format!("Cannot modify an already provided {name}")),
            R::NotBuilt(sentence) => Fault::new(&contract::fault::common::NOT_IMPLEMENTED, sentence),
            R::Invalid(sentence) => fault::invalid_parameter(sentence),
            R::NotInvited(username) => fault::unsupported_user_state(format!(
                "Resend not possible. {username} status is not FORCE_CHANGE_PASSWORD"
            )),
            R::DeliveryRefused => fault::code_delivery_failure("The message could not be delivered."),
            R::AccessTokenInvalid => fault::not_authorized("Invalid Access Token"),
            R::AccessTokenExpired => fault::not_authorized("Access Token has expired"),
            R::AccessTokenRevoked => fault::not_authorized("Access Token has been revoked"),
            R::AccessTokenScope => fault::not_authorized("Access Token does not have required scopes"),
            R::RefreshTokenInvalid => fault::not_authorized("Invalid Refresh Token"),
            R::RefreshTokenExpired => fault::not_authorized("Refresh Token has expired"),
            R::RefreshTokenRevoked => fault::not_authorized("Refresh Token has been revoked"),
            R::RefreshTokenReused => fault::refresh_token_reuse("Refresh Token has been used before."),
            R::RevokeUnauthorized => fault::unauthorized("Unauthorized to revoke the token."),
            R::RevokeUnsupported => fault::unsupported_operation("Token revocation is not enabled for this client."),
            R::RevokeWrongType => fault::unsupported_token_type("Only refresh tokens can be revoked."),
            R::Busy => fault::too_many_requests("Too many requests"),
            R::Internal(cause) => fault::internal_error(INTERNAL).because(cause),
        }
    }
}
