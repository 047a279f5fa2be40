//! Settings of the contract that nothing here acts on yet. They are refused rather than stored without effect: a pool that
//! was told to ask for a second factor must not quietly sign people in without one.

use contract::cognito_idp::set_user_pool_mfa_config;
use contract::cognito_idp::types::{
    AdvancedSecurityModeType, AuthFactorType, EncryptionKeyType, LambdaConfigType, StatusType, UserPoolClientType,
    UserPoolMfaType, UserPoolType,
};
use contract::fault::common::NOT_IMPLEMENTED;
use contract::{Fault, ToValue, Value};

fn refuse(what: &str) -> Fault {
    Fault::new(&NOT_IMPLEMENTED, format!("{what} is not implemented yet."))
}

/// Refuses pool settings that would have no effect.
pub fn pool(settings: &UserPoolType) -> Result<(), Fault> {
    if settings.mfa_configuration.is_some_and(|mfa| mfa != UserPoolMfaType::Off) {
        return Err(refuse("Multi-factor authentication (MfaConfiguration)"));
    }
    if settings.lambda_config.as_ref().is_some_and(|config| !is_empty(config)) {
        return Err(refuse("Calling Lambda triggers (LambdaConfig)"));
    }
    if settings.device_configuration.is_some() {
        return Err(refuse("Tracking devices (DeviceConfiguration)"));
    }
    let add_ons = settings.user_pool_add_ons.as_ref();
    let off = AdvancedSecurityModeType::Off;
    if add_ons.is_some_and(|a| a.advanced_security_mode != off || a.advanced_security_additional_flows.is_some()) {
        return Err(refuse("Threat protection (UserPoolAddOns)"));
    }
    let policies = settings.policies.as_ref();
    let factors = policies.and_then(|p| p.sign_in_policy.as_ref()).and_then(|p| p.allowed_first_auth_factors.as_ref());
    if factors.is_some_and(|list| list.iter().any(|factor| *factor != AuthFactorType::Password)) {
        return Err(refuse("Signing in without a password (AllowedFirstAuthFactors)"));
    }
    let owned = |kind: &EncryptionKeyType| *kind == EncryptionKeyType::AwsOwnedKey;
    let key = settings.key_configuration.as_ref();
    if key.is_some_and(|k| k.kms_key_arn.is_some() || k.key_type.as_ref().is_some_and(|kind| !owned(kind))) {
        return Err(refuse("A customer managed key (KeyConfiguration)"));
    }
    let issuer = settings.issuer_configuration.as_ref().and_then(|issuer| issuer.r#type);
    if issuer.is_some_and(|kind| kind.as_str() == "UPDATED") {
        return Err(refuse("The updated issuer (IssuerConfiguration)"));
    }
    // Disabled has no effect and says so: it is stored, as every update must keep it.
    if settings.dcr_configuration.as_ref().is_some_and(|dcr| dcr.enable_status != Some(StatusType::Disabled)) {
        return Err(refuse("Dynamic client registration (DcrConfiguration)"));
    }
    if settings.acr_configuration.as_ref().is_some_and(|levels| !levels.is_empty()) {
        return Err(refuse("Authentication context levels (AcrConfiguration)"));
    }
    Ok(())
}

/// Refuses client settings that would have no effect.
pub fn client(settings: &UserPoolClientType) -> Result<(), Fault> {
    if settings.analytics_configuration.is_some() {
        return Err(refuse("Sending events to Amazon Pinpoint (AnalyticsConfiguration)"));
    }
    // What it would pass on is read by threat protection alone.
    if settings.enable_propagate_additional_user_context_data == Some(true) {
        return Err(refuse("Passing on the caller's address (EnablePropagateAdditionalUserContextData)"));
    }
    Ok(())
}

/// Refuses what would ask for a second factor, or promise one (see `mfa_settings`).
pub fn mfa(mode: UserPoolMfaType, input: &set_user_pool_mfa_config::Input) -> Result<(), Fault> {
    if mode != UserPoolMfaType::Off {
        return Err(refuse("Multi-factor authentication (MfaConfiguration)"));
    }
    if input.software_token_mfa_configuration.as_ref().is_some_and(|c| c.enabled == Some(true)) {
        return Err(refuse("Time-based one-time codes (SoftwareTokenMfaConfiguration)"));
    }
    if input.email_mfa_configuration.is_some() {
        return Err(refuse("Codes by mail at sign-in (EmailMfaConfiguration)"));
    }
    Ok(())
}

fn is_empty(config: &LambdaConfigType) -> bool {
    matches!(config.clone().to_value(), Value::Struct(members) if members.iter().all(Option::is_none))
}

#[cfg(test)]
mod tests;
