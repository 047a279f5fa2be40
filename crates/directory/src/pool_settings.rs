//! A pool's settings on their way in: defaults, rules between members, what an update resets (user-pools.md 6).

use crate::{Tiers, say, schema, unserved};
use contract::Fault;
use contract::cognito_idp::types::{
    AccountRecoverySettingType, AdminCreateUserConfigType, AuthFactorType, DefaultEmailOptionType,
    DeletionProtectionType, EmailConfigurationType, EmailSendingAccountType, LambdaConfigType, PasswordPolicyType,
    RecoveryOptionNameType, SignInPolicyType, StatusType, UserPoolMfaType, UserPoolPolicyType, UserPoolTierType,
    UserPoolType, VerificationMessageTemplateType, VerifiedAttributeType,
};
use contract::cognito_idp::{create_user_pool, fault, update_user_pool};
use indexmap::IndexMap;

/// The settings of a new pool.
pub fn created(tiers: Tiers, input: create_user_pool::Input) -> Result<UserPoolType, Fault> {
    let aliases = input.alias_attributes.as_ref().is_some_and(|list| !list.is_empty());
    if aliases && input.username_attributes.as_ref().is_some_and(|list| !list.is_empty()) {
        return Err(fault::invalid_parameter(say::ALIAS_AND_USERNAME_ATTRIBUTES));
    }
    // Two members have other names in the shape that is kept.
    let (name, schema) = (input.pool_name.clone(), input.schema.clone().unwrap_or_default());
    let mut settings = input.into_settings();
    settings.name = Some(name);
    settings.schema_attributes = Some(schema::read(schema)?);
    completed(tiers, settings)
}

/// The settings after an update: what it leaves out goes back to its default, but for the members that say otherwise.
pub fn updated(tiers: Tiers, current: &UserPoolType, input: update_user_pool::Input) -> Result<UserPoolType, Fault> {
    let name = input.pool_name.clone().or_else(|| current.name.clone());
    let given = input.into_settings();
    let settings = UserPoolType {
        name,
        // Kept when left out (user-pools.md 6.1, additions-2026.md 3).
        user_pool_tier: given.user_pool_tier.or(current.user_pool_tier),
        key_configuration: given.key_configuration.or_else(|| current.key_configuration.clone()),
        issuer_configuration: given.issuer_configuration.or_else(|| current.issuer_configuration.clone()),
        dcr_configuration: given.dcr_configuration.or_else(|| current.dcr_configuration.clone()),
        // Never changed by an update.
        schema_attributes: current.schema_attributes.clone(),
        alias_attributes: current.alias_attributes.clone(),
        username_attributes: current.username_attributes.clone(),
        username_configuration: current.username_configuration.clone(),
        ..given
    };
    completed(tiers, settings)
}

/// Checks the rules between members and fills in the defaults.
fn completed(tiers: Tiers, mut settings: UserPoolType) -> Result<UserPoolType, Fault> {
    check_mfa(&settings)?;
    check_first_factors(&settings)?;
    check_sms(&settings)?;
    check_recovery(settings.account_recovery_setting.as_ref())?;
    check_update_settings(&settings)?;
    check_email(settings.email_configuration.as_ref())?;
    check_tags(settings.user_pool_tags.as_ref())?;
    check_acr(&settings)?;
    if let Some(dcr) = &mut settings.dcr_configuration {
        dcr.enable_status.get_or_insert(StatusType::Enabled);
        dcr.open_dcr_enabled.get_or_insert(false);
    }
    tiers.check(&settings)?;
    unserved::pool(&settings)?;
    policies(&mut settings)?;
    message_aliases(&mut settings)?;
    settings.deletion_protection.get_or_insert(DeletionProtectionType::Inactive);
    settings.lambda_config.get_or_insert_with(LambdaConfigType::default);
    settings.mfa_configuration.get_or_insert(UserPoolMfaType::Off);
    settings.user_pool_tier.get_or_insert(UserPoolTierType::Essentials);
    settings.user_pool_tags.get_or_insert_with(IndexMap::new);
    let email = settings.email_configuration.get_or_insert_with(EmailConfigurationType::default);
    email.email_sending_account.get_or_insert(EmailSendingAccountType::CognitoDefault);
    Ok(settings)
}

fn policies(settings: &mut UserPoolType) -> Result<(), Fault> {
    let policies = settings.policies.get_or_insert_with(UserPoolPolicyType::default);
    let sign_in = policies.sign_in_policy.get_or_insert_with(SignInPolicyType::default);
    sign_in.allowed_first_auth_factors.get_or_insert_with(|| vec![AuthFactorType::Password]);
    let whole = policies.password_policy.is_none();
    let password = policies.password_policy.get_or_insert_with(PasswordPolicyType::default);
    // A policy that is given in part asks for no class it does not name (user-pools.md 6.2).
    password.minimum_length.get_or_insert(if whole { 8 } else { 6 });
    password.require_uppercase.get_or_insert(whole);
    password.require_lowercase.get_or_insert(whole);
    password.require_numbers.get_or_insert(whole);
    password.require_symbols.get_or_insert(whole);
    let given_days = password.temporary_password_validity_days;
    let admin = settings.admin_create_user_config.get_or_insert_with(AdminCreateUserConfigType::default);
    let legacy_days = admin.unused_account_validity_days;
    if given_days.zip(legacy_days).is_some_and(|(days, legacy)| days != legacy) {
        return Err(fault::invalid_parameter(
            "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays.",
        ));
    }
    let days = given_days.or(legacy_days).filter(|days| *days != 0).unwrap_or(7);
    password.temporary_password_validity_days = Some(days);
    admin.unused_account_validity_days = Some(days);
    admin.allow_admin_create_user_only.get_or_insert(false);
    Ok(())
}

/// The older message members and the template's are two names of one text: setting one shows in both.
fn message_aliases(settings: &mut UserPoolType) -> Result<(), Fault> {
    let template = settings.verification_message_template.get_or_insert_with(VerificationMessageTemplateType::default);
    template.default_email_option.get_or_insert(DefaultEmailOptionType::ConfirmWithCode);
    if template.default_email_option == Some(DefaultEmailOptionType::ConfirmWithLink) {
        // A link needs a domain, and pools have none yet (security-messaging.md 7.4).
        return Err(fault::invalid_parameter("CONFIRM_WITH_LINK needs a domain, and this user pool has none."));
    }
    let agree = |older: &mut Option<String>, newer: &mut Option<String>, name: &str| {
        match (older.as_ref(), newer.as_ref()) {
            (Some(a), Some(b)) if a != b => {
                return Err(fault::invalid_parameter(format!("{name} and VerificationMessageTemplate must agree.")));
            }
            (Some(a), None) => *newer = Some(a.clone()),
            (None, Some(b)) => *older = Some(b.clone()),
            _ => {}
        }
        Ok(())
    };
    agree(&mut settings.sms_verification_message, &mut template.sms_message, "SmsVerificationMessage")?;
    agree(&mut settings.email_verification_message, &mut template.email_message, "EmailVerificationMessage")?;
    agree(&mut settings.email_verification_subject, &mut template.email_subject, "EmailVerificationSubject")
}

fn check_mfa(settings: &UserPoolType) -> Result<(), Fault> {
    let wanted = settings.mfa_configuration.is_some_and(|mfa| mfa != UserPoolMfaType::Off);
    if wanted && settings.sms_configuration.is_none() {
        return Err(fault::invalid_parameter(say::MFA_NEEDS_SMS));
    }
    Ok(())
}

/// The rules of user-pools.md 6.2 and additions-2026.md 3.5 for what a person may begin with.
fn check_first_factors(settings: &UserPoolType) -> Result<(), Fault> {
    let sign_in = settings.policies.as_ref().and_then(|policies| policies.sign_in_policy.as_ref());
    let Some(factors) = sign_in.and_then(|policy| policy.allowed_first_auth_factors.as_deref()) else { return Ok(()) };
    if factors.contains(&AuthFactorType::SoftwareToken) {
        return Err(fault::invalid_parameter(say::SOFTWARE_TOKEN_FIRST));
    }
    if !factors.contains(&AuthFactorType::Password) {
        return Err(fault::invalid_parameter("AllowedFirstAuthFactors must contain PASSWORD."));
    }
    if settings.mfa_configuration == Some(UserPoolMfaType::On) && factors.len() > 1 {
        return Err(fault::invalid_parameter(say::FIRST_FACTORS_WITH_MFA));
    }
    Ok(())
}

fn check_sms(settings: &UserPoolType) -> Result<(), Fault> {
    let verified = settings.auto_verified_attributes.as_deref().unwrap_or_default();
    if verified.contains(&VerifiedAttributeType::PhoneNumber) && settings.sms_configuration.is_none() {
        return Err(fault::invalid_parameter(say::AUTO_VERIFICATION_NEEDS_SMS));
    }
    Ok(())
}

fn check_recovery(setting: Option<&AccountRecoverySettingType>) -> Result<(), Fault> {
    let options = setting.and_then(|s| s.recovery_mechanisms.as_deref()).unwrap_or_default();
    let admin_only = options.iter().any(|option| option.name == RecoveryOptionNameType::AdminOnly);
    if admin_only && options.len() > 1 {
        return Err(fault::invalid_parameter("admin_only must be the only recovery mechanism."));
    }
    if let [first, second] = options
        && (first.priority == second.priority || first.name == second.name)
    {
        return Err(fault::invalid_parameter("Recovery mechanisms must differ in name and priority."));
    }
    Ok(())
}

fn check_update_settings(settings: &UserPoolType) -> Result<(), Fault> {
    let update = settings.user_attribute_update_settings.as_ref();
    let before = update.and_then(|u| u.attributes_require_verification_before_update.as_deref()).unwrap_or_default();
    let verified = settings.auto_verified_attributes.as_deref().unwrap_or_default();
    if before.iter().all(|attribute| verified.contains(attribute)) {
        Ok(())
    } else {
        Err(fault::invalid_parameter(say::UPDATE_SETTINGS_NEED_AUTO_VERIFICATION))
    }
}

fn check_email(email: Option<&EmailConfigurationType>) -> Result<(), Fault> {
    let developer = email.is_some_and(|e| e.email_sending_account == Some(EmailSendingAccountType::Developer));
    if developer && email.is_some_and(|e| e.source_arn.is_none()) {
        return Err(fault::invalid_parameter("SourceArn is required when EmailSendingAccount is DEVELOPER."));
    }
    Ok(())
}

/// Number, keys and characters of tags; the contract has their lengths.
pub fn check_tags(tags: Option<&IndexMap<String, String>>) -> Result<(), Fault> {
    let Some(tags) = tags else { return Ok(()) };
    if tags.len() > 50 {
        return Err(fault::invalid_parameter("A user pool can have at most 50 tags."));
    }
    if let Some(key) = tags.keys().find(|key| key.to_ascii_lowercase().starts_with("aws:")) {
        return Err(fault::invalid_parameter(format!("Tag keys must not start with aws: ({key}).")));
    }
    match tags.iter().flat_map(|(key, value)| [key, value]).find(|text| !text.chars().all(may_stand_in_a_tag)) {
        Some(text) => Err(fault::invalid_parameter(format!("Tags must not contain the characters of {text}."))),
        None => Ok(()),
    }
}

/// security-messaging.md 12: letters, digits, space and `_ . : / = + - @`.
fn may_stand_in_a_tag(c: char) -> bool {
    c.is_alphanumeric() || " _.:/=+-@".contains(c)
}

/// Level names must be unique, also against the built-in names that still apply (additions-2026.md 3.3).
fn check_acr(settings: &UserPoolType) -> Result<(), Fault> {
    let Some(levels) = &settings.acr_configuration else { return Ok(()) };
    let mut seen: Vec<String> = (1..=4)
        .filter(|n| !levels.contains_key(&format!("Level{n}")))
        .map(|n| format!("urn:cognito:loa:{n}"))
        .collect();
    for level in levels.values() {
        let name = level.acr_value.clone();
        if seen.contains(&name) {
            return Err(fault::invalid_parameter(format!("ACR level names must be unique: {name}.")));
        }
        seen.push(name);
    }
    Ok(())
}

/// A pool as DescribeUserPool shows it.
#[must_use]
pub fn described(pool: &model::Pool, users: i64) -> UserPoolType {
    UserPoolType {
        id: Some(pool.id.as_str().to_owned()),
        arn: Some(pool.id.arn(&pool.account)),
        name: Some(pool.name.clone()),
        creation_date: Some(pool.created),
        last_modified_date: Some(pool.modified),
        estimated_number_of_users: Some(users),
        ..pool.settings.clone()
    }
}
