//! The sentences of user pools that are not about people; those are in `model::say`.

/// CreateUserPool: two ways of naming people at once.
pub const ALIAS_AND_USERNAME_ATTRIBUTES: &str =
    "Only one of the aliasAttributes or usernameAttributes can be set in a user pool.";
/// DeleteUserPool under protection.
pub const DELETION_PROTECTED: &str = "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.";
/// TagResource and its like, of something that is no user pool.
pub const NO_POOL_ARN: &str = "ResourceArn must be the ARN of a user pool.";
/// A page token that is not ours, or of another list.
pub const INVALID_PAGINATION_TOKEN: &str = "Invalid pagination token";
/// ListUsers with a filter that cannot be read.
pub const FILTER_UNREADABLE: &str = "Error while parsing filter";
/// AddUserPoolClientSecret beyond the second.
pub const CLIENT_SECRETS_MAX: &str = "Client secrets cannot exceed limit of 2 secrets.";
/// AddUserPoolClientSecret for a client that was made without.
pub const PUBLIC_CLIENT_HAS_NO_SECRETS: &str = "Client secrets can only be added to a client that has a secret.";
/// DeleteUserPoolClientSecret of the only one.
pub const LAST_CLIENT_SECRET: &str = "The last client secret cannot be deleted.";
/// DeleteUserPoolClientSecret of none.
pub const NO_SUCH_CLIENT_SECRET: &str = "Client secret does not exist.";
/// A refresh token that would end before the others.
pub const TOKEN_VALIDITY_RANGE: &str = "Invalid range for token validity.";
/// Attributes that are verified before an update must be verified at all.
pub const UPDATE_SETTINGS_NEED_AUTO_VERIFICATION: &str =
    "AttributesRequireVerificationBeforeUpdate can only contain attributes of AutoVerifiedAttributes.";
/// SetUserPoolMfaConfig: OFF beside a method that is switched on.
pub const MFA_OFF_WITH_METHOD: &str =
    "Invalid MFA configuration given, can't turn off MFA and configure an MFA together.";
/// SetUserPoolMfaConfig: ON or OPTIONAL without a method.
pub const MFA_WITHOUT_METHOD: &str = "Invalid MFA configuration given, at least one MFA method must be configured.";
/// SetUserPoolMfaConfig: the id of a relying party that is no domain name.
pub const RELYING_PARTY: &str = "RelyingPartyId must be a domain name.";
/// SOFTWARE_TOKEN among the first factors.
pub const SOFTWARE_TOKEN_FIRST: &str = "SOFTWARE_TOKEN is not supported as a first authentication factor.";
/// First factors beside the password while a second one is required.
pub const FIRST_FACTORS_WITH_MFA: &str =
    "AllowedFirstAuthFactors can only contain PASSWORD while MfaConfiguration is ON.";
/// Verifying telephones without a way to send to them. Observed in reports of the service's own words.
pub const AUTO_VERIFICATION_NEEDS_SMS: &str =
    "SMS configuration is required when phone_number is selected for auto verification";
/// MFA by SMS without a way to send one.
pub const MFA_NEEDS_SMS: &str =
    "SMS configuration and Auto verification for phone_number are required when MFA is required/optional";
