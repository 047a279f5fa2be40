//! A user pool: its settings in the contract's own shape, and what the rest of the house asks of them.

use crate::password::PasswordPolicy;
use contract::cognito_idp::get_user_pool_mfa_config;
use contract::cognito_idp::types::{
    RecoveryOptionNameType, SchemaAttributeType, UserPoolType, UsernameAttributeType, VerifiedAttributeType,
};
use kernel::{AccountId, Time, UserPoolId};
use std::time::Duration;

/// A user pool.
#[derive(Debug, Clone)]
pub struct Pool {
    /// `{region}_{nine}`.
    pub id: UserPoolId,
    /// The account it belongs to.
    pub account: AccountId,
    /// Its name; need not be unique.
    pub name: String,
    /// Its settings in the shape in which they are described.
    pub settings: UserPoolType,
    /// What SetUserPoolMfaConfig set and no other operation touches, in the shape in which it is shown. Members that are
    /// pool settings as well (the mode, the text message and who sends it) stand in `settings` only.
    pub mfa: get_user_pool_mfa_config::Output,
    /// When it was made.
    pub created: Time,
    /// When it was last changed.
    pub modified: Time,
}

/// An address a code can be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Contact {
    /// The `email` attribute.
    Email,
    /// The `phone_number` attribute.
    Phone,
}

impl Contact {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Email, Self::Phone];

    /// The attribute's name.
    #[must_use]
    pub const fn attribute(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone_number",
        }
    }

    /// The flag that tells whether the attribute's value is verified.
    #[must_use]
    pub const fn flag(self) -> &'static str {
        match self {
            Self::Email => "email_verified",
            Self::Phone => "phone_number_verified",
        }
    }

    /// The attribute of that name.
    #[must_use]
    pub fn parse(attribute: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.attribute() == attribute)
    }

    /// The medium that reaches it.
    #[must_use]
    pub const fn medium(self) -> &'static str {
        match self {
            Self::Email => "EMAIL",
            Self::Phone => "SMS",
        }
    }
}

/// How the pool names its people (user-pools.md 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// The caller chooses a username; active aliases also sign in.
    Chosen,
    /// E-mail addresses or phone numbers are the usernames; the canonical one is the sub.
    ByContact {
        /// E-mail addresses are.
        email: bool,
        /// Phone numbers are.
        phone: bool,
    },
}

/// How people come to a new password when the old one is lost (user-pools.md 14).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recovery {
    /// Administrators set it; nobody resets their own.
    ByAdministrator,
    /// By a code to the first of these that is there and verified.
    ByCode(Vec<Contact>),
}

impl Pool {
    /// How a lost password is replaced: mechanisms by priority. Where none are listed, a number comes before an address.
    #[must_use]
    pub fn recovery(&self) -> Recovery {
        let setting = self.settings.account_recovery_setting.as_ref();
        let mut options = setting.and_then(|s| s.recovery_mechanisms.clone()).unwrap_or_default();
        options.sort_by_key(|option| option.priority);
        let named = options.iter().filter_map(|option| match option.name {
            RecoveryOptionNameType::VerifiedEmail => Some(Contact::Email),
            RecoveryOptionNameType::VerifiedPhoneNumber => Some(Contact::Phone),
            RecoveryOptionNameType::AdminOnly => None,
        });
        if options.iter().any(|option| option.name == RecoveryOptionNameType::AdminOnly) {
            return Recovery::ByAdministrator;
        }
        let named: Vec<Contact> = named.collect();
        Recovery::ByCode(if named.is_empty() { vec![Contact::Phone, Contact::Email] } else { named })
    }

    /// What the pool asks of a password.
    #[must_use]
    pub fn password_policy(&self) -> PasswordPolicy {
        let Some(stored) = self.settings.policies.as_ref().and_then(|p| p.password_policy.as_ref()) else {
            return PasswordPolicy::default();
        };
        PasswordPolicy {
            minimum_length: stored.minimum_length.unwrap_or(8),
            uppercase: stored.require_uppercase.unwrap_or_default(),
            lowercase: stored.require_lowercase.unwrap_or_default(),
            numbers: stored.require_numbers.unwrap_or_default(),
            symbols: stored.require_symbols.unwrap_or_default(),
            temporary_validity_days: stored.temporary_password_validity_days.unwrap_or(7),
            history_size: stored.password_history_size.unwrap_or_default(),
        }
    }

    /// How long a temporary password is good.
    #[must_use]
    pub fn temporary_password_lifetime(&self) -> Duration {
        Duration::from_secs(u64::try_from(self.password_policy().temporary_validity_days).unwrap_or(7) * 24 * 3600)
    }

    /// Whether a sign-up with this contact sends it a code.
    #[must_use]
    pub fn auto_verifies(&self, contact: Contact) -> bool {
        let wanted = verified_type(contact);
        self.settings.auto_verified_attributes.as_ref().is_some_and(|list| list.contains(&wanted))
    }

    /// Whether the pool is set up to write to this kind of contact; SMS wants a configuration, mail has a default.
    #[must_use]
    pub const fn reaches(&self, contact: Contact) -> bool {
        match contact {
            Contact::Email => true,
            Contact::Phone => self.settings.sms_configuration.is_some(),
        }
    }

    /// Whether a changed contact waits for its code while the old one stays in force (user-pools.md 12).
    #[must_use]
    pub fn verifies_before_update(&self, contact: Contact) -> bool {
        let wanted = verified_type(contact);
        let settings = self.settings.user_attribute_update_settings.as_ref();
        let list = settings.and_then(|s| s.attributes_require_verification_before_update.as_deref());
        list.unwrap_or_default().contains(&wanted)
    }

    /// Whether this contact signs its owner in as their name, verified or not.
    #[must_use]
    pub fn named_by(&self, contact: Contact) -> bool {
        match (self.naming(), contact) {
            (Naming::ByContact { email, .. }, Contact::Email) => email,
            (Naming::ByContact { phone, .. }, Contact::Phone) => phone,
            (Naming::Chosen, _) => false,
        }
    }

    /// Whether an active value of this attribute signs its owner in.
    #[must_use]
    pub fn has_alias(&self, attribute: &str) -> bool {
        let list = self.settings.alias_attributes.as_deref().unwrap_or_default();
        list.iter().any(|alias| alias.as_str() == attribute)
    }

    /// How the pool names its people.
    #[must_use]
    pub fn naming(&self) -> Naming {
        let list = self.settings.username_attributes.as_deref().unwrap_or_default();
        let email = list.contains(&UsernameAttributeType::Email);
        let phone = list.contains(&UsernameAttributeType::PhoneNumber);
        if email || phone { Naming::ByContact { email, phone } } else { Naming::Chosen }
    }

    /// Whether `Bob` and `bob` are two people. API callers that leave the setting out get `true` (user-pools.md 6.2).
    #[must_use]
    pub fn case_sensitive(&self) -> bool {
        self.settings.username_configuration.as_ref().is_none_or(|c| c.case_sensitive)
    }

    /// A username or alias as it is compared and indexed.
    #[must_use]
    pub fn fold(&self, name: &str) -> String {
        if self.case_sensitive() { name.to_owned() } else { name.to_lowercase() }
    }

    /// Whether only administrators may make users.
    #[must_use]
    pub fn sign_up_closed(&self) -> bool {
        self.settings.admin_create_user_config.as_ref().and_then(|c| c.allow_admin_create_user_only).unwrap_or(false)
    }

    /// The schema entry of an attribute, by its full name (`custom:team`).
    #[must_use]
    pub fn schema(&self, attribute: &str) -> Option<&SchemaAttributeType> {
        self.schema_attributes().iter().find(|entry| entry.name.as_deref() == Some(attribute))
    }

    /// All schema entries in their order.
    #[must_use]
    pub fn schema_attributes(&self) -> &[SchemaAttributeType] {
        self.settings.schema_attributes.as_deref().unwrap_or_default()
    }

    /// The names of the attributes nobody may do without, `sub` not among them.
    pub fn required_attributes(&self) -> impl Iterator<Item = &str> {
        self.schema_attributes()
            .iter()
            .filter(|entry| entry.required == Some(true))
            .filter_map(|entry| entry.name.as_deref())
            .filter(|name| *name != "sub")
    }
}

const fn verified_type(contact: Contact) -> VerifiedAttributeType {
    match contact {
        Contact::Email => VerifiedAttributeType::Email,
        Contact::Phone => VerifiedAttributeType::PhoneNumber,
    }
}
