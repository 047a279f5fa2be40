//! The sentences of user pools that are not about people; those are in `model::say`.

/// CreateUserPool: two ways of naming people at once.
pub const ALIAS_AND_USERNAME_ATTRIBUTES: &str =
    "Only one of the aliasAttributes or usernameAttributes can be set in a user pool.";
/// DeleteUserPool under protection.
pub const DELETION_PROTECTED: &str = "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.";
/// A page token that is not ours, or of another list.
pub const INVALID_PAGINATION_TOKEN: &str = "Invalid pagination token";
/// ListUsers with a filter that cannot be read.
pub const FILTER_UNREADABLE: &str = "Error while parsing filter";
/// A refresh token that would end before the others.
pub const TOKEN_VALIDITY_RANGE: &str = "Invalid range for token validity.";
/// Attributes that are verified before an update must be verified at all.
pub const UPDATE_SETTINGS_NEED_AUTO_VERIFICATION: &str =
    "AttributesRequireVerificationBeforeUpdate can only contain attributes of AutoVerifiedAttributes.";
/// Verifying telephones without a way to send to them. Observed in reports of the service's own words.
pub const AUTO_VERIFICATION_NEEDS_SMS: &str =
    "SMS configuration is required when phone_number is selected for auto verification";
/// MFA by SMS without a way to send one.
pub const MFA_NEEDS_SMS: &str =
    "SMS configuration and Auto verification for phone_number are required when MFA is required/optional";
